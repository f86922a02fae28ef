(function () {
  "use strict";
  var root = document.documentElement;
  function choose() {
    var wanted = location.hash === "#en" ? "en" : location.hash === "#zh" ? "zh" : null;
    if (!wanted) { return; }
    root.setAttribute("data-language", wanted);
    root.lang = wanted === "en" ? "en" : "zh-CN";
    document.title = root.getAttribute("data-title-" + wanted);
    document.querySelectorAll(".languages a").forEach(function (link) {
      link.setAttribute("aria-current", String(link.hash === "#" + wanted));
    });
  }
  window.addEventListener("hashchange", choose);
  choose();
})();
