// Plays what the server sends: frames of int16 at the context's rate, in order. Takes {drop: true} to be silent at once.
// Reports {played}: samples played or dropped since it began, so that the server knows where the ear is.

const PREBUFFER = 0.04; // seconds that must wait before a sound begins, so that it does not stutter
const PATIENCE = 0.08; // seconds after which a shorter sound begins all the same
const REPORT = 0.1; // seconds between reports
const DECLICK = 0.96; // what is left of the last sample, sample by sample, where sound is cut off

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.queue = [];
    this.offset = 0; // within the first frame of the queue
    this.waiting = 0; // samples in the queue
    this.waited = 0; // samples of silence since the first frame came
    this.playing = false;
    this.played = 0;
    this.reported = 0;
    this.last = 0;
    this.port.onmessage = ({ data }) => (data.drop ? this.drop() : this.add(new Int16Array(data)));
  }

  add(frame) {
    this.queue.push(frame);
    this.waiting += frame.length;
  }

  drop() {
    this.played += this.waiting;
    this.queue = [];
    this.offset = this.waiting = this.waited = 0;
    this.playing = false;
    this.report();
  }

  report() {
    this.reported = this.played;
    this.port.postMessage({ played: this.played, playing: this.playing });
  }

  ready() {
    this.waited += this.waiting ? 128 : 0;
    return this.waiting >= PREBUFFER * sampleRate || this.waited >= PATIENCE * sampleRate;
  }

  process(_, [[out]]) {
    if (!this.playing && this.ready()) {
      this.playing = true;
      this.waited = 0;
      this.report();
    }
    for (let index = 0; index < out.length; index++) out[index] = this.last = this.next();
    if (this.playing && !this.waiting) {
      this.playing = false;
      this.report();
    } else if (this.played - this.reported >= REPORT * sampleRate) {
      this.report();
    }
    return true;
  }

  next() {
    if (!this.playing || !this.waiting) return Math.abs(this.last) < 1e-4 ? 0 : this.last * DECLICK;
    const sample = this.queue[0][this.offset] / 32768;
    this.played++;
    this.waiting--;
    if (++this.offset === this.queue[0].length) {
      this.queue.shift();
      this.offset = 0;
    }
    return sample;
  }
}

registerProcessor("playback", Playback);
