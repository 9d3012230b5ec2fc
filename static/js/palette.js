// ⌘K: what can be done and where one can go, found by typing. Focus stays in the field; the chosen option is told to screen readers.
import { ofTicket, option, places } from "./commands.js";
import { fold } from "./folding.js";
import { run } from "./keys.js";
import { say } from "./words.js";

const palette = document.getElementById("palette");
const opener = document.getElementById("palette-opener");
const field = document.getElementById("palette-input");
const found = document.getElementById("palette-found");
const options = () => [...palette.querySelectorAll("[role=option]")];
let returnTo;

function open() {
  if (palette.open) return;
  document.querySelectorAll(":popover-open").forEach((each) => each.hidePopover());
  returnTo = document.activeElement;
  const number = document.getElementById("ticket")?.dataset.number;
  Object.assign(document.getElementById("palette-context"), { hidden: !number, textContent: `#${number}` });
  field.value = "";
  found.replaceChildren();
  palette.showModal();
  offer();
}

/** Without a word, only what can be done here and the ways that have a key: the rest is a letter away. */
function offer() {
  const words = fold(field.value).split(/\s+/).filter(Boolean);
  fill("palette-here", ofTicket(), words);
  fill("palette-go", words.length ? places() : places().filter(({ keys }) => keys.length), words);
  choose(options()[0]);
}

function fill(id, commands, words) {
  const group = document.getElementById(id);
  group.querySelectorAll("[role=option]").forEach((each) => each.remove());
  group.append(...commands.map((command, n) => option(command, words, `${id}-${n}`)).filter(Boolean));
}

function choose(wanted) {
  for (const each of options()) each.ariaSelected = String(each === wanted);
  if (wanted) field.setAttribute("aria-activedescendant", wanted.id);
  else field.removeAttribute("aria-activedescendant");
  wanted?.scrollIntoView({ block: "nearest" });
  document.getElementById("palette-count").textContent = say("commands", options().length);
}

const chosen = () => palette.querySelector("[aria-selected=true]");

function step(by) {
  const all = options();
  choose(all.at((all.indexOf(chosen()) + by) % all.length));
}

/** The palette is gone first, and the focus is back: some commands move it on. */
function take(wanted, { inNewTab = false } = {}) {
  const target = wanted?.command ? wanted.command() : wanted;
  if (!target) return;
  if (inNewTab && target.href) {
    window.open(target.href, "_blank", "noopener");
    return;
  }
  palette.close();
  if (target.closest("#palette")) location.assign(target.href);
  else run(target);
}

const KEYS = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Tab: () => {} };

function press(event) {
  if (event.isComposing) return;
  if (event.key === "Enter") {
    const everything = (event.metaKey || event.ctrlKey) && palette.querySelector("[data-everything]");
    take(everything || chosen(), { inNewTab: event.shiftKey });
  } else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
}

if (palette) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });
  document.addEventListener("search:open", open);
  opener.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  field.addEventListener("input", offer);
  field.addEventListener("keydown", press);
  palette.addEventListener("close", () => returnTo?.isConnected && returnTo.focus());
  palette.addEventListener("click", (event) => {
    if (event.target === palette) return palette.close();
    const wanted = event.target.closest("[role=option]");
    if (!wanted || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    take(wanted, { inNewTab: event.shiftKey });
  });
  found.addEventListener("htmx:afterSwap", () => choose(chosen() ?? options()[0]));
}
