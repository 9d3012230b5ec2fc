// “Anna is replying”: said to the others every few seconds, gone after ten of silence.
import { composer, field, isOf } from "./composer.js";
import { on, send } from "./live.js";
import { say } from "./words.js";

const EVERY = 3000;
const STAYS = 10_000;
let last = 0;
let silence;

document.addEventListener("input", ({ target }) => {
  if (!isOf(target) || !target.matches("textarea") || !field(composer()).value || Date.now() - last < EVERY) return;
  last = Date.now();
  send({ typing: Number(document.getElementById("ticket").dataset.number) });
});

function show(text) {
  const place = document.getElementById("typing");
  if (place) place.textContent = text;
}

on("typing", ({ ticket, agent, name }) => {
  if (String(ticket) !== document.getElementById("ticket")?.dataset.number || String(agent) === composer()?.dataset.me) return;
  show(say("is_replying").replace("{name}", () => name));
  clearTimeout(silence);
  silence = setTimeout(show, STAYS, "");
});
