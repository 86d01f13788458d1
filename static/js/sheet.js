// The sheet of a quote or an invoice: lines added, copied, moved and removed on the spot. Totals and the saving by
// itself are asked by htmx (hx-post on the page); without any script the same sheet works by its buttons.
"use strict";

const sheet = document.querySelector("[data-sheet]");
const lines = sheet.querySelector("[data-lines]");
const model = sheet.querySelector("[data-line-model]");
const count = sheet.querySelector("[name=lines-TOTAL_FORMS]");
const initialCount = sheet.querySelector("[name=lines-INITIAL_FORMS]");
const totals = sheet.querySelector("[data-totals]");
const autosave = sheet.querySelector("[data-autosave]");
const toast = document.querySelector("[data-toast]");
const INDEX = /lines-(?:\d+|__prefix__)-/g;
const CARRIERS = ["name", "id", "for", "aria-describedby", "aria-controls"];
const TOAST_LASTS = 12000;

const cards = () => [...lines.querySelectorAll("[data-line]")];
const labelOf = (card) => card.querySelector('[name$="-label"]');
const fields = (card) => card.querySelectorAll("input:not([type=checkbox]), select, textarea");
const changed = () => sheet.dispatchEvent(new Event("sheet-changed"));

const prepare = (root) => {
  for (const tools of root.querySelectorAll("[data-script]")) tools.hidden = false;
  for (const fallback of root.querySelectorAll("[data-no-script]")) fallback.hidden = true;
};

// Names, ids and references carry the line's index: written anew after each change.
const number = () => {
  const all = cards();
  all.forEach((card, index) => {
    card.querySelector("[data-rank]").textContent = index + 1;
    for (const element of card.querySelectorAll(CARRIERS.map((name) => `[${name}]`).join())) {
      for (const attribute of CARRIERS) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(INDEX, `lines-${index}-`));
      }
    }
  });
  count.value = all.length;
  initialCount.value = 0;
};

const newCard = () => {
  const card = model.content.firstElementChild.cloneNode(true);
  prepare(card);
  return card;
};

const settle = (card) => {
  number();
  labelOf(card).focus();
  changed();
};

const add = () => {
  const card = newCard();
  const last = cards().at(-1);
  if (last) {
    for (const name of ["unit", "vat_code", "nature", "chapter"]) {
      card.querySelector(`[name$="-${name}"]`).value = last.querySelector(`[name$="-${name}"]`).value;
    }
  }
  lines.append(card);
  settle(card);
};

const copy = (original) => {
  const card = newCard();
  const values = [...fields(original)].map((field) => field.value);
  fields(card).forEach((field, index) => { field.value = values[index]; });
  card.querySelector("details").open = original.querySelector("details").open;
  original.after(card);
  settle(card);
};

const move = (card, step) => {
  const all = cards();
  const other = all[all.indexOf(card) + step];
  if (!other) return;
  const focused = document.activeElement;
  if (step < 0) other.before(card);
  else other.after(card);
  number();
  focused.focus();
  card.scrollIntoView({ block: "nearest" });
  changed();
};

// A removed line is kept aside until the next one goes, so that it can come back where it was.
let removed;
let hiding;
const remove = (card) => {
  removed = { card, index: cards().indexOf(card) };
  card.remove();
  number();
  changed();
  toast.hidden = false;
  toast.querySelector("[data-undo]").focus();
  clearTimeout(hiding);
  hiding = setTimeout(hideToast, TOAST_LASTS);
};

const hideToast = () => {
  if (toast.contains(document.activeElement)) sheet.querySelector("[data-add]").focus();
  toast.hidden = true;
};

const undo = () => {
  if (!removed) return;
  const next = cards()[removed.index];
  if (next) next.before(removed.card);
  else lines.append(removed.card);
  settle(removed.card);
  removed = undefined;
  clearTimeout(hiding);
  toast.hidden = true;
};

