// When the microphone is heard: always, while the button is held, or after a tap until the turn is over.

const TAP = 350; // ms; a longer press was held, and its end is told, though the order ends as speech does: by a pause
const LOST = 10000; // ms after a press without any turn: then nothing came of it
const LINGER = 30000; // ms the microphone stays open unheard, so that the next word is not lost to its opening

export class Talk extends EventTarget {
  constructor(button, microphone, connection) {
    super();
    Object.assign(this, { button, microphone, connection, always: false, held: false, active: false, muted: false });
    this.state = "idle";
    this.bindPointer();
    this.bindKeys();
    microphone.addEventListener("frame", ({ detail }) => this.heard && connection.sendSound(detail));
  }

  get heard() {
    return !this.muted && (this.always || this.held || this.active);
  }

  bindPointer() {
    const { button } = this;
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.press();
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) button.addEventListener(end, () => this.release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    // A click without a pointer or key comes from assistive technology: a tap.
    button.addEventListener("click", (event) => {
      if (event.detail !== 0) return;
      this.press();
      this.release();
    });
  }

  // The space bar talks from anywhere but a control of its own; Enter on the button does, too.
  bindKeys() {
    const ours = ({ key, target }) =>
      target === this.button ? key === " " || key === "Enter" : key === " " && target === document.body;
    addEventListener("keydown", (event) => {
      if (!ours(event)) return;
      event.preventDefault();
      if (!event.repeat) this.press();
    });
    addEventListener("keyup", (event) => {
      if (!ours(event)) return;
      event.preventDefault();
      this.release();
    });
  }

  async press() {
    if (this.muted) {
      this.dispatchEvent(new Event("muted"));
      return;
    }
    const again = this.active && this.state === "listening";
    this.held = true;
    this.pressed = performance.now();
    if (!(await this.microphone.start())) {
      this.held = false;
      this.changed();
      return;
    }
    this.active = true;
    this.connection.send({ type: "talk", down: !again });
    clearTimeout(this.lost);
    this.lost = setTimeout(() => this.state === "idle" && this.over(), LOST);
    this.changed();
  }

  release() {
    if (!this.held) return;
    this.held = false;
    if (performance.now() - this.pressed > TAP && this.active) this.connection.send({ type: "talk", down: false });
    this.changed();
  }

  async listen(always) {
    this.always = always && (await this.microphone.start());
    this.changed();
  }

  mute(muted) {
    this.muted = muted;
    if (muted) this.held = this.active = false;
    this.changed();
  }

  // The turn went on; when it is over the microphone is heard no more.
  moved(state) {
    this.state = state;
    if (state === "idle") this.over();
    this.changed();
  }

  over() {
    this.active = false;
    this.changed();
  }

  changed() {
    clearTimeout(this.closing);
    const idle = !this.always && !this.held && !this.active;
    if (idle && this.microphone.open) this.closing = setTimeout(() => this.microphone.stop(), LINGER);
    this.dispatchEvent(new Event("change"));
  }
}
