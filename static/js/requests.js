// What goes wrong with a request is said; what was typed stays where it is.
import { show, showSignedOut } from "./toasts.js";
import { say } from "./words.js";

const isAsked = (event) => event.detail.requestConfig.elt.matches("form, a"); // by the reader, not by the page on its own

document.addEventListener("htmx:responseError", (event) => isAsked(event) && show({ title: say("not_saved"), isError: true }));
document.addEventListener("htmx:sendError", (event) => isAsked(event) && show({ title: say("unreachable"), isError: true }));

/** A session that has ended answers with the sign-in page, which has no place inside this one. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== document.body.dataset.signIn) return;
  event.detail.shouldSwap = false;
  if (isAsked(event)) showSignedOut();
});

document.addEventListener("submit", (event) => event.target.matches("[data-sign-out]") && sessionStorage.clear());
