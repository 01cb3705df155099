// The microphone: opened when it is first wanted, 16 kHz frames of 20 ms out, faults in plain words.

const RATE = 16000;

// The browser cancels the echo of our own answers. It must neither suppress noise nor ride the gain: the recogniser
// was measured without, and both cost it words.
const CONSTRAINTS = { echoCancellation: true, noiseSuppression: false, autoGainControl: false, channelCount: 1 };

const FAULTS = {
  NotAllowedError: "The microphone is not allowed here. Allow it by the icon beside the address, then press Talk again.",
  NotFoundError: "There is no microphone. Plug one in, or type below.",
  NotReadableError: "The microphone does not answer; another program may hold it. Close that, then press Talk again.",
};
const INSECURE =
  "Browsers give the microphone to secure pages only. Open this page as https://, or on the machine itself as http://127.0.0.1.";

export class Microphone extends EventTarget {
  constructor() {
    super();
    this.opening = null;
    this.open = false;
    addEventListener("pointerdown", () => this.context?.resume());
    addEventListener("keydown", () => this.context?.resume());
  }

  // Resolves to true when frames come, false when it cannot be had; then a "fault" event has the words.
  start() {
    if (this.open) return Promise.resolve(true);
    this.opening ??= this.begin().finally(() => (this.opening = null));
    return this.opening;
  }

  async begin() {
    if (!window.isSecureContext || !navigator.mediaDevices) return this.fault(INSECURE);
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
      await this.listen();
    } catch (error) {
      this.stop();
      return this.fault(FAULTS[error.name] ?? `The microphone cannot be used: ${error.message}`);
    }
    this.stream.getAudioTracks()[0].onended = () => {
      this.stop();
      this.fault("The microphone was unplugged.");
    };
    this.open = true;
    this.dispatchEvent(new Event("change"));
    return true;
  }

  async listen() {
    const source = this.attach();
    await this.context.audioWorklet.addModule("/static/capture-worklet.js");
    const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
    this.node = new AudioWorkletNode(this.context, "capture", options);
    this.node.port.onmessage = ({ data }) => this.dispatchEvent(new CustomEvent("frame", { detail: data }));
    source.connect(this.node);
    await this.context.resume();
  }

  // Firefox will not bring a microphone into a context of another rate: there the worklet resamples.
  attach() {
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    try {
      return this.context.createMediaStreamSource(this.stream);
    } catch {
      this.context.close();
      this.context = new AudioContext({ latencyHint: "interactive" });
      return this.context.createMediaStreamSource(this.stream);
    }
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.stream = this.context = this.node = null;
    this.open = false;
    this.dispatchEvent(new Event("change"));
  }

  fault(words) {
    this.dispatchEvent(new CustomEvent("fault", { detail: words }));
    return false;
  }
}

// Loudness of a frame (with its header), 0 to 1 over 60 dB.
export function loudness(frame) {
  const samples = new Int16Array(frame, 4);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const level = 10 * Math.log10(sum / samples.length / 32768 ** 2 + 1e-9);
  return Math.max(0, Math.min(1, 1 + level / 60));
}
