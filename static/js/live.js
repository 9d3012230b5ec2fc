// The socket. It brings hints, never state: after a gap the page reads everything again by ordinary requests.
const SIGNED_OUT = [4401, 4403];
const PATIENCE = 5000; // before the page says that the connection is lost
const listeners = {};
let attempt = 0;
let wasLost = false;
let silence;
let banner;
let current;

/** Kinds: "ticket", "toast", "toasts_gone" and "typing" from the server; "resync" when frames may have been missed; "signed_out". */
export function on(kind, listener) {
  (listeners[kind] ??= []).push(listener);
}

/** A hint to the others. Without a connection it is not worth keeping. */
export function send(message) {
  if (current?.readyState === WebSocket.OPEN) current.send(JSON.stringify(message));
}

export function connect() {
  const path = document.body.dataset.live;
  if (!path) return;
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
  current = socket;
  socket.addEventListener("message", ({ data }) => receive(socket, JSON.parse(data)));
  socket.addEventListener("close", ({ code }) => (SIGNED_OUT.includes(code) ? tell("signed_out") : retry()));
}

function receive(socket, frame) {
  expectMore(socket);
  if (frame.kind === "ping") socket.send("{}");
  else if (frame.kind === "hello") greet(frame);
  else if (frame.kind === "many") setTimeout(tell, 1500 * Math.random(), "resync"); // spread: every page asks
  else tell(frame.kind, frame);
}

/** The page may be older than the socket: what happened between the two was sent to nobody. */
function greet({ latest }) {
  attempt = 0;
  clearTimeout(banner);
  banner = undefined;
  showBanner(false);
  if (wasLost || String(latest) !== document.body.dataset.latest) tell("resync");
  wasLost = false;
  document.body.dataset.latest = latest;
}

/** A dead connection looks like a quiet one, except that the server's pings are missing. */
function expectMore(socket) {
  clearTimeout(silence);
  silence = setTimeout(() => socket.close(), 2500 * document.body.dataset.heartbeat);
}

function retry() {
  wasLost = true;
  clearTimeout(silence);
  banner ??= setTimeout(showBanner, PATIENCE, true);
  const longest = Math.min(15_000, 500 * 2 ** attempt++);
  setTimeout(connect, longest * (0.5 + Math.random() / 2)); // spread, so that a restarted server is not stormed
}

function showBanner(isLost) {
  const element = document.getElementById("connection");
  if (element) element.hidden = !isLost;
}

function tell(kind, frame) {
  for (const listener of listeners[kind] ?? []) listener(frame);
}
