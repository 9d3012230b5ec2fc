// The menu of a row, of the ticked rows, of the open ticket: the page of actions, fetched into a popover beside its button.
import { show } from "./toasts.js";
import { say } from "./words.js";

const menu = document.getElementById("menu");
const items = () => [...menu.querySelectorAll("summary, .menu-item:not(summary), .menu-search input, .menu-search button")].filter((item) => item.checkVisibility());
const anchor = document.body.appendChild(Object.assign(document.createElement("span"), { className: "menu-anchor" }));
let opener;
let place; // of the opener, or the row in focus: it may be replaced or leave while the menu is open

/** From a ticked row it acts on all that are ticked; a key without a tick, on the row in focus or the open ticket. */
function address(button, asked) {
  const form = document.getElementById("bulk");
  const isTicked = form?.elements.everything.checked || document.querySelector(".ticket .tick:checked");
  const box = button.closest(".ticket")?.querySelector(".tick");
  if (button.matches("[data-menu]") && !box?.checked) return `${button.href}&open=${asked}`;
  if (!isTicked) return "";
  const fields = new FormData(form);
  fields.set("open", asked);
  return `${form.action}?${new URLSearchParams(fields)}`;
}

const atHand = () => document.activeElement.closest(".ticket")?.querySelector("[data-menu]") ?? document.querySelector("#talk-top [data-menu]");

async function open(button, asked = "") {
  const url = address(button, asked);
  if (!url) return atHand() && open(atHand(), asked);
  opener = button;
  place = (document.activeElement.closest(".ticket") ?? button.closest("[id]"))?.id;
  const { top, left, width, height } = button.getBoundingClientRect();
  if (!(await fetched(url))) return;
  menu.querySelectorAll("[data-find]").forEach((find) => (find.hidden = false));
  for (const [side, length] of Object.entries({ top, left, width, height })) anchor.style[side] = `${length}px`;
  menu.showPopover({ source: button });
  (menu.querySelector("details[open] :is(input:not([type=hidden]), .menu-item:not(summary))") ?? items()[0])?.focus();
}

/** Whether it came. */
async function fetched(url) {
  menu.replaceChildren(); // while another group is open beside it, the browser closes the one that is asked for
  menu.ariaBusy = "true"; // what is typed meanwhile is meant for it
  await htmx.ajax("GET", url, { target: "#menu" }).catch(() => show({ title: say("unreachable"), isError: true }));
  menu.ariaBusy = "false";
  return menu.childElementCount > 0;
}

function step(event) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  const isTyping = document.activeElement.matches("input") && !["ArrowDown", "ArrowUp"].includes(event.key);
  if (to === undefined || isTyping) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}

/** Type to find. Enter takes the first that is left. */
function find(field) {
  const wanted = field.value.trim().toLocaleLowerCase();
  for (const item of field.closest("details").querySelectorAll("[data-name]")) item.hidden = !item.dataset.name.toLocaleLowerCase().includes(wanted);
}

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("[data-menu]");
    if (!button || !menu || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    open(button);
  },
  true,
);
document.addEventListener("submit", (event) => {
  if (event.target.id !== "bulk" || !menu) return;
  event.preventDefault();
  open(event.submitter, event.submitter.value);
});
menu?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest("[data-find]")) {
    event.preventDefault();
    event.target.closest("details").querySelector("[data-name]:not([hidden])")?.click();
  } else step(event);
});
menu?.addEventListener("input", (event) => event.target.closest("[data-find]") && find(event.target));
menu?.addEventListener("toggle", ({ newState, target }) => {
  const isLost = document.activeElement === document.body || menu.contains(document.activeElement);
  if (newState !== "closed" || target !== menu || !isLost) return;
  const isThere = opener.isConnected && opener.checkVisibility({ visibilityProperty: true });
  (isThere ? opener : document.getElementById(place)?.querySelector("[data-menu]"))?.focus();
});
