// What this agent is told: five or more of a kind within a minute are one toast with the number. The server keeps each until it is dismissed.
import { announce, quieten } from "./announcing.js";
import { on } from "./live.js";
import { leave, show, word } from "./toasts.js";
import { say } from "./words.js";

const MANY = 5;
const MINUTE = 60_000;
const shown = new Set(); // { frame: the latest, counts: Map of each toast's number to of how many it tells, element }

const count = (told) => [...told.counts.values()].reduce((sum, each) => sum + each, 0);
const isNear = (frame, other) => other.toast_kind === frame.toast_kind && Math.abs(new Date(other.at) - new Date(frame.at)) < MINUTE;

function title({ frame, counts }) {
  return counts.size === 1 && frame.title ? frame.title : say(frame.toast_kind, count({ counts }));
}

const detail = ({ frame, counts }) => (counts.size === 1 && frame.detail) || "";

/** Many mentions are in as many tickets, of which the latest is opened; the rest is in one's own list. */
function url({ frame, counts }) {
  return counts.size === 1 || frame.toast_kind === "mentioned" ? frame.url : document.getElementById("toasts").dataset.mine;
}

function tell(frame) {
  const known = [...shown].find(({ counts }) => counts.has(frame.id));
  if (known) return recount(known, (counts) => counts.set(frame.id, frame.count));
  const told = { frame, counts: new Map([[frame.id, frame.count]]) };
  const near = [...shown].filter((other) => isNear(frame, other.frame));
  if (near.length && near.reduce((sum, other) => sum + count(other), frame.count) >= MANY) near.forEach((other) => takeIn(told, other));
  told.element = show({ title: title(told), detail: detail(told), url: url(told) });
  told.element.addEventListener("dismissed", () => dismissed(told));
  shown.add(told);
  announce(frame, { title: title(told), detail: detail(told), element: told.element });
}

function takeIn(told, other) {
  for (const [id, each] of other.counts) told.counts.set(id, each);
  remove(other);
}

function remove(told) {
  shown.delete(told);
  for (const id of told.counts.keys()) quieten(id);
  leave(told.element);
}

function recount(told, change) {
  change(told.counts);
  if (told.counts.size) word(told.element, title(told), detail(told));
}

function dismissed(told) {
  const form = told.element.querySelector("form");
  const data = new FormData(form);
  for (const id of told.counts.keys()) data.append("toast", id);
  remove(told);
  fetch(form.action, { method: "POST", body: data, keepalive: true }).catch(() => {});
}

/** Dismissed on another page, or taken back: the ticket is somebody else's by now. */
function forget({ toasts }) {
  for (const told of shown) {
    const rest = [...told.counts.keys()].filter((id) => !toasts.includes(id));
    if (!rest.length) remove(told);
    else if (rest.length < told.counts.size) recount(told, (counts) => toasts.forEach((id) => counts.delete(id)));
  }
}

on("toast", tell);
on("toasts_gone", forget);
