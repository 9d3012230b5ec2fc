// The sentences of helpdesk.inbox.words, with the plural of the reader's language.
const sentences = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const plurals = new Intl.PluralRules(document.documentElement.lang || "en");

export function say(name, n = 0) {
  const forms = sentences[name];
  return (forms[plurals.select(n)] ?? forms.other).replace("{n}", n);
}
