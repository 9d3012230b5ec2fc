// Rules are dragged by their grip. Up and Down do the same by keyboard, by touch and without scripts.
let dragged;
let below; // what stood below it, to go back there

const lineOf = (element) => element.closest?.(".rule-line");

/** Only the grip drags: everywhere else text can be selected. */
document.addEventListener("pointerdown", (event) => {
  const line = lineOf(event.target);
  if (line) line.draggable = Boolean(event.target.closest(".rule-grip"));
});

document.addEventListener("dragstart", (event) => {
  dragged = event.target.matches?.(".rule-line[draggable=true]") ? event.target : undefined;
  if (!dragged) return;
  below = dragged.nextElementSibling;
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = lineOf(event.target);
  if (!over || over === dragged || over.parentElement !== dragged.parentElement) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY > top + height / 2) over.after(dragged);
  else over.before(dragged);
});

document.addEventListener("drop", (event) => {
  if (dragged) event.preventDefault();
});

document.addEventListener("dragend", (event) => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  if (event.dataTransfer.dropEffect === "none") dragged.parentElement.insertBefore(dragged, below);
  else if (dragged.nextElementSibling !== below) document.getElementById("order").requestSubmit();
  dragged = undefined;
});

/** What cannot be pressed says why beside it. */
document.addEventListener("click", (event) => event.target.closest("[aria-disabled=true]") && event.preventDefault());
