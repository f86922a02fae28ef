// What the evidence pages do: show only what failed, and fold out details.
"use strict";
document.querySelectorAll(".hide-succeeded-validation-target-child").forEach((cell) => {
  cell.parentElement.classList.add("passed");
});
document.querySelectorAll(".ge-section").forEach((section) => {
  const target = ".hide-succeeded-validations-column-section-target-child";
  if (!section.querySelector(target)) return;
  section.classList.add("passed");
  const link = document.querySelector(`a[href="#${section.id}"]`);
  if (link) link.classList.add("passed");
});
document.querySelectorAll("[data-filter]").forEach((button) => {
  button.addEventListener("click", () => {
    document.body.classList.toggle("failed-only", button.dataset.filter === "failed");
    button.parentElement.querySelectorAll("label").forEach((other) => {
      other.classList.toggle("active", other === button);
    });
  });
});
document.querySelectorAll('[data-toggle="collapse"]').forEach((link) => {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(link.getAttribute("href").slice(1)).classList.toggle("show");
  });
});