// Enter goes from field to field, and from the last one to the next line, or to a new one.
const goOn = (card, field) => {
  const own = [...card.querySelectorAll(":scope > .line-grid :is(input, select)")];
  const next = own[own.indexOf(field) + 1];
  if (next) {
    next.focus();
    return;
  }
  const following = card.nextElementSibling;
  if (following) labelOf(following).focus();
  else add();
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

const propose = () => {
  const places = choices("delivery_address");
  if (places) places.value = JSON.parse(places.dataset.defaults)[choices("customer")?.value] ?? "";
};

// Whether everything typed is kept, said beside the buttons and asked when leaving.
let isKept = true;
let isLeaving = false;
let waiting;
const say = (text) => { if (autosave && autosave.textContent !== text) autosave.textContent = text; };
const touch = () => {
  isKept = false;
  say("Non enregistré");
};

prepare(sheet);
number();
follow();
sheet.addEventListener("input", touch);
sheet.addEventListener("sheet-changed", touch);
sheet.addEventListener("change", (event) => {
  if (!["activity", "customer"].includes(event.target.name)) return;
  follow();
  propose();
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
toast?.addEventListener("click", (event) => {
  if (event.target.closest("[data-undo]")) undo();
});

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-line]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    sheet.requestSubmit(sheet.querySelector("[data-save]"));
  } else if (event.altKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    undo();
  } else if (event.altKey && card && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    move(card, event.key === "ArrowUp" ? -1 : 1);
  } else if (event.key === "Enter" && !event.defaultPrevented && event.target.closest?.(".line-grid")
    && event.target.matches("input, select")) {
    event.preventDefault();
    goOn(card, event.target);
  }
});

// Totals: each line's own amount comes with them.
const showNets = () => {
  const all = cards();
  for (const net of totals.querySelectorAll("[data-line-net]")) {
    const place = all[Number(net.dataset.lineNet)]?.querySelector("[data-net]");
    if (place) place.textContent = net.textContent;
  }
};
totals.addEventListener("htmx:afterSwap", showNets);

// A page without htmx names the address of its totals: <form data-totals-url>.
if (sheet.dataset.totalsUrl) {
  let timer;
  let pending;
  const ask = async () => {
    pending?.abort();
    pending = new AbortController();
    try {
      const response = await fetch(sheet.dataset.totalsUrl, {
        method: "POST", body: new FormData(sheet), signal: pending.signal,
      });
      if (!response.ok || response.redirected) return;
      totals.innerHTML = await response.text();
      showNets();
    } catch (error) {
      if (error.name !== "AbortError") totals.setAttribute("aria-busy", "true");
    }
  };
  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  };
  sheet.addEventListener("input", askSoon);
  sheet.addEventListener("sheet-changed", askSoon);
}
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  sheet.addEventListener(name, (event) => {
    if (event.target === autosave) say("Non enregistré : le serveur ne répond pas. Ne fermez pas cette page.");
    else totals.setAttribute("aria-busy", "true");
  });
}

// What is typed while the answer is on its way is not kept yet.
let isTypedMeanwhile = false;
const isSaving = () => Boolean(autosave?.classList.contains("htmx-request"));
sheet.addEventListener("input", () => { isTypedMeanwhile = isSaving(); });
sheet.addEventListener("sheet-changed", () => { isTypedMeanwhile = isSaving(); });
autosave?.addEventListener("htmx:beforeRequest", () => { isTypedMeanwhile = false; });
autosave?.addEventListener("htmx:afterRequest", () => {
  isKept = Boolean(autosave.querySelector("[data-saved]")) && !isTypedMeanwhile;
  if (isTypedMeanwhile) say("Non enregistré");
  if (waiting) sheet.requestSubmit(waiting.submitter);
});

// The sheet is sent once the saving by itself has said which draft it stands for.
sheet.addEventListener("submit", (event) => {
  if (isSaving()) {
    event.preventDefault();
    waiting = { submitter: event.submitter };
    return;
  }
  isLeaving = true;
});
window.addEventListener("beforeunload", (event) => {
  if (autosave && !isKept && !isLeaving) event.preventDefault();
});
window.addEventListener("pageshow", () => { isLeaving = false; });

// The first error is where one wants to be.
sheet.querySelector("[aria-invalid=true]")?.focus();
