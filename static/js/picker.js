// What can be chosen at the caret: macros after a /, people after an @ in a note.
import { composer, field, fill, isOf, kindOf } from "./composer.js";

const PAUSE = 120;
const MACRO = /(?:^|\s)(\/([^\s/]{0,40}))$/;
const PERSON = /(?:^|[\s(])(@([\p{L}.'-]{0,40}(?: [\p{L}.'-]{0,40})?))$/u;
const GAP = /\{\{ *(?:customer|ticket|agent|order)\.[^{}\n]+\}\}/;
let due;
let asked = "";

const picker = () => document.getElementById("picker");
const options = () => [...picker().querySelectorAll("[role=option]")];
const chosen = () => picker().querySelector("[aria-selected=true]");
const isOpen = () => picker() && !picker().hidden;

/** What stands before the caret: {begin, query, url}, or undefined. */
function trigger() {
  const form = composer();
  const before = field(form).value.slice(0, field(form).selectionStart);
  const macro = MACRO.exec(before);
  const person = kindOf(form) === "note" ? PERSON.exec(before) : null;
  const found = macro ?? person;
  if (!found) return undefined;
  const url = macro ? `${form.dataset.macros}?pick&q=` : `${form.dataset.people}?q=`;
  return { begin: before.length - found[1].length, url: url + encodeURIComponent(found[2]) };
}

async function ask() {
  const at = trigger();
  if (!at) return close();
  asked = at.url;
  const response = await fetch(at.url).catch(() => undefined);
  if (!response?.ok || response.redirected || asked !== at.url || trigger()?.url !== at.url) return undefined;
  fill(picker(), await response.text());
  picker().hidden = false;
  return select(options()[0]);
}

function close() {
  clearTimeout(due);
  asked = "";
  if (!picker()) return;
  picker().hidden = true;
  field(composer()).removeAttribute("aria-activedescendant");
}

function select(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field(composer()).setAttribute("aria-activedescendant", option.id);
}

/** The caret goes to the first gap, where something has to be written. */
function take(option) {
  const at = trigger();
  const textarea = field(composer());
  if (!at || !option) return close();
  const { text } = option.dataset;
  textarea.focus();
  textarea.setRangeText(text, at.begin, textarea.selectionStart, "end");
  const gap = GAP.exec(text);
  if (gap) textarea.setSelectionRange(at.begin + gap.index, at.begin + gap.index + gap[0].length);
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
  return close();
}

function move(by) {
  const all = options();
  select(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

function onKey(event) {
  if (!isOpen() || !isOf(event.target) || event.isComposing || event.metaKey || event.ctrlKey) return;
  const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => take(chosen()), Tab: () => take(chosen()), Escape: close };
  if (!keys[event.key] || (!chosen() && event.key !== "Escape")) return;
  event.preventDefault();
  keys[event.key]();
}

document.addEventListener("input", ({ target }) => {
  if (!isOf(target) || !target.matches("textarea")) return;
  clearTimeout(due);
  due = setTimeout(ask, PAUSE);
});
document.addEventListener("keydown", onKey, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-picks]");
  if (link && isOf(link)) {
    event.preventDefault();
    const textarea = field(composer());
    textarea.focus();
    const before = textarea.value.slice(0, textarea.selectionStart);
    textarea.setRangeText(/\S$/.test(before) ? " /" : "/", before.length, before.length, "end");
    ask();
  } else if (isOpen() && event.target.closest(".picker-item")) take(event.target.closest(".picker-item"));
  else if (isOpen() && !event.target.closest("#picker")) close();
});
if (isOf(document.activeElement)) ask(); // who is quicker than the scripts
