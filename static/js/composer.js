// The composer: reply or note, and the keys that send.
export const composer = () => document.getElementById("composer");
export const field = (form) => form.querySelector("textarea");
export const kindOf = (form) => form.querySelector("[name=kind]:checked").value;
export const isOf = (element) => Boolean(element?.closest?.("#composer"));

/** With a part of the page that our own server has rendered. */
export function fill(element, html) {
  element.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  htmx.process(element);
}

export function prompt() {
  const form = composer();
  if (!form) return;
  const textarea = field(form);
  textarea.dataset.reply ??= textarea.placeholder;
  textarea.placeholder = textarea.dataset[kindOf(form)];
}

/** What is typed: of which draft, by whom, and which of its versions the page knows. */
export const state = (form) => ({ draft: form.dataset.draft, me: form.dataset.me, version: form.elements.version.value, body: field(form).value, kind: kindOf(form) });

export function takeUp(form, { body, kind, version }) {
  field(form).value = body;
  form.querySelector(`[value=${kind}]`).checked = true;
  form.elements.version.value = version;
  prompt();
}

/** ⌘Enter sends, ⌘⇧Enter sends and closes. */
function onKey(event) {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || !isOf(event.target)) return;
  const form = composer();
  const close = event.shiftKey && kindOf(form) === "reply" ? form.querySelector("[name=then]") : null;
  event.preventDefault();
  (close ?? form.querySelector(".send:not([name])")).click(); // htmx sends the name of a button that was clicked
}

document.addEventListener("change", ({ target }) => isOf(target) && prompt());
document.addEventListener("keydown", onKey);
prompt();
