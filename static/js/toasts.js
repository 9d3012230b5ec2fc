// Notices at the lower end: three at most, eight seconds each, none lost (the server keeps them until dismissed).
import { on } from "./live.js";
import { say } from "./words.js";

const AT_MOST = 3;
const STAYS = 8000;
const UNDO_STAYS = 10_000;
const TICK = 250;
const stack = document.getElementById("toasts");
const left = new WeakMap(); // milliseconds that a toast stays
const more = Object.assign(document.createElement("p"), { className: "toasts-more" });

/** `url` leads on; `undo` is where the undoing is posted; without `id` the server does not know this toast. All text is set as text. */
export function show({ id, title, detail = "", url = "", action, undo, isError = false }) {
  if (!stack || (id && document.getElementById(`toast_${id}`))) return;
  const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-title]").textContent = title;
  toast.querySelector("[data-detail]").textContent = detail;
  fill(toast, { id, url, action, undo, isError });
  if (!isError) left.set(toast, undo ? UNDO_STAYS : STAYS);
  stack.prepend(toast);
  fold();
}

/** The way back leads through sign-in to this page. */
export function showSignedOut() {
  show({ title: say("signed_out"), url: location.pathname + location.search, action: say("sign_in"), isError: true });
}

function fill(toast, { id, url, action, undo, isError }) {
  const link = toast.querySelector("[data-open]");
  const form = toast.querySelector("form");
  if (undo) offerUndo(toast, link, undo);
  else if (url.startsWith("/")) link.href = url;
  else link.parentElement.remove();
  if (action) link.textContent = action;
  if (id) {
    toast.id = `toast_${id}`;
    form.action = form.dataset.dismissal.replace("/0/", `/${id}/`);
  }
  if (isError) {
    toast.dataset.kind = "error";
    toast.role = "alert";
  }
}

function offerUndo(toast, link, undo) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: link.className, textContent: say("undo") });
  button.addEventListener("click", () => {
    dismiss(toast);
    htmx.ajax("POST", undo, { source: toast.querySelector("form"), swap: "none" });
  });
  toast.dataset.kind = "undo";
  link.replaceWith(button);
}

function fold() {
  const toasts = [...stack.querySelectorAll(".toast")];
  toasts.forEach((toast, index) => (toast.hidden = index >= AT_MOST));
  more.textContent = say("more", toasts.length - AT_MOST);
  if (toasts.length > AT_MOST) stack.append(more);
  else more.remove();
}

function dismiss(toast) {
  const form = toast.querySelector("form");
  if (toast.id) fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true }).catch(() => {});
  toast.removeAttribute("id");
  left.delete(toast);
  toast.classList.add("is-leaving");
  setTimeout(() => (toast.remove(), fold()), 160);
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
  stack.addEventListener("submit", (event) => {
    event.preventDefault();
    dismiss(event.target.closest(".toast"));
  });
  stack.addEventListener("click", (event) => event.target.closest("[data-open]") && dismiss(event.target.closest(".toast")));
}
on("toast", show);
on("signed_out", showSignedOut);
