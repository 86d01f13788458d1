// The label of a line offers the products of the catalogue while one types (ARIA: editable combobox with a list).
"use strict";

(() => {
  const sheet = document.querySelector("[data-sheet][data-products-url]");
  if (!sheet) return;
  const PAUSE = 200;
  const FILLED = { label: "label", description: "description", nature: "nature", unit: "unit", "vat_code": "vatCode" };
  const isLabel = (element) => element.matches?.('[data-line] input[name$="-label"]');
  const listOf = (input) => input.closest(".combobox").querySelector("[data-products]");
  const optionsOf = (input) => [...listOf(input).querySelectorAll("[role=option]")];
  const isOpen = (input) => !listOf(input).hidden;
  let timer;
  let pending;

  const equip = (input) => {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", listOf(input).id);
  };

  const close = (input) => {
    clearTimeout(timer);
    pending?.abort();
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const point = (input, option) => {
    for (const other of optionsOf(input)) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const ask = async (input) => {
    pending?.abort();
    pending = new AbortController();
    const query = new URLSearchParams({ q: input.value, activite: sheet.querySelector("[name=activity]").value });
    try {
      const response = await fetch(`${sheet.dataset.productsUrl}?${query}`, { signal: pending.signal });
      if (!response.ok || response.redirected) return;
      const list = listOf(input);
      list.innerHTML = await response.text();
      optionsOf(input).forEach((option, index) => { option.id = `${list.id}-${index}`; });
      list.hidden = !list.querySelector("[role=option]") || document.activeElement !== input;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    } catch (error) {
      if (error.name !== "AbortError") close(input);
    }
  };

  const choose = (input, option) => {
    const card = input.closest("[data-line]");
    const field = (name) => card.querySelector(`[name$="-${name}"]`);
    for (const [name, key] of Object.entries(FILLED)) {
      const target = field(name);
      const value = option.dataset[key];
      if (target.tagName !== "SELECT" || [...target.options].some((one) => one.value === value)) target.value = value;
    }
    field("unit_price").value = option.dataset.unitPrice.replace("€", "").trim();
    field("product_id").value = option.dataset.product;
    if (option.dataset.description) card.querySelector("details").open = true;
    close(input);
    input.dispatchEvent(new CustomEvent("sheet-changed", { bubbles: true }));
    field("quantity").focus();
    field("quantity").select();
  };

  sheet.addEventListener("focusin", (event) => {
    if (isLabel(event.target)) equip(event.target);
  });
  sheet.addEventListener("focusout", (event) => {
    if (isLabel(event.target)) close(event.target);
  });
  sheet.addEventListener("input", (event) => {
    if (!isLabel(event.target)) return;
    if (!event.target.value) event.target.closest("[data-line]").querySelector('[name$="-product_id"]').value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE, event.target);
  });
  sheet.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!isLabel(input) || !isOpen(input) || event.altKey || event.ctrlKey) return;
    const options = optionsOf(input);
    const current = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") point(input, options[(current + 1) % options.length]);
    else if (event.key === "ArrowUp") point(input, options.at(current < 1 ? -1 : current - 1));
    else if (event.key === "Enter" && current >= 0) choose(input, options[current]);
    else if (event.key === "Escape") close(input);
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-products] [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option.closest(".combobox").querySelector("input"), option);
  });
  for (const input of sheet.querySelectorAll('[data-line] input[name$="-label"]')) equip(input);
})();
