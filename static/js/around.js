// What stands around the rows: the counts of the side bar, the banner about left tickets, which row is the open one, and to which tickets the reader is writing.
import { on } from "./live.js";

const COUNTS_EVERY = 2000;
let countsDue;
let countedAt = 0;
let isHeld = false; // a banner that comes or goes: it moves the rows

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

/** With the counts. What says the same stays, and rows do not move under the pointer. */
function holdBanner({ detail }) {
  const { target, fragment } = detail;
  if (target.id !== "backlog") return;
  const [old, now] = [target, fragment].map((each) => each.textContent.trim());
  isHeld = Boolean(old) !== Boolean(now) && document.querySelector("#list:hover") !== null;
  detail.shouldSwap = old !== now && !isHeld;
}

/** The pointer has left the rows. */
function showHeldBanner({ target }) {
  if (!isHeld || target.closest("#list")) return;
  isHeld = false;
  refreshCounts();
}

on("ticket", refreshCounts);
on("resync", refreshCounts);
document.addEventListener("htmx:afterSettle", markOpen);
document.addEventListener("htmx:oobBeforeSwap", holdBanner);
document.addEventListener("pointerover", showHeldBanner);
