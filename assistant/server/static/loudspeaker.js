// The loudspeaker: frames from the server into the playback worklet; silent within a few milliseconds when told.

const RATE = 16000;
const HEADER = 4;

export class Loudspeaker extends EventTarget {
  constructor() {
    super();
    this.skipped = 0; // samples that came while the browser would not let us play
    this.begin();
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => this.context.resume());
  }

  async begin() {
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    if (!this.context.audioWorklet) return; // an insecure page has none
    await this.context.audioWorklet.addModule("/static/playback-worklet.js");
    this.node = new AudioWorkletNode(this.context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.port.onmessage = ({ data }) => this.report(data);
    this.node.connect(this.context.destination);
  }

  get able() {
    return Boolean(this.node) && this.context.state === "running";
  }

  // One message of sound. Browsers keep a page silent until it is touched: what comes before that is not kept.
  play(message) {
    const sound = message.slice(HEADER);
    if (this.able) {
      this.node.port.postMessage(sound, [sound]);
      return;
    }
    this.skipped += sound.byteLength / 2;
    this.dispatchEvent(new Event("silenced"));
  }

  // Throw away what is not heard yet.
  drop() {
    this.node?.port.postMessage({ drop: true });
  }

  // Count anew: a new connection counts from nothing.
  restart() {
    this.drop();
    this.base = null;
    this.skipped = 0;
  }

  report({ played, playing }) {
    this.base ??= played;
    const samples = played - this.base + this.skipped;
    this.dispatchEvent(new CustomEvent("played", { detail: { samples, playing } }));
  }
}
