// A draft's page: the server reckons the totals while the person types, and the customers offered are the activity's.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const totals = document.getElementById("invoice-totals");
  const form = document.getElementById("invoice_form");
  if (!totals || !form) return;

  let timer = 0;
  let request = null;

  async function refresh() {
    request?.abort();
    request = new AbortController();
    try {
      const response = await fetch(totals.dataset.url, {
        method: "POST",
        body: new FormData(form),
        signal: request.signal,
      });
      if (response.ok) totals.innerHTML = await response.text();
      totals.classList.toggle("bo-stale", !response.ok);
    } catch (error) {
      if (error.name !== "AbortError") totals.classList.add("bo-stale");
    }
  }

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 250);
  }

  if (form.querySelector("input[name='lines-TOTAL_FORMS']")) {
    form.addEventListener("input", refreshSoon);
    form.addEventListener("change", refreshSoon);
    document.addEventListener("formset:added", refreshSoon);
    document.addEventListener("formset:removed", refreshSoon);
  }

  const $ = window.django?.jQuery;
  if (!$) return;
  // Autocomplete asks for customers (or addresses): say of which activity (or customer).
  $.ajaxPrefilter((options) => {
    if (!options.url?.includes("/autocomplete/")) return;
    const query = options.data ? new URLSearchParams(options.data) : new URL(options.url, location.href).searchParams;
    const owner = { customer: "activity", delivery_address: "customer" }[query.get("field_name")];
    const value = owner && document.getElementById(`id_${owner}`)?.value;
    if (!value) return;
    const separator = options.url.includes("?") ? "&" : "?";
    options.url += `${separator}${owner}=${encodeURIComponent(value)}`;
  });
  // A new choice above forgets what was chosen below it.
  $("#id_activity").on("select2:select select2:clear", () => $("#id_customer, #id_delivery_address").val(null).trigger("change"));
  $("#id_customer").on("select2:select select2:clear", () => $("#id_delivery_address").val(null).trigger("change"));
});
