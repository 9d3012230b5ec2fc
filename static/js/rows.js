// Keeps the list as the server would render it now, without moving anything under the reader's hands.
import { markOpen } from "./around.js";
import { belongs, parse } from "./frames.js";
import { on } from "./live.js";
import { rowAfter } from "./next.js";
import { isAwaited, standing } from "./standing.js";
import { say } from "./words.js";

const held = new Map(); // what waits behind "2 new tickets"
const REREAD_AFTER = 2000;
const find = (id) => document.getElementById(id);
let rereadDue;

function place(frame) {
  const rows = find("rows");
  if (!rows) return;
  const old = find(`ticket_${frame.ticket}`);
  held.delete(frame.ticket);
  if (!("plain" in rows.dataset)) return readAgain(frame, old, rows);
  if (!belongs(frame, rows)) {
    if (old) leave(old);
  } else if (old && (new Date(frame.at) <= timeOf(old) || !isStill())) {
    replace(old, parse(frame, rows));
  } else if (old || isStill() || isAwaited(frame.ticket)) {
    move(old, parse(frame, rows), frame.at, rows);
  } else {
    held.set(frame.ticket, frame);
  }
  showHeld();
}

/** Whether a ticket belongs in a list that is narrowed or sorted, and where, only the server knows. What is under the reader's hands stays. */
function readAgain(frame, old, rows) {
  if (old) replace(old, parse(frame, rows));
  clearTimeout(rereadDue);
  rereadDue = setTimeout(() => (isStill() || isAwaited(frame.ticket) ? release() : countNew()), REREAD_AFTER);
}

/** How many there are that it does not show. */
async function countNew() {
  const response = await fetch(find("list").getAttribute("hx-get"), { headers: { "HX-Request": "true", "HX-Target": "rows" } }).catch(() => undefined);
  if (!response?.ok || response.redirected) return;
  const there = new DOMParser().parseFromString(await response.text(), "text/html").querySelectorAll(".ticket");
  held.clear();
  for (const { id } of there) if (!find(id)) held.set(id);
  showHeld();
}

const timeOf = (row) => new Date(row.querySelector(".ticket-age").dateTime);

function isStill() {
  const typed = document.activeElement?.matches("textarea") && document.activeElement.value;
  return find("list").scrollTop === 0 && !document.querySelector(".ticket .tick:checked") && !find("list").matches(":hover") && !typed;
}

function replace(old, row) {
  const restore = standing();
  old.replaceWith(row);
  finish(row);
  restore();
}

function move(old, row, at, rows) {
  const restore = standing();
  old?.remove();
  insert(row, at, rows);
  restore();
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
  if (row.contains(document.activeElement)) rowAfter([row.id.slice("ticket_".length)])?.querySelector("a").focus();
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
  for (const frame of frames.sort((one, other) => new Date(one.at) - new Date(other.at))) insert(parse(frame, rows), frame.at, rows);
  held.clear();
  showHeld();
}

document.addEventListener("htmx:configRequest", ({ detail }) => detail.elt.id === "list" && (detail.parameters.rows = document.querySelectorAll(".ticket").length));
on("ticket", place);
on("resync", () => {
  held.clear();
  if (find("list")) htmx.trigger("#list", "refresh");
});
document.addEventListener("acted", ({ detail }) => {
  for (const frame of [...held.values()]) if (detail.isUndone && isAwaited(frame?.ticket)) place(frame); // came before the answer
});
document.addEventListener("click", (event) => event.target.closest("#new-tickets") && release());
