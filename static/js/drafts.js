// What is typed is kept on the server, a moment after the last key and when the page is left; other tabs show it at once.
import { markDraft } from "./around.js";
import { composer, field, isOf, kindOf, state, takeUp } from "./composer.js";
import { on } from "./live.js";
import { say } from "./words.js";

const PAUSE = 1000;
const tabs = new BroadcastChannel("drafts");
let due;
let running;
let carried; // what is being typed while the page around it is replaced

const words = (kind, body) => `${kind} ${body}`;
const typed = (form) => words(kindOf(form), field(form).value);
const isDirty = (form) => form && form.dataset.kept !== undefined && form.dataset.kept !== typed(form);
const status = (text) => (document.getElementById("composer-status").textContent = text);

function fields(form) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "version", "body", "kind"]) data.set(name, form.elements[name].value);
  return data;
}

async function save(form, isLeaving = false) {
  if (!isDirty(form) || (running && !isLeaving)) return;
  const sent = state(form);
  const mine = (running = new AbortController());
  try {
    const options = { headers: { Accept: "application/json" }, keepalive: isLeaving, signal: mine.signal };
    const response = await fetch(sent.draft, { method: "POST", body: fields(form), ...options });
    answered(form, sent, response.ok, await response.json());
  } catch (error) {
    if (error.name !== "AbortError") rescue(form);
  }
  if (running === mine) running = undefined;
  if (isDirty(composer())) later(composer());
}

/** By then the page around it may have been replaced, or may show another ticket. */
function answered(form, sent, isSaved, { version, notice, unseen }) {
  const now = composer();
  const here = now?.dataset.draft === sent.draft ? now : form;
  here.elements.version.value = version;
  const besides = unseen.replaceAll("\r\n", "\n");
  if (besides) addBelow(field(here), besides);
  if (isSaved) kept(here, { ...sent, version, body: sent.body + besides });
  markDraft({ ...sent, version });
  if (here === now) status(notice);
}

function kept(form, saved) {
  form.dataset.kept = words(saved.kind, saved.body);
  sessionStorage.removeItem(saved.draft);
  tabs.postMessage(saved);
}

/** What was typed on another page goes below, and the caret stays where it is. */
function addBelow(textarea, text) {
  const { selectionStart, selectionEnd } = textarea;
  textarea.value += text;
  textarea.setSelectionRange(selectionStart, selectionEnd);
}

/** Signed out, or no server there: this tab keeps it until the server can. */
function rescue(form) {
  sessionStorage.setItem(form.dataset.draft, JSON.stringify(state(form)));
  if (form === composer()) status(say("draft_not_saved"));
}

function later(form) {
  clearTimeout(due);
  due = setTimeout(save, PAUSE, form);
}
const leave = () => save(composer(), true);

function begin() {
  const form = composer();
  if (!form) return;
  form.dataset.kept = words(kindOf(form), field(form).defaultValue); // what was typed before the scripts came is not kept yet
  carried ??= JSON.parse(sessionStorage.getItem(form.dataset.draft) ?? "null");
  if (carried?.draft === form.dataset.draft) takeUp(form, carried);
  else if (form.querySelector("#reply-error")) form.dataset.kept = ""; // what was refused is not kept yet
  carried = undefined;
  markDraft(state(form));
  if (isDirty(form)) later(form);
}

tabs.addEventListener("message", ({ data }) => {
  const form = composer();
  markDraft(data);
  if (form?.dataset.draft !== data.draft || form.dataset.me !== data.me || isDirty(form) || running) return;
  takeUp(form, data);
  form.dataset.kept = typed(form);
});

/** Sending takes the draft along; whatever else replaces the page finds it as it is typed. */
const isOfDraft = (element) => element.id === "composer" || element.matches(".message-undo");
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.id === "composer") {
    clearTimeout(due);
    running?.abort();
  } else if (detail.elt.matches(".message-undo")) leave();
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = composer();
  if (detail.target.id !== "ticket" || !form) return;
  if (isOfDraft(detail.requestConfig.elt)) return sessionStorage.removeItem(form.dataset.draft);
  if (!isDirty(form)) return;
  carried = state(form);
  leave();
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "ticket") return;
  begin();
  if (isOfDraft(detail.requestConfig.elt) && composer()) tabs.postMessage(state(composer()));
});
document.addEventListener("input", ({ target }) => isOf(target) && ["body", "kind"].includes(target.name) && later(composer()));
document.addEventListener("visibilitychange", () => document.hidden && leave());
on("resync", () => save(composer())); // the server is there again
begin();
