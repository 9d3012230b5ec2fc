// Single keys for what has a button or a link anyway: `data-key` names it. They work outside of fields and can be switched off.
const SEQUENCE = 1000;
const SWITCH = "single-keys";
const toggle = document.getElementById(SWITCH);
let first = "";

const isField = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
const press = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

function act(key) {
  const element = press(key);
  if (!element) return false;
  element.click();
  if (element.matches("[type=radio]")) document.querySelector(".composer textarea").focus();
  return true;
}

/** Real focus moves, so that Enter opens and a screen reader follows. */
function step(by) {
  const links = [...document.querySelectorAll(".ticket-link")];
  const at = links.findIndex((link) => link === document.activeElement || link.ariaCurrent === "true");
  const focused = links.indexOf(document.activeElement);
  const next = links[Math.max(0, (focused >= 0 ? focused : at) + by)];
  next?.focus();
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
  return act(sequence);
}

function escape(target) {
  if (document.querySelector(":popover-open")) return false;
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
  } else if (!isField(event.target) && toggle?.checked && event.key.length === 1 && handle(event.key.toLowerCase())) {
    event.preventDefault();
  }
});

if (toggle) {
  toggle.checked = localStorage.getItem(SWITCH) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
}
