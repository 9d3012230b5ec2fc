// The open ticket: kept up to date around what the reader is writing.
import { on } from "./live.js";
import { say } from "./words.js";

const find = (id) => document.getElementById(id);
const number = () => find("ticket")?.dataset.number;
let arrived = 0; // messages below what the reader sees
let refreshDue;

// Drafts live in this tab until they are sent.
const draftKey = () => `draft-${number()}`;
const kindOf = (form) => form.querySelector("[name=kind]:checked").value;

function keepDraft(form) {
  const body = form.querySelector("textarea").value;
  if (body) sessionStorage.setItem(draftKey(), JSON.stringify({ body, kind: kindOf(form) }));
  else sessionStorage.removeItem(draftKey());
}

function restoreDraft() {
  const form = document.querySelector(".composer");
  const draft = JSON.parse(sessionStorage.getItem(draftKey()) ?? "null");
  if (form && draft && !form.querySelector("textarea").value) {
    form.querySelector("textarea").value = draft.body;
    form.querySelector(`[value=${draft.kind}]`).checked = true;
  }
  if (form) prompt(form);
}

function prompt(form) {
  const textarea = form.querySelector("textarea");
  textarea.dataset.reply ??= textarea.placeholder;
  textarea.placeholder = textarea.dataset[kindOf(form)];
}

// Where the reader is in the conversation.
const isAtEnd = (talk) => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
const count = () => document.querySelectorAll("#conversation .message").length;

function toEnd() {
  const talk = find("conversation");
  if (talk) talk.scrollTop = talk.scrollHeight;
  showArrived(0);
}

function showArrived(messages) {
  arrived = messages;
  const bar = find("new-messages");
  if (!bar) return;
  bar.hidden = arrived === 0;
  bar.querySelector("span").textContent = say("new_messages", arrived);
}

function refresh() {
  clearTimeout(refreshDue);
  refreshDue = setTimeout(() => find("conversation") && htmx.trigger("#conversation", "refresh"), 200);
}

on("ticket", (frame) => String(frame.ticket) === number() && refresh());
on("resync", refresh);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const wasSent = detail.requestConfig.elt.matches(".composer") && /^\/tickets\/\d+\/$/.test(new URL(detail.xhr.responseURL).pathname);
  if (wasSent) sessionStorage.removeItem(draftKey());
  if (detail.target.id === "conversation") Object.assign(detail.target.dataset, { end: isAtEnd(detail.target) ? "1" : "", count: count() });
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "ticket") {
    restoreDraft();
    toEnd();
  } else if (detail.target.id === "conversation") {
    if (detail.target.dataset.end) toEnd();
    else showArrived(arrived + count() - detail.target.dataset.count);
  }
});

/** The overview is never changed under a hand that is choosing, and its sections stay as they were opened. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.id !== "overview") return;
  if (target.contains(document.activeElement)) event.detail.shouldSwap = false;
  const sections = [...target.querySelectorAll("details")];
  fragment.querySelectorAll("details").forEach((section, index) => (section.open = sections[index]?.open ?? section.open));
});

document.addEventListener("input", ({ target }) => target.closest(".composer") && keepDraft(target.closest(".composer")));
document.addEventListener("change", ({ target }) => target.closest(".composer") && prompt(target.closest(".composer")));
document.addEventListener("click", ({ target }) => target.closest("#new-messages") && toEnd());
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".composer");
  if (form && event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit();
});

restoreDraft();
toEnd();
