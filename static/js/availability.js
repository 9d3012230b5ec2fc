// The switch is the same on all pages of a person: what was pressed elsewhere is read again here.
import { on } from "./live.js";

function read() {
  if (document.getElementById("availability")) htmx.trigger("#availability", "refresh");
}

on("availability", read);
on("resync", read);
