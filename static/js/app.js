// Small comforts of every page: nothing here is needed to work.
"use strict";

document.querySelector("[data-focus]")?.focus();

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});

// Coming back with the browser's arrow finds the form ready again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// What depends on the kind of customer follows the choice: <div data-kinds="PUBLIC PROFESSIONAL">.
const followKind = () => {
  const kind = document.querySelector("[name=kind]:checked")?.value;
  for (const part of document.querySelectorAll("[data-kinds]")) {
    part.hidden = Boolean(kind) && !part.dataset.kinds.split(" ").includes(kind);
  }
};
for (const choice of document.querySelectorAll("[name=kind]")) choice.addEventListener("change", followKind);
followKind();

// What is being made is asked for again after some seconds: <div data-reload="3">.
const awaited = document.querySelector("[data-reload]");
if (awaited) setTimeout(() => location.reload(), Number(awaited.dataset.reload) * 1000);
