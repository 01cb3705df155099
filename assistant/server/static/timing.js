// Where the time of the last turn went: one bar, its parts in order, each with its words and milliseconds.

import { find, make } from "./dom.js";

const STAGES = {
  endpoint: "Making sure you had finished", decode: "Hearing the words", understand: "Finding the meaning",
  guess: "Guessing the meaning", act: "The device", first_sound: "Making the voice",
};

export class Timing {
  constructor() {
    this.turn = null;
    this.stages = new Map();
  }

  add(turn, stage, seconds) {
    if (turn !== this.turn) this.stages = new Map();
    this.turn = turn;
    this.stages.set(stage, (this.stages.get(stage) ?? 0) + Math.max(0, seconds));
    this.draw();
  }

  draw() {
    const order = Object.keys(STAGES);
    const rank = (stage) => (order.indexOf(stage) + 1 || order.length + 1);
    const parts = [...this.stages].sort(([a], [b]) => rank(a) - rank(b));
    const total = parts.reduce((sum, [, seconds]) => sum + seconds, 0);
    find("timing").hidden = false;
    find("total").textContent = `${Math.round(total * 1000)} ms`;
    find("bar").replaceChildren(...parts.map(([stage, seconds]) => segment(stage, seconds)));
    find("stages").replaceChildren(...parts.map(([stage, seconds]) => legend(stage, seconds)));
  }
}

function segment(stage, seconds) {
  const part = make("span", { "data-stage": stage });
  part.style.flexGrow = Math.max(1, seconds * 1000); // shares below 1 in all would not fill the bar
  return part;
}

function legend(stage, seconds) {
  const swatch = make("i", { "data-stage": stage, "aria-hidden": "true" });
  const time = make("span", { class: "ms" }, `${Math.round(seconds * 1000)} ms`);
  return make("li", {}, swatch, make("span", {}, STAGES[stage] ?? stage.replaceAll("_", " ")), time);
}
