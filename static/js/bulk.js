// The ticked rows: how many, and that they stay ticked when their rows are read again.
import { isCovered } from "./keys.js";
import { say } from "./words.js";
import { isOn } from "./preferences.js";
import { show } from "./toasts.js";

const ticked = new Set();
let last; // the row that was ticked last, from where Shift ticks on
const bar = () => document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll(".ticket-tick .tick")];
const numberOf = (box) => box.value.split(":")[0];

/** Rows that left the list are ticked no more. */
function count() {
  const form = bar();
  if (!form) return;
  const all = form.elements.everything.checked;
  form.querySelector("output").textContent = all ? say("all_ticked") : say("ticked", ticked.size);
}

function keep(box) {
  if (box.checked) ticked.add(numberOf(box));
  else ticked.delete(numberOf(box));
}

function restore() {
  const there = new Set(boxes().map(numberOf));
  for (const number of ticked) if (!there.has(number)) ticked.delete(number);
  for (const box of boxes()) box.checked = ticked.has(numberOf(box));
  count();
}

function untick() {
  ticked.clear();
  bar()?.reset();
  restore();
}

function tickTo(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(last ?? box), all.indexOf(box)].sort((one, other) => one - other);
  for (const each of all.slice(from, to + 1)) {
    each.checked = box.checked;
    keep(each);
  }
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".ticket-tick .tick");
  if (!box) return;
  if (event.shiftKey) tickTo(box);
  else keep(box);
  last = box;
  count();
});
document.addEventListener("change", (event) => event.target.closest?.("#bulk") && count());
document.addEventListener("reset", (event) => {
  if (event.target.id !== "bulk") return;
  ticked.clear();
  setTimeout(restore);
});
document.addEventListener("htmx:afterSettle", restore);
document.addEventListener("rows:changed", restore);

/** X ticks the row that has the focus, or the open one; with Shift, all up to it. */
document.addEventListener("keydown", (event) => {
  if (isCovered() || !isOn("single-keys", "on") || event.key.toLowerCase() !== "x" || event.metaKey || event.ctrlKey || event.target.matches("textarea, select, input:not([type=checkbox])")) return;
  const row = document.activeElement.closest(".ticket") ?? document.querySelector(".ticket[data-open]");
  row?.querySelector(".tick")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
});

/** What an act came to: said, with the way back, and shown where it concerns what is open. */
document.addEventListener("acted", ({ detail }) => {
  show({ ...detail, undo: detail.undo && `/acts/${detail.undo}/undoing/` });
  if (detail.isError) return;
  document.getElementById("menu")?.hidePopover();
  untick();
  for (const number of detail.isMarked ? detail.tickets : []) {
    const row = document.getElementById(`ticket_${number}`);
    row?.toggleAttribute("data-marked", row.toggleAttribute("data-unread", true));
  }
  const open = document.getElementById("ticket")?.dataset.number;
  if (detail.tickets.map(String).includes(open)) htmx.trigger("#conversation", "refresh");
});
