// Single keys for what has a button or a link anyway: `data-key` names it. They work outside of fields and can be switched off.
import { isOn } from "./preferences.js";

const SEQUENCE = 1000;
let first = "";

export const isField = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

const isSeen = (element) => (element.closest("label") ?? element).checkVisibility({ visibilityProperty: true });

/** What acts on the row in focus, if that is not the open ticket, as the menu does. */
function onRow(key) {
  const row = document.activeElement.closest(".ticket:not([data-open])");
  const button = row && document.querySelector(`#row-acts [data-key="${CSS.escape(key)}"]`);
  if (button) button.form.elements.ticket.value = row.querySelector(".tick").value;
  return button;
}

/** Beside an open ticket, what acts on rows is for the row in focus alone. Of several the first that is to be seen. What is folded away on a narrow screen can still be pressed, but not written into. */
export function press(key) {
  const others = document.getElementById("ticket") ? ":not(#row-acts *)" : "";
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]${others}`)];
  return onRow(key) ?? found.find(isSeen) ?? found.find((element) => !isField(element));
}

/** As a click, or the focus where there is something to write. */
export function run(element) {
  if (isField(element)) return element.focus();
  element.click();
  if (element.matches("[type=radio]")) element.closest("form")?.querySelector("textarea")?.focus();
}

function act(key) {
  const element = press(key);
  if (element) run(element);
  return Boolean(element);
}

/** Real focus moves, so that Enter opens and a screen reader follows. */
function step(by) {
  const links = [...document.querySelectorAll(".ticket-link")];
  const focused = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const at = focused >= 0 ? focused : links.findIndex((link) => link.ariaCurrent === "true");
  const next = links[Math.min(links.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.closest("li").scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function handle(key) {
  const sequence = first ? `${first} ${key}` : key;
  first = "";
  if (sequence === "g") {
    first = "g";
    setTimeout(() => (first = ""), SEQUENCE);
    return true;
  }
  if (sequence === "j") return step(1);
  if (sequence === "k") return step(-1);
  if (sequence === "/") return act("/") || open("search");
  return act(sequence);
}

function open(name) {
  document.dispatchEvent(new CustomEvent(`${name}:open`));
  return true;
}

export const isCovered = () => document.querySelector(":popover-open, dialog[open], #menu[aria-busy=true]");

function escape(target) {
  if (isCovered()) return false;
  if (isField(target)) {
    target.blur();
    return true;
  }
  return act("Escape");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (escape(event.target)) event.preventDefault();
  } else if (!isField(event.target) && !isCovered() && isOn("single-keys", "on") && event.key.length === 1 && handle(event.key.toLowerCase())) {
    event.preventDefault();
  }
});

/** The list of keys shows those that do something on this page. */
document.getElementById("keys")?.addEventListener("beforetoggle", () => {
  for (const term of document.querySelectorAll("#keys [data-for]")) {
    const isHere = term.dataset.for.startsWith(".") ? document.querySelector(term.dataset.for) : press(term.dataset.for);
    term.hidden = term.nextElementSibling.hidden = !isHere;
  }
});

/** Whoever has no ⌘ key reads Ctrl. */
function nameModifier() {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) for (const key of document.querySelectorAll(".key[data-mod]")) key.textContent = "Ctrl";
}
nameModifier();
document.addEventListener("htmx:afterSettle", nameModifier);
