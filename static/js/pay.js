// The answer follows what is typed. Without this script the same page works by its button.
"use strict";

const form = document.querySelector("[data-pay]");
const answer = document.querySelector("[data-answer]");
const PAUSE = 300;

let timer;
let pending;
const refresh = async () => {
  pending?.abort();
  pending = new AbortController();
  const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
  try {
    const response = await fetch(address, { signal: pending.signal, headers: { "X-Requested-With": "fetch" } });
    if (!response.ok || response.redirected) return;
    answer.innerHTML = await response.text();
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") answer.setAttribute("aria-busy", "true");
  }
};

if (form) {
  form.querySelector("[data-no-script]").hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    refresh();
  });
}
