// What belongs to this browser alone: kept in it, on or off. Other modules ask `isOn`.
import { say } from "./words.js";

export const isOn = (name, usual = "off") => (localStorage.getItem(name) ?? usual) === "on";

const boxes = [...document.querySelectorAll("[data-local]")];

/** Notices need the browser's consent, which it asks for only while somebody clicks. */
async function keep(box) {
  if (box.checked && box.dataset.local === "notices" && (await Notification.requestPermission()) !== "granted") {
    box.checked = false;
    document.querySelector("[data-notices]").textContent = say("notices_refused");
  }
  localStorage.setItem(box.dataset.local, box.checked ? "on" : "off");
}

for (const box of boxes) {
  box.checked = isOn(box.dataset.local, box.dataset.usual);
  box.disabled = box.dataset.local === "notices" && !("Notification" in window);
  box.addEventListener("change", () => keep(box));
}
