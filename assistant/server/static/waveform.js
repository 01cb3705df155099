// The last seconds of the microphone as bars. Draws only when a frame came; stands still for who prefers that.

const BARS = 72;
const GAP = 0.45; // of a bar's pitch

export class Waveform {
  constructor(canvas) {
    this.canvas = canvas;
    this.levels = new Array(BARS).fill(0);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.pending = false;
    this.peak = 0;
    this.count = 0;
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  push(level) {
    this.peak = Math.max(this.peak, level);
    if (++this.count % 2) return; // 40 ms a bar
    this.levels.push(this.peak);
    this.levels.shift();
    this.peak = 0;
    if (!this.still.matches || this.count % 10 === 0) this.ask();
  }

  clear() {
    this.levels.fill(0);
    this.ask();
  }

  ask() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  draw() {
    const scale = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = getComputedStyle(this.canvas).color;
    const pitch = width / BARS;
    const thick = Math.max(1.5, pitch * (1 - GAP));
    // Without motion every bar shows the present: a level that rises and falls in place.
    const now = Math.max(...this.levels.slice(-5));
    this.levels.forEach((level, index) => {
      const shown = this.still.matches ? (index < now * BARS ? 0.5 : 0) : level;
      const tall = Math.max(thick, shown * shown * height);
      pen.globalAlpha = 0.25 + 0.75 * Math.min(1, shown * 1.5);
      pen.beginPath();
      pen.roundRect(index * pitch, (height - tall) / 2, thick, tall, thick / 2);
      pen.fill();
    });
  }
}
