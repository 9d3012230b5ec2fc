// “Anna is replying”: said to the others every few seconds while somebody writes, gone after ten of silence.
import { composer, field, isOf } from "./composer.js";
import { on, send } from "./live.js";
import { say } from "./words.js";

const EVERY = 3000;
const STAYS = 10_000;
let typed = {};
let telling;
let silence;

const number = () => document.getElementById("ticket")?.dataset.number;

document.addEventListener("input", ({ target }) => {
  if (!isOf(target) || !target.matches("textarea")) return;
  typed = { at: Date.now(), ticket: number() };
  if (!telling) tell();
});

/** Said again during a pause: whoever opens the ticket then, or connects late, hears it too. */
function tell() {
  const isWriting = Date.now() - typed.at < STAYS && typed.ticket === number() && composer() && field(composer()).value;
  telling = isWriting ? setTimeout(tell, EVERY) : undefined;
  if (isWriting) send({ typing: Number(typed.ticket) });
}

function show(text) {
  const place = document.getElementById("typing");
  if (place) place.textContent = text;
}

on("typing", ({ ticket, agent, name }) => {
  if (String(ticket) !== number() || String(agent) === composer()?.dataset.me) return;
  show(say("is_replying").replace("{name}", () => name));
  clearTimeout(silence);
  silence = setTimeout(show, STAYS, "");
});
