(function () {
  "use strict";
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    function value(row, index, kind) {
      var raw = row.cells[index].getAttribute("data-value");
      return kind === "number" || kind === "text" ? Number(raw) : raw;
    }
    table.querySelectorAll("thead button").forEach(function (button) {
      var heading = button.closest("th");
      button.addEventListener("click", function () {
        var index = heading.cellIndex;
        var kind = button.getAttribute("data-sort");
        var first = kind === "number" ? "descending" : "ascending";
        var now = heading.getAttribute("aria-sort");
        var next = !now ? first : now === "descending" ? "ascending" : "descending";
        table.querySelectorAll("th[aria-sort]").forEach(function (other) {
          other.removeAttribute("aria-sort");
        });
        heading.setAttribute("aria-sort", next);
        var sign = next === "ascending" ? 1 : -1;
        Array.from(body.rows)
          .sort(function (a, b) { return sign * (value(a, index, kind) - value(b, index, kind)); })
          .forEach(function (row) { body.appendChild(row); });
      });
    });
  });
})();
