// Notices at the lower end: three at most, eight seconds each.
import { isField } from "./keys.js";
import { on } from "./live.js";
import { say } from "./words.js";

const AT_MOST = 3;
const STAYS = 8000;
const UNDO_STAYS = 10_000;
const TICK = 250;
const stack = document.getElementById("toasts");
const left = new WeakMap(); // milliseconds that a toast stays
const more = Object.assign(document.createElement("p"), { className: "toasts-more" });

/** `url` leads on; `undo` is where the undoing is posted. All text is set as text. Returns the toast, which says "dismissed" when it is. */
export function show({ title, detail = "", url = "", action, undo, isError = false }) {
  const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  word(toast, title, detail);
  lead(toast, url, action, undo);
  if (isError) Object.assign(toast, { role: "alert" }).dataset.kind = "error";
  else left.set(toast, undo ? UNDO_STAYS : STAYS);
  stack.prepend(toast);
  fold();
  return toast;
}

export function word(toast, title, detail) {
  toast.querySelector("[data-title]").textContent = title;
  toast.querySelector("[data-detail]").textContent = detail;
}

/** The way back leads through sign-in to this page. */
export function showSignedOut() {
  show({ title: say("signed_out"), url: location.pathname + location.search, action: say("sign_in"), isError: true });
}

function lead(toast, url, action, undo) {
  const link = toast.querySelector("[data-open]");
  if (undo) offerUndo(toast, link, undo);
  else if (url.startsWith("/")) link.href = url;
  else link.parentElement.remove();
  if (action) link.textContent = action;
}

function offerUndo(toast, link, undo) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: link.className, textContent: say("undo") });
  button.addEventListener("click", () => takeBack(toast, button, undo));
  toast.dataset.kind = "undo";
  link.replaceWith(button);
}

/** ⌘Z takes back the latest act, but in a field what was typed. */
function onKey(event) {
  if (event.key.toLowerCase() !== "z" || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey || isField(event.target)) return;
  const button = stack.querySelector("[data-kind=undo]:not(.is-leaving) [type=button]:not(:disabled)");
  if (!button) return;
  event.preventDefault();
  button.click();
}

/** The toast stays until the server has answered: the answer comes to it, and without one it can be tried again. */
async function takeBack(toast, button, undo) {
  button.disabled = true;
  left.delete(toast);
  try {
    await htmx.ajax("POST", undo, { source: toast.querySelector("form"), swap: "none" });
    dismiss(toast);
  } catch {
    button.disabled = false;
  }
}

function fold() {
  const toasts = [...stack.querySelectorAll(".toast:not(.is-leaving)")];
  toasts.forEach((toast, index) => (toast.hidden = index >= AT_MOST));
  more.textContent = say("more", toasts.length - AT_MOST);
  if (toasts.length > AT_MOST) stack.append(more);
  else more.remove();
}

function dismiss(toast) {
  if (toast.matches(".is-leaving")) return;
  toast.dispatchEvent(new Event("dismissed"));
  leave(toast);
}

/** Goes without having been dismissed. */
export function leave(toast) {
  left.delete(toast);
  toast.classList.add("is-leaving");
  setTimeout(() => (toast.remove(), fold()), toast.hidden ? 0 : 160);
}

function countDown() {
  if (document.hidden || stack.matches(":hover, :focus-within")) return;
  for (const toast of stack.querySelectorAll(".toast:not([hidden])")) {
    if (!left.has(toast)) continue;
    left.set(toast, left.get(toast) - TICK);
    if (left.get(toast) <= 0) dismiss(toast);
  }
}

if (stack) {
  setInterval(countDown, TICK);
  document.addEventListener("keydown", onKey);
  stack.addEventListener("submit", (event) => {
    event.preventDefault();
    dismiss(event.target.closest(".toast"));
  });
  stack.addEventListener("click", (event) => event.target.closest("[data-open]") && dismiss(event.target.closest(".toast")));
}
on("signed_out", showSignedOut);
