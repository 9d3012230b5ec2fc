// Where the reader stands in the list: the focus stays there when rows are read again, and goes to what an undo brings back.
const PARTS = [".tick", "[data-menu]"];
const PATIENCE = 5000; // with rows that come back by themselves
const rows = () => [...document.querySelectorAll(".ticket:not(.is-leaving)")];
const numberOf = (row) => row.id.slice("ticket_".length);
let restore = () => {};
let awaited = { tickets: [] };

/** Before rows are replaced. Returns what puts the focus back on the same row; where that is gone, on the one at its place. */
export function standing() {
  const row = document.activeElement.closest(".ticket");
  if (!row) return () => {};
  const at = rows().indexOf(row);
  const part = PARTS.find((each) => document.activeElement.matches(each)) ?? ".ticket-link";
  return () => {
    if (document.activeElement !== document.body) return;
    const there = document.getElementById(row.id) ?? rows().at(Math.min(at, rows().length - 1));
    there?.querySelector(part).focus({ preventScroll: true });
  };
}

export const isAwaited = (number) => awaited.tickets.includes(String(number));

/** The first of them; not if the reader has gone elsewhere meanwhile. */
function welcome() {
  if (![awaited.from, document.body].includes(document.activeElement)) return;
  const title = document.querySelector("#ticket h1");
  const way = isAwaited(title?.closest("#ticket").dataset.number) ? title : rows().find((row) => isAwaited(numberOf(row)))?.querySelector(".ticket-link");
  if (!way) return;
  awaited.from = undefined;
  way.focus();
}

document.addEventListener("acted", ({ detail }) => {
  if (!detail.isUndone) return;
  const mine = (awaited = { tickets: detail.tickets.map(String), from: document.activeElement });
  setTimeout(() => awaited === mine && (awaited = { tickets: [] }), PATIENCE);
  welcome();
});
document.addEventListener("rows:changed", welcome);
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.target.id === "rows" && (restore = standing()));
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "rows") return;
  restore();
  welcome();
});

/** Whoever comes back from a ticket finds its row. */
function comeBack() {
  const open = document.getElementById("ticket")?.dataset.number;
  if (open) return sessionStorage.setItem("opened", open);
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const row = document.getElementById(isBack ? `ticket_${sessionStorage.getItem("opened")}` : location.hash.slice(1));
  return row?.querySelector(".ticket-link")?.focus();
}

window.addEventListener("load", comeBack); // after the browser has gone to the fragment
