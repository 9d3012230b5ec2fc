// After what takes tickets off the list, or ends the work on one, the next row is at hand: Enter opens it.
let next; // the id of the row that follows those of the latest request

const numbersIn = (form) => new FormData(form).getAll("ticket").map((value) => value.split(":")[0]);

export function rowAfter(numbers) {
  const all = [...document.querySelectorAll(".ticket:not(.is-leaving)")];
  const isConcerned = (row) => numbers.includes(row.id.slice("ticket_".length));
  const last = all.findLastIndex(isConcerned);
  if (last < 0) return undefined;
  return all.slice(last).find((row) => !isConcerned(row)) ?? all.slice(0, last).findLast((row) => !isConcerned(row));
}

function focusNext() {
  const row = next && document.getElementById(next)?.querySelector(".ticket-link");
  const way = [row, document.querySelector(".neighbour-below"), document.querySelector("#ticket h1")].find((each) => each?.checkVisibility());
  way?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

/** Before the row is gone. */
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const { elt } = detail.requestConfig;
  const open = document.getElementById("ticket")?.dataset.number;
  if (elt.id === "composer") next = rowAfter([open])?.id;
  else if (elt.matches("form:has([name=ticket])")) next = rowAfter(numbersIn(elt))?.id;
});

document.addEventListener("acted", ({ detail }) => detail.isGone && focusNext());
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const isDone = detail.target.id === "ticket" && detail.requestConfig.elt.id === "composer" && detail.requestConfig.parameters.then;
  if (isDone && !document.getElementById("reply-error")) focusNext();
});
