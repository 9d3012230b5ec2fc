// What stands around the rows: the counts of the side bar, which row is the open one, and to which tickets the reader is writing.
import { on } from "./live.js";

const COUNTS_EVERY = 2000;
let countsDue;
let countedAt = 0;

export function markOpen() {
  const open = document.getElementById("ticket")?.dataset.number;
  for (const row of document.querySelectorAll(".ticket")) {
    row.toggleAttribute("data-open", row.id === `ticket_${open}`);
    row.querySelector(".ticket-link").ariaCurrent = row.id === `ticket_${open}` ? "true" : null;
  }
}

/** `draft` is its address; without a `version` it is gone. */
export function markDraft({ draft, me, version }) {
  if (document.getElementById("rows")?.dataset.agent !== me) return;
  const [number] = draft.match(/\d+/);
  document.getElementById(`ticket_${number}`)?.toggleAttribute("data-draft", Boolean(version));
}

function refreshCounts() {
  countsDue ??= setTimeout(() => {
    countsDue = undefined;
    countedAt = Date.now();
    if (document.getElementById("nav")) htmx.trigger("#nav", "refresh");
  }, Math.max(countedAt + COUNTS_EVERY - Date.now(), 300 * Math.random())); // spread: every page asks
}

on("ticket", refreshCounts);
on("resync", refreshCounts);
document.addEventListener("htmx:afterSettle", markOpen);
