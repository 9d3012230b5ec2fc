// The ages in the list grow while the page stays open.
import { say } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function age(passed) {
  if (passed < MINUTE) return say("now");
  if (passed < HOUR) return say("minutes", Math.floor(passed / MINUTE));
  if (passed < DAY) return say("hours", Math.floor(passed / HOUR));
  return say("days", Math.floor(passed / DAY));
}

setInterval(() => {
  for (const time of document.querySelectorAll(".ticket-age")) {
    const passed = Date.now() - new Date(time.dateTime);
    if (passed < 7 * DAY) time.textContent = age(passed);
  }
}, MINUTE / 2);
