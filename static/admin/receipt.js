// A new receipt's page: once the customer is chosen, the invoices that it owes are proposed, with what was typed so far.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const customer = document.getElementById("id_customer");
  const form = document.getElementById("receipt_form");
  if (!customer || !form || !window.location.pathname.endsWith("/add/")) return;

  const kept = ["method", "received_on", "amount", "customer", "payer", "reference", "bank_name", "cheque_number"];

  function propose() {
    const address = new URLSearchParams();
    for (const name of kept) {
      const value = form.elements[name]?.value ?? "";
      if (value) address.set(name, value);
    }
    window.location.search = address.toString();
  }

  window.django?.jQuery?.(customer).on("select2:select select2:clear", propose);
});
