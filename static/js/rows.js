// Keeps the list as the server would render it now, without moving anything under the reader's hands.
import { markOpen } from "./around.js";
import { on } from "./live.js";
import { say } from "./words.js";

const held = new Map(); // what waits behind "2 new tickets"
const REREAD_AFTER = 2000;
const find = (id) => document.getElementById(id);
let rereadDue;

const LISTS = {
  mine: (frame, _id, rows) => frame.assignee === Number(rows.dataset.agent),
  unassigned: (frame) => frame.assignee === null && frame.team === null,
  all: () => true,
  team: (frame, id) => frame.team === Number(id),
  view: (frame, id) => frame.views.includes(Number(id)),
};

function belongs(frame, rows) {
  const [kind, id] = rows.dataset.list.split("-");
  return frame.open && LISTS[kind](frame, id, rows);
}

/** The one place where HTML from a frame becomes elements: our server rendered and escaped it; a parsed document runs nothing. */
function parse(html, rows) {
  const row = document.importNode(new DOMParser().parseFromString(html, "text/html").querySelector("li"), true);
  row.querySelector(".ticket-link").search = `?${new URLSearchParams({ in: rows.dataset.place })}`;
  row.querySelectorAll(`.ticket-match:not([data-list="${rows.dataset.list}"])`).forEach((match) => match.remove());
  return row;
}

function place(frame) {
  const rows = find("rows");
  if (!rows) return;
  const old = find(`ticket_${frame.ticket}`);
  if (!("plain" in rows.dataset)) return readAgain(frame, old, rows);
  if (!belongs(frame, rows)) {
    held.delete(frame.ticket);
    if (old) leave(old);
  } else if (old && (new Date(frame.at) <= timeOf(old) || !isStill())) {
    replace(old, parse(frame.row, rows));
  } else if (old || isStill()) {
    old?.remove();
    insert(parse(frame.row, rows), frame.at, rows);
  } else {
    held.set(frame.ticket, frame);
  }
  showHeld();
}

/** Whether a ticket belongs in a list that is narrowed or sorted, and where, only the server knows. What is under the reader's hands stays. */
function readAgain(frame, old, rows) {
  if (old) replace(old, parse(frame.row, rows));
  clearTimeout(rereadDue);
  rereadDue = setTimeout(() => {
    if (isStill()) htmx.trigger("#list", "refresh");
    else held.set(frame.ticket, frame);
    showHeld();
  }, REREAD_AFTER);
}

const timeOf = (row) => new Date(row.querySelector(".ticket-age").dateTime);

function isStill() {
  const typed = document.activeElement?.matches("textarea") && document.activeElement.value;
  return find("list").scrollTop === 0 && !document.querySelector(".ticket .tick:checked") && !find("list").matches(":hover") && !typed;
}

function replace(old, row) {
  const hadFocus = old.contains(document.activeElement);
  if ("marked" in old.dataset) row.toggleAttribute("data-marked", row.toggleAttribute("data-unread", true));
  old.replaceWith(row);
  finish(row);
  if (hadFocus) row.querySelector(".ticket-link").focus();
}

/** Newest first. What is older than the last row that is loaded comes with its own page. */
function insert(row, at, rows) {
  const below = [...rows.children].find((other) => other.id === "older" || timeOf(other) < new Date(at));
  if (below?.id === "older") return;
  rows.insertBefore(row, below ?? null);
  row.classList.add("is-new");
  finish(row);
}

function finish(row) {
  htmx.process(row);
  document.dispatchEvent(new Event("rows:changed")); // its tick
  markOpen();
}

function leave(row) {
  if (row.contains(document.activeElement)) row.nextElementSibling?.querySelector("a")?.focus();
  row.classList.add("is-leaving");
  setTimeout(() => row.remove(), 300); // no animationend in a hidden tab
}

function showHeld() {
  const bar = find("new-tickets");
  bar.hidden = held.size === 0;
  bar.querySelector("span").textContent = say("new_tickets", held.size);
}

function release() {
  const rows = find("rows");
  const frames = "plain" in rows.dataset ? [...held.values()] : [];
  if (!frames.length) htmx.trigger("#list", "refresh");
  find("list").scrollTop = 0;
  for (const frame of frames.sort((one, other) => new Date(one.at) - new Date(other.at))) insert(parse(frame.row, rows), frame.at, rows);
  held.clear();
  showHeld();
}

on("ticket", place);
on("resync", () => {
  held.clear();
  if (find("list")) htmx.trigger("#list", "refresh");
});
document.addEventListener("click", (event) => event.target.closest("#new-tickets") && release());
