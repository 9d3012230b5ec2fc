// The builder is swapped while people type: what was typed since it was asked for stays, and so does the caret.
let typed;

const inBuilder = (event) => event.detail.target?.id === "builder";

document.addEventListener("htmx:beforeSwap", (event) => {
  const field = document.activeElement;
  typed = inBuilder(event) && field?.matches("#builder input:not([type=hidden])") ? { id: field.id, value: field.value, sent: sent(event, field.name) } : undefined;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const field = typed && inBuilder(event) && document.getElementById(typed.id);
  if (field && typed.value !== typed.sent) field.value = typed.value;
  typed = undefined;
});

/** Who chose before the scripts had come is answered when they have. */
document.addEventListener("htmx:load", () => {
  const early = [...document.querySelectorAll("#builder [data-reshapes]")].find(isChosen);
  early?.dispatchEvent(new Event("change", { bubbles: true }));
}, { once: true });

/** Enter ends an entry, as leaving the field does; it does not save what is still being built. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("#builder input")) return;
  event.preventDefault();
  if (event.target.value) event.target.dispatchEvent(new Event("change", { bubbles: true }));
});

/** The value that the server has answered to. */
function sent(event, name) {
  return event.detail.requestConfig?.formData?.get(name) ?? "";
}

function isChosen(field) {
  if (field.matches("select")) return field.selectedOptions[0] !== ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]);
  return field !== document.activeElement && field.value !== field.defaultValue;
}
