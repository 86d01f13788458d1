// The sheet of a quote or an invoice: lines added, copied and removed on the spot, and totals that follow what is typed.
// Without this script the same sheet works by its buttons.
"use strict";

const sheet = document.querySelector("[data-sheet]");
const lines = sheet.querySelector("[data-lines]");
const model = sheet.querySelector("[data-line-model]");
const count = sheet.querySelector("[name=lines-TOTAL_FORMS]");
const initialCount = sheet.querySelector("[name=lines-INITIAL_FORMS]");
const totals = sheet.querySelector("[data-totals]");
const PAUSE = 350;
const INDEX = /lines-(?:\d+|__prefix__)-/g;

const prepare = (root) => {
  for (const tools of root.querySelectorAll("[data-script]")) tools.hidden = false;
  for (const fallback of root.querySelectorAll("[data-no-script]")) fallback.hidden = true;
};

// Names, ids and references carry the line's index: written anew after each change.
const number = () => {
  const cards = [...lines.querySelectorAll("[data-line]")];
  cards.forEach((card, index) => {
    card.querySelector("[data-rank]").textContent = index + 1;
    for (const element of card.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
      for (const attribute of ["name", "id", "for", "aria-describedby"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(INDEX, `lines-${index}-`));
      }
    }
  });
  count.value = cards.length;
  initialCount.value = 0;
};

const newCard = () => {
  const card = model.content.firstElementChild.cloneNode(true);
  prepare(card);
  return card;
};

const fields = (card) => card.querySelectorAll("input:not([type=checkbox]), select, textarea");

const add = () => {
  const card = newCard();
  const last = lines.lastElementChild;
  if (last) {
    for (const name of ["unit", "vat_code", "nature", "chapter"]) {
      card.querySelector(`[name$="-${name}"]`).value = last.querySelector(`[name$="-${name}"]`).value;
    }
  }
  lines.append(card);
  number();
  card.querySelector("input").focus();
  askTotals();
};

const copy = (original) => {
  const card = newCard();
  const values = [...fields(original)].map((field) => field.value);
  fields(card).forEach((field, index) => { field.value = values[index]; });
  card.querySelector("details").open = original.querySelector("details").open;
  original.after(card);
  number();
  card.querySelector("input").focus();
  askTotals();
};

const remove = (card) => {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  number();
  (next?.querySelector("input") ?? sheet.querySelector("[data-add]")).focus();
  askTotals();
};

// Only the latest answer is shown.
let timer;
let pending;
const askTotals = () => {
  clearTimeout(timer);
  timer = setTimeout(refreshTotals, PAUSE);
};

const refreshTotals = async () => {
  pending?.abort();
  pending = new AbortController();
  try {
    const response = await fetch(sheet.dataset.totalsUrl, {
      method: "POST", body: new FormData(sheet), signal: pending.signal, headers: { "X-Requested-With": "fetch" },
    });
    if (!response.ok || response.redirected) return;
    totals.innerHTML = await response.text();
    const cards = lines.querySelectorAll("[data-line]");
    for (const net of totals.querySelectorAll("[data-line-net]")) {
      const card = cards[Number(net.dataset.lineNet)];
      if (card) card.querySelector("[data-net]").textContent = net.textContent;
    }
  } catch (error) {
    if (error.name !== "AbortError") totals.setAttribute("aria-busy", "true");
  }
};

// Where activities have their own customers, and customers their own places, only what fits is offered.
const choices = (name) => sheet.querySelector(`select[name=${name}]`);
const offerOnly = (select, groupLabel) => {
  if (!select) return;
  for (const group of select.querySelectorAll("optgroup")) {
    group.hidden = group.disabled = group.label !== groupLabel;
  }
  if (select.selectedOptions[0]?.parentElement.disabled) select.value = "";
};
const follow = () => {
  const activity = choices("activity");
  if (activity) offerOnly(choices("customer"), activity.selectedOptions[0]?.label);
  offerOnly(choices("delivery_address"), choices("customer")?.selectedOptions[0]?.label);
};

prepare(sheet);
number();
follow();
sheet.addEventListener("input", askTotals);
sheet.addEventListener("change", (event) => {
  if (["activity", "customer"].includes(event.target.name)) follow();
});
sheet.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const card = event.target.closest("[data-line]");
  if (button?.matches("[data-add]")) {
    event.preventDefault();
    add();
  } else if (button?.matches("[data-copy]")) {
    copy(card);
  } else if (button?.matches("[data-remove]")) {
    remove(card);
  }
});

// The first error is where one wants to be.
sheet.querySelector("[aria-invalid=true]")?.focus();
