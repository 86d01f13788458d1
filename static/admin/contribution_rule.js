// A rule's page: the server reckons the example while the person types.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const example = document.querySelector(".bo-example");
  const form = document.getElementById("contributionrule_form");
  if (!example || !form) return;
  const result = example.querySelector(".bo-example-result");
  let timer = 0;
  let request = null;

  async function refresh() {
    const typed = new FormData(form);
    if (!typed.get("toml")?.trim()) return;
    typed.delete("file");
    request?.abort();
    request = new AbortController();
    try {
      const response = await fetch(example.dataset.url, { method: "POST", body: typed, signal: request.signal });
      if (response.ok) result.innerHTML = await response.text();
      result.classList.toggle("bo-stale", !response.ok);
    } catch (error) {
      if (error.name !== "AbortError") result.classList.add("bo-stale");
    }
  }

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 300);
  }

  form.addEventListener("input", refreshSoon);
  form.addEventListener("change", refreshSoon);
  refresh();
});
