// Letters as the server compares them: łódź, Lodz and LÓDŹ are the same word.
const OWN = { ł: "l", ø: "o", đ: "d", ħ: "h", ı: "i", æ: "ae", œ: "oe", ð: "d", þ: "th", ß: "ss" };

const foldOne = (letter) => [...letter.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")].map((each) => OWN[each] ?? each).join("");

export const fold = (text) => [...text].map(foldOne).join("");

/** [from, to) of the first place in `text` that reads as `wanted`, which is folded; undefined if there is none. */
export function place(text, wanted) {
  const letters = [...text];
  const from = letters.map(foldOne).reduce((at, part) => [...at, at.at(-1) + part.length], [0]);
  const at = fold(text).indexOf(wanted);
  if (at < 0) return undefined;
  const first = from.findLastIndex((start) => start <= at);
  const end = from.findIndex((start) => start >= at + wanted.length);
  return [letters.slice(0, first).join("").length, letters.slice(0, end).join("").length];
}
