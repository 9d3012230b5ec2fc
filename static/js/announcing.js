// A sound, and a notice outside the page, for whoever does not have the desk in front of them: as chosen in this browser, once for all its tabs.
import { isOn } from "./preferences.js";

const SOUNDING = ["assigned", "mentioned"];
const KEPT = 50; // of what was announced lately
const WAIT = 400; // a tab in front says first that it has been seen
const SILENCE = 3000; // between two sounds
const notices = new Map();

/** A lock is known to all tabs at once, what is kept only a moment later. Where there are no locks, what is kept must do. */
function inOneTab(name, work, milliseconds) {
  if (!navigator.locks) return work();
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    work();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  });
}

export async function announce({ id, at, toast_kind }, { title, detail, element }) {
  if (document.hidden) await new Promise((resolve) => setTimeout(resolve, WAIT));
  const name = `${id} ${at}`;
  const tell = () => {
    if (!isFirst(name) || !document.hidden || !element.isConnected) return;
    if (isOn("sound") && SOUNDING.includes(toast_kind)) inOneTab("sounding", sound, SILENCE);
    if (isOn("notices")) notify(id, title, detail, element);
  };
  await inOneTab(`announced ${name}`, tell, SILENCE);
}

function isFirst(name) {
  const heard = JSON.parse(localStorage.getItem("announced") ?? "[]");
  if (heard.includes(name)) return false;
  localStorage.setItem("announced", JSON.stringify([...heard, name].slice(-KEPT)));
  return true;
}

function sound() {
  if (Date.now() - Number(localStorage.getItem("sounded")) < SILENCE) return;
  localStorage.setItem("sounded", Date.now());
  play();
}

/** A third of a second, fading. A browser in which nobody has clicked on the page yet keeps silent. */
function play() {
  const audio = new AudioContext();
  const tone = new OscillatorNode(audio, { frequency: 660 });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0.06, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  setTimeout(() => audio.close(), 1000);
}

/** Phones know notices, but none that a page shows by itself. */
function notify(id, title, body, element) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notice = new Notification(title, { body, tag: `toast_${id}` });
    notice.addEventListener("click", () => {
      window.focus();
      element.querySelector("[data-open]").click();
    });
    notices.set(id, notice);
  } catch {}
}

export function quieten(id) {
  notices.get(id)?.close();
  notices.delete(id);
}

document.addEventListener("preference", ({ detail }) => detail === "sound" && isOn("sound") && play());
