// The approval queue by keyboard: each key presses the button that stands on the page, so that both do the same.
"use strict";

const KEYS = { j: "next", ArrowRight: "next", k: "previous", ArrowLeft: "previous", a: "approve", e: "issue", r: "return" };
const SWITCHED_OFF = "approval-queue-keys-off";

async function fetched(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

async function showPages(place) {
  try {
    place.innerHTML = await fetched(place.dataset.url);
  } catch {
    place.innerHTML = "<p class=\"bo-empty\">L’aperçu n’a pas pu être préparé. Rechargez la page pour réessayer.</p>";
  }
  place.setAttribute("aria-busy", "false");
}

async function prepareNext(url) {
  try {
    await fetched(url); // the server keeps the pages: the next document shows at once
  } catch {
    // it will be prepared when it is looked at
  }
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

document.addEventListener("DOMContentLoaded", () => {
  const queue = document.getElementById("queue");
  if (!queue) return;
  const help = document.getElementById("queue-help");
  const returning = document.getElementById("queue-return");
  const reason = returning.querySelector("textarea");
  const keys = document.getElementById("queue-keys");
  let leaving = false;

  const place = document.getElementById("queue-preview");
  showPages(place).then(() => queue.dataset.nextPreview && prepareNext(queue.dataset.nextPreview));

  keys.checked = localStorage.getItem(SWITCHED_OFF) === null;
  keys.addEventListener("change", () => {
    if (keys.checked) localStorage.removeItem(SWITCHED_OFF);
    else localStorage.setItem(SWITCHED_OFF, "1");
  });

  document.getElementById("queue-help-button").addEventListener("click", () => help.showModal());
  returning.addEventListener("toggle", () => returning.open && reason.focus());
  returning.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-reason]");
    if (!chosen) return;
    reason.value = reason.value.trim() ? `${reason.value.trim()}\n${chosen.dataset.reason}` : chosen.dataset.reason;
    reason.focus();
  });
  queue.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (leaving) event.preventDefault(); // one act per page: a second press would strike a document already gone
    leaving = true;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && returning.open && !help.open) {
      returning.open = false;
      returning.querySelector("summary").focus();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === reason) {
      event.preventDefault();
      reason.form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    if (event.key === "?") {
      help.showModal();
      return;
    }
    const wanted = keys.checked && KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const button = wanted && queue.querySelector(`[data-key="${wanted}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
});
