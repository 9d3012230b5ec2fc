// F6 goes round the parts of the page, ⇧F6 back; each is entered where it was left, or at its beginning.
const PANES = [".sidebar", ".header", ".list-pane", ".talk-scroll", ".composer", ".overview", ".page", ".toasts"];
const ENTRIES = ".ticket-link[aria-current=true], textarea, [aria-current=page], a[href], button:not(:disabled), input:not([type=hidden]), [tabindex]";
const left = new WeakMap();

const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });
const panes = () => PANES.map((name) => document.querySelector(name)).filter((pane) => pane && isSeen(pane));

function entry(pane) {
  const known = left.get(pane);
  if (known?.isConnected && isSeen(known)) return known;
  if (pane.matches("[tabindex]")) return pane;
  const ways = [...pane.querySelectorAll(ENTRIES)].filter(isSeen);
  return ways.find((way) => way.matches("[aria-current], textarea")) ?? ways[0];
}

document.addEventListener("focusout", ({ target }) => {
  const pane = panes().find((each) => each.contains(target));
  if (pane) left.set(pane, target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const all = panes();
  const at = all.findLastIndex((pane) => pane.contains(document.activeElement));
  const by = event.shiftKey ? -1 : 1;
  for (let n = 1; n <= all.length; n++) {
    const way = entry(all.at((Math.max(at, by < 0 ? 0 : -1) + by * n + all.length * 2) % all.length));
    if (way) return way.focus();
  }
});
