// What the palette offers of the page that it lies over: the open ticket's buttons, and where the side bar leads.
import { place } from "./folding.js";

const label = (element) => (element.ariaLabel ?? (element.querySelector(".label, .nav-link > span") ?? element.closest("label") ?? element).textContent).replace(/\s+/g, " ").trim();
const isOffered = (element) => !["Escape", "/"].includes(element.dataset.key);

function* of(selector) {
  const seen = new Set();
  for (const element of document.querySelectorAll(selector)) {
    const name = label(element);
    if (name && !seen.has(name) && isOffered(element)) yield { element, name, keys: element.dataset.key?.split(" ") ?? [] };
    seen.add(name);
  }
}

export const ofTicket = () => [...of("#ticket [data-key], #ticket [data-command]")];
export const places = () => [...of(".sidebar .nav-link, .account-menu a.menu-item")];

/** The option, or nothing if not every word is in its name. Without words, all of them. */
export function option({ element, name, keys }, words, id) {
  const marks = words.map((word) => place(name, word));
  if (marks.some((mark) => !mark)) return undefined;
  const made = document.getElementById("palette-option").content.firstElementChild.cloneNode(true);
  made.id = id;
  made.command = () => (element.isConnected ? element : [...ofTicket(), ...places()].find((other) => other.name === name)?.element); // swapped meanwhile
  const icon = element.querySelector("svg.icon, .avatar");
  if (icon) made.prepend(icon.cloneNode(true));
  made.querySelector("span:not([class])").append(...parts(name, marks));
  made.querySelector(".keys").append(...keys.map(key));
  return made;
}

function key(name) {
  return Object.assign(document.createElement("kbd"), { className: "key", textContent: name.length === 1 ? name.toUpperCase() : name });
}

function parts(name, marks) {
  const found = [];
  let end = 0;
  for (const [from, to] of marks.sort(([one], [other]) => one - other)) {
    if (from < end) continue;
    found.push(name.slice(end, from), Object.assign(document.createElement("mark"), { textContent: name.slice(from, to) }));
    end = to;
  }
  return [...found, name.slice(end)];
}
