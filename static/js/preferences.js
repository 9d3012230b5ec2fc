// What belongs to this browser alone: kept in it, on or off. Other modules ask `isOn`.
import { say } from "./words.js";

export const isOn = (name, usual = "off") => (localStorage.getItem(name) ?? usual) === "on";

const boxes = [...document.querySelectorAll("[data-local]")];
const needsConsent = (box) => box.dataset.local === "notices";

/** Notices need the browser's consent, which it asks for only while somebody clicks. */
async function keep(box) {
  if (box.checked && needsConsent(box) && (await Notification.requestPermission()) !== "granted") {
    box.checked = false;
    document.querySelector("[data-notices]").textContent = say("notices_refused");
  }
  localStorage.setItem(box.dataset.local, box.checked ? "on" : "off");
  document.dispatchEvent(new CustomEvent("preference", { detail: box.dataset.local }));
  show();
}

/** One preference may have several boxes. A consent that was taken back counts as off. */
function show() {
  for (const box of boxes) {
    const isThere = !needsConsent(box) || "Notification" in window;
    box.disabled = !isThere;
    box.checked = isThere && isOn(box.dataset.local, box.dataset.usual) && (!needsConsent(box) || Notification.permission === "granted");
  }
}

for (const box of boxes) box.addEventListener("change", () => keep(box));
show();
