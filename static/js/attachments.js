// Files are uploaded as soon as they are chosen, dropped or pasted; the form without scripts sends them with the text.
import { composer, fill, isOf, kindOf } from "./composer.js";
import { say } from "./words.js";

let waiting = Promise.resolve();
let left = 0;

/** One after the other, so that they stand in the order they were chosen in. */
function add(files) {
  const form = composer();
  for (const line of document.querySelectorAll("#files > [role=alert], .file:has(> .error-text)")) line.remove();
  for (const file of files) {
    const line = lineFor(form, file);
    busy(form, 1);
    waiting = waiting.then(() => upload(form, file, line)).finally(() => busy(form, -1));
  }
}

function lineFor(form, file) {
  const line = Object.assign(document.createElement("div"), { className: "file" });
  const name = Object.assign(document.createElement("bdi"), { className: "truncate", textContent: file.name });
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0, ariaLabel: file.name });
  line.append(name, progress);
  form.querySelector("#files").after(line);
  return line;
}

function upload(form, file, line) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set("kind", kindOf(form));
  data.append("files", file);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.files);
    request.upload.addEventListener("progress", ({ loaded, total }) => (line.querySelector("progress").value = loaded / total));
    request.addEventListener("load", () => done(arrived(request, line)));
    request.addEventListener("error", () => done(failed(line)));
    request.send(data);
  });
}

function arrived(request, line) {
  const isOurs = new URL(request.responseURL).pathname === new URL(composer()?.dataset.files ?? "", location.href).pathname;
  if (![200, 422].includes(request.status) || !isOurs) return failed(line);
  line.remove();
  const files = document.getElementById("files");
  const refused = [...files.querySelectorAll(":scope > [role=alert]")]; // others that were added at once
  fill(files, request.responseText);
  return files.append(...refused);
}

function failed(line) {
  line.querySelector("progress").replaceWith(Object.assign(document.createElement("span"), { className: "error-text", textContent: say("not_uploaded") }));
}

function busy(form, by) {
  left += by;
  for (const button of form.querySelectorAll(".send")) button.disabled = left > 0;
}

const filesOf = (event) => [...((event.dataTransfer ?? event.clipboardData)?.files ?? [])];
const over = (event) => composer() && event.dataTransfer?.types.includes("Files") && event.target.closest?.(".talk");

document.addEventListener("change", ({ target }) => {
  if (!isOf(target) || target.type !== "file") return;
  add([...target.files]);
  target.value = "";
});
document.addEventListener("paste", (event) => {
  if (!isOf(event.target) || !filesOf(event).length) return;
  event.preventDefault();
  add(filesOf(event));
});
document.addEventListener("dragover", (event) => {
  composer()?.classList.toggle("is-target", Boolean(over(event)));
  if (over(event)) event.preventDefault();
});
document.addEventListener("dragleave", (event) => event.relatedTarget || composer()?.classList.remove("is-target"));
document.addEventListener("drop", (event) => {
  composer()?.classList.remove("is-target");
  if (!over(event)) return;
  event.preventDefault();
  add(filesOf(event));
});
