// What is typed is kept on the server: a moment after the last key, and when the page is left.
import { composer, field, isOf, kindOf, prompt } from "./composer.js";
import { say } from "./words.js";

const PAUSE = 1000;
let due;
let running;
let carried; // what is being typed while the page around it is replaced

const typed = (form) => `${kindOf(form)} ${field(form).value}`;
const isDirty = (form) => form && form.dataset.kept !== undefined && form.dataset.kept !== typed(form);
const status = (text) => (document.getElementById("composer-status").textContent = text);

function fields(form) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "body"]) data.set(name, form.elements[name].value);
  data.set("kind", kindOf(form));
  data.set("version", form.dataset.version);
  return data;
}

async function save(form) {
  if (!form.isConnected || !isDirty(form) || running) return;
  const now = typed(form);
  running = new AbortController();
  try {
    const response = await fetch(form.dataset.draft, { method: "POST", body: fields(form), signal: running.signal });
    const { version, notice } = await response.json();
    form.dataset.version = version;
    if (response.ok) form.dataset.kept = now;
    status(notice);
    sessionStorage.removeItem(form.dataset.draft);
  } catch (error) {
    if (error.name !== "AbortError") rescue(form);
  }
  running = undefined;
  if (isDirty(form)) later(form);
}

/** Signed out, or no server there: this tab keeps it until the server can. */
function rescue(form) {
  sessionStorage.setItem(form.dataset.draft, JSON.stringify({ body: field(form).value, kind: kindOf(form) }));
  status(say("draft_not_saved"));
}

function later(form) {
  clearTimeout(due);
  due = setTimeout(save, PAUSE, form);
}

function leave() {
  const form = composer();
  if (!isDirty(form)) return;
  navigator.sendBeacon(form.dataset.draft, fields(form));
  form.dataset.kept = typed(form);
}

function begin() {
  const form = composer();
  if (!form) return;
  form.dataset.kept = `${kindOf(form)} ${field(form).defaultValue}`; // what was typed before the scripts came is not kept yet
  const rescued = JSON.parse(sessionStorage.getItem(form.dataset.draft) ?? "null");
  if (rescued) carried ??= { draft: form.dataset.draft, version: form.dataset.version, ...rescued };
  if (carried?.draft === form.dataset.draft) takeUp(form);
  else if (form.querySelector("#reply-error")) form.dataset.kept = ""; // what was refused is not kept yet
  carried = undefined;
  if (isDirty(form)) later(form);
}

function takeUp(form) {
  field(form).value = carried.body;
  form.querySelector(`[value=${carried.kind}]`).checked = true;
  form.dataset.version = carried.version;
  prompt();
}

/** Sending takes the draft along; whatever else replaces the page finds it as it is typed. */
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.id === "composer") {
    clearTimeout(due);
    running?.abort();
  } else if (detail.elt.matches(".message-undo")) leave();
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = composer();
  if (detail.target.id !== "ticket" || !isDirty(form)) return;
  const { elt } = detail.requestConfig;
  if (elt.id === "composer" || elt.matches(".message-undo")) return;
  carried = { draft: form.dataset.draft, body: field(form).value, kind: kindOf(form), version: form.dataset.version };
  leave();
});
document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "ticket" && begin());
document.addEventListener("input", ({ target }) => isOf(target) && target.matches("textarea") && later(composer()));
document.addEventListener("change", ({ target }) => isOf(target) && target.name === "kind" && later(composer()));
document.addEventListener("visibilitychange", () => document.hidden && leave());
begin();
