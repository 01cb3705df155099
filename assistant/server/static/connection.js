// The WebSocket to the server: says hello, comes back after a loss, tells what it is doing.

const VERSION = 1;
const PAUSES = [500, 1000, 2000, 4000, 8000]; // ms before the next attempt
const STALLED = 64000; // bytes not sent yet: two seconds of sound, after which more is useless
const OLD_PAGE = 4400, UNPAIRED = 4401, FULL = 4429;

export class Connection extends EventTarget {
  constructor(area) {
    super();
    this.area = area;
    this.attempts = 0;
    this.ready = false;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.tell("connecting");
    const socket = (this.socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.send({ type: "hello", version: VERSION, area: this.area });
    socket.onmessage = ({ data }) => socket === this.socket && this.take(data);
    socket.onclose = (event) => socket === this.socket && this.lost(event);
  }

  // Leave and come back, as another place for instance.
  again(area) {
    this.area = area;
    const old = this.socket;
    this.socket = null;
    old?.close(1000);
    this.ready = false;
    this.connect();
  }

  hurry() {
    if (this.timer) this.connect();
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  // A frame of the microphone. Dropped while the network stands still: the sequence number shows the gap.
  sendSound(frame) {
    if (this.ready && this.socket.bufferedAmount < STALLED) this.socket.send(frame);
  }

  take(data) {
    if (typeof data !== "string") {
      this.dispatchEvent(new CustomEvent("sound", { detail: data }));
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      this.ready = true;
      this.attempts = 0;
      this.tell("connected");
    }
    if (message.type === "error") this.reason = message.reason;
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  lost({ code, reason }) {
    this.ready = false;
    const why = reason || this.reason || "";
    this.reason = "";
    if (code === UNPAIRED) {
      location.reload();
      return;
    }
    if (code === OLD_PAGE) {
      this.tell("old", why);
      return;
    }
    const refused = code === FULL || code === 1008 || code === 1011;
    const pause = refused ? PAUSES.at(-1) : PAUSES[Math.min(this.attempts++, PAUSES.length - 1)];
    this.tell(refused ? "refused" : "lost", why);
    this.timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }

  tell(state, why = "") {
    this.dispatchEvent(new CustomEvent("state", { detail: { state, why } }));
  }
}
