// The open ticket: kept up to date around what the reader is writing.
import { prompt } from "./composer.js";
import { on } from "./live.js";
import { say } from "./words.js";

const find = (id) => document.getElementById(id);
const number = () => find("ticket")?.dataset.number;
let arrived = 0; // messages below what the reader sees
let refreshDue;

// Where the reader is in the conversation.
const isAtEnd = (talk) => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
const opened = () => [...document.querySelectorAll("#conversation details[open][id]")].map(({ id }) => id).join(" ");
const count = () => document.querySelectorAll("#conversation .message").length;

/** What somebody sends while one is writing counts as unread, though it appears: sending asks once more. */
const seen = () => document.querySelector("#conversation [name=seen]");
const seenSoFar = () => (document.querySelector(".composer textarea")?.value.trim() && seen()?.value) || "";

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
  if (detail.target.id === "conversation") Object.assign(detail.target.dataset, { end: isAtEnd(detail.target) ? "1" : "", count: count(), opened: opened(), seen: seenSoFar() });
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "ticket") {
    const way = detail.requestConfig.elt.matches(".message-undo") ? "#reply" : "#ticket h1"; // a reply that was taken back is written on
    if (document.activeElement === document.body) document.querySelector(way)?.focus(); // what was pressed is gone
    prompt();
    toEnd();
  } else if (detail.target.id === "conversation") {
    if (detail.target.dataset.seen) seen().value = detail.target.dataset.seen;
    for (const id of detail.target.dataset.opened.split(" ").filter(Boolean)) find(id)?.setAttribute("open", "");
    if (detail.target.dataset.end) toEnd();
    else showArrived(arrived + count() - detail.target.dataset.count);
  }
});

let backTo; // what had the focus in a head that is replaced

/** The overview is never changed under a hand that is choosing, and its sections stay as they were opened. What waits for an answer stays to be told of it. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.querySelector(".htmx-request")) event.detail.shouldSwap = false;
  const focused = document.activeElement;
  if (target.id === "talk-top") backTo = target.contains(focused) && (focused.matches(".neighbour-below") ? ".neighbour-below" : "#ticket h1");
  if (target.id !== "overview") return;
  if (target.contains(document.activeElement)) event.detail.shouldSwap = false;
  const sections = [...target.querySelectorAll("details")];
  fragment.querySelectorAll("details").forEach((section, index) => (section.open = sections[index]?.open ?? section.open));
});

document.addEventListener("htmx:oobAfterSwap", ({ detail }) => detail.target.id === "talk-top" && backTo && document.querySelector(backTo)?.focus({ preventScroll: true }));

document.addEventListener("click", ({ target }) => target.closest("#new-messages") && toEnd());

toEnd();
if (find("ticket") && document.activeElement === document.body) document.querySelector("#ticket h1")?.focus({ preventScroll: true });
