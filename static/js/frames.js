// What a frame of the socket says of a ticket: whether it belongs in the list that is shown, and its row.
const LISTS = {
  mine: (frame, _id, rows) => frame.assignee === Number(rows.dataset.agent),
  unassigned: (frame) => frame.assignee === null && frame.team === null,
  all: () => true,
  team: (frame, id) => frame.team === Number(id),
  view: (frame, id) => frame.views.includes(Number(id)),
};

/** In a list that is neither narrowed nor sorted. */
export function belongs(frame, rows) {
  const [kind, id] = rows.dataset.list.split("-");
  return frame.open && LISTS[kind](frame, id, rows);
}

/** The one place where HTML from a frame becomes elements: our server rendered and escaped it; a parsed document runs nothing.
    It was made for everybody: what is the reader's own stays as the row before it has it. */
export function parse(frame, rows) {
  const row = document.importNode(new DOMParser().parseFromString(frame.row, "text/html").querySelector("li"), true);
  const old = document.getElementById(row.id)?.dataset ?? {};
  row.toggleAttribute("data-draft", "draft" in old);
  if ("marked" in old) row.toggleAttribute("data-marked", row.toggleAttribute("data-unread", true));
  const place = new URLSearchParams({ in: rows.dataset.place });
  row.querySelector(".ticket-link").search = `?${place}`;
  row.querySelector("[data-menu]").search += `&${place}`;
  row.querySelectorAll(`.ticket-match:not([data-list="${rows.dataset.list}"])`).forEach((match) => match.remove());
  return row;
}
