// The microphone as 20 ms frames: uint32 sequence and 320 samples of int16, 16 kHz mono, little-endian.
// Where the context runs at another rate (Firefox gives a microphone its own), it is resampled here.

const RATE = 16000;
const FRAME = 320;
const HEADER = 4;
const WIDTH = 16; // zero crossings of the sinc on each side: 60 dB of stop band
const PASS = 0.94; // of the lower Nyquist frequency: room for the filter to fall

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

class Resampler {
  constructor(from, to) {
    const common = gcd(from, to);
    this.step = from / common; // input samples per `phases` output samples
    this.phases = to / common;
    this.half = Math.ceil(WIDTH * Math.max(1, from / to));
    this.kernels = Array.from({ length: this.phases }, (_, phase) => this.kernel(phase / this.phases));
    this.history = new Float32Array(2 * this.half);
    this.place = 0; // of the next output, in 1/phases of an input sample, from the start of the history
  }

  kernel(offset) {
    const cutoff = PASS * Math.min(1, this.phases / this.step);
    const taps = Float32Array.from({ length: 2 * this.half }, (_, index) => {
      const x = index + 1 - this.half - offset;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (this.half + 1)));
    });
    const sum = taps.reduce((total, tap) => total + tap, 0);
    return taps.map((tap) => tap / sum);
  }

  push(input) {
    const joined = new Float32Array(this.history.length + input.length);
    joined.set(this.history);
    joined.set(input, this.history.length);
    const output = [];
    for (;;) {
      const first = Math.floor(this.place / this.phases);
      if (first + 2 * this.half > joined.length) {
        this.history = joined.slice(first);
        this.place -= first * this.phases;
        return output;
      }
      const kernel = this.kernels[this.place % this.phases];
      let sum = 0;
      for (let tap = 0; tap < kernel.length; tap++) sum += kernel[tap] * joined[first + tap];
      output.push(sum);
      this.place += this.step;
    }
  }
}

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = sampleRate === RATE ? null : new Resampler(sampleRate, RATE);
    this.sequence = 0;
    this.begin();
  }

  begin() {
    this.frame = new DataView(new ArrayBuffer(HEADER + 2 * FRAME));
    this.filled = 0;
  }

  process([input]) {
    const mono = input[0];
    if (mono) for (const sample of this.resampler ? this.resampler.push(mono) : mono) this.take(sample);
    return true;
  }

  take(sample) {
    const scaled = Math.round(sample * 32768);
    this.frame.setInt16(HEADER + 2 * this.filled, Math.max(-32768, Math.min(32767, scaled)), true);
    if (++this.filled < FRAME) return;
    this.frame.setUint32(0, this.sequence, true);
    this.sequence = (this.sequence + 1) >>> 0;
    this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
    this.begin();
  }
}

registerProcessor("capture", Capture);
