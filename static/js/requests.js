// What goes wrong with a request is said; what was typed stays where it is.
import { show, showSignedOut } from "./toasts.js";
import { say } from "./words.js";

const isAsked = (event) => event.detail.requestConfig.elt.matches("form, a"); // by the reader, not by the page on its own

document.addEventListener("htmx:responseError", (event) => isAsked(event) && failed(event, "not_saved"));
document.addEventListener("htmx:sendError", (event) => isAsked(event) && failed(event, "unreachable"));

/** A choice that was not saved goes back to what is true; words stay. */
function failed(event, reason) {
  const { elt } = event.detail.requestConfig;
  if (elt.matches("form:has(select):not(:has(textarea))")) elt.reset();
  show({ title: say(reason), isError: true });
}

/** The second half of a double click. */
document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  if (elt.matches(".htmx-request:not(#row-acts)") && triggeringEvent?.submitter?.name === "do") event.preventDefault();
});

/** A session that has ended answers with the sign-in page, which has no place inside this one. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname !== document.body.dataset.signIn) return;
  event.detail.shouldSwap = false;
  if (isAsked(event)) showSignedOut();
});

document.addEventListener("submit", (event) => event.target.matches("[data-sign-out]") && sessionStorage.clear());
