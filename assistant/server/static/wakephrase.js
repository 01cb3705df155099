// What the assistant is called: another phrase is looked at while it is typed, used on a press, and tried with a meter.

import { find, make } from "./dom.js";

const SETTLED = 500; // ms without a key before a phrase is looked at
const HOURS = [[1, "once an hour"], [2, "every 2 hours"], [3, "every 3 hours"], [10, "every 10 hours"], [30, "every 30 hours"], [100, "every 100 hours"]];
const MARK = 2 / 3; // of the bar: where the threshold is, see style.css
const SPAN = 12; // of a score, from an empty bar to a full one

export class WakePhrase {
  constructor(connection, talk) {
    this.connection = connection;
    this.talk = talk;
    this.current = "";
    this.metering = false;
    find("phrase").addEventListener("input", () => this.typed());
    find("rename").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.timer);
      if (this.other()) this.send(true);
    });
    find("hours").addEventListener("change", ({ target }) => connection.send({ type: "hours", hours: Number(target.value) }));
    find("metering").addEventListener("click", () => this.meter(!this.metering));
  }

  show({ wake, hours, reviewing, doubtful }) {
    const untouched = [this.current, ""].includes(find("phrase").value.trim());
    this.current = wake;
    if (untouched) find("phrase").value = wake;
    this.ready();
    const choices = HOURS.some(([number]) => number === hours) ? HOURS : [...HOURS, [hours, `every ${hours} hours`]];
    find("hours").replaceChildren(...choices.map(([number, words]) => make("option", { value: number }, `about ${words}`)));
    find("hours").value = hours;
    find("hours").parentElement.hidden = !hours;
    find("doubtful").hidden = !reviewing;
    const kept = doubtful === 1 ? "One sound that may or may not be it is" : `${doubtful} sounds that may or may not be it are`;
    find("doubtful").textContent = `${kept} kept. Label them with: assistant wake review`;
  }

  typed() {
    clearTimeout(this.timer);
    find("against").replaceChildren();
    this.ready();
    if (this.other()) this.timer = setTimeout(() => this.send(false), SETTLED);
  }

  other() {
    const phrase = find("phrase").value.trim();
    return phrase && phrase !== this.current ? phrase : "";
  }

  ready() {
    find("rename-use").disabled = !this.other();
  }

  send(use) {
    this.connection.send({ type: "wake", phrase: this.other(), use });
  }

  // What speaks against a phrase; about one that is no longer in the box nobody wants to know.
  told({ phrase, against, fault, used }) {
    if (used) {
      this.current = phrase;
      find("phrase").value = phrase;
    } else if (phrase !== find("phrase").value.trim()) return;
    const lines = fault ? [make("li", { "data-kind": "fault" }, sentence(fault))] : against.map((words) => make("li", {}, sentence(words)));
    if (used) lines.unshift(make("li", {}, `It listens for “${phrase}” now.`));
    find("against").replaceChildren(...lines);
    this.ready();
  }

  meter(on) {
    if (on !== this.metering) this.connection.send({ type: "meter", on });
    this.metering = on;
    find("metering").setAttribute("aria-checked", String(on));
    find("meter").hidden = !on;
    this.draw(0, false, `Say “${this.current}”, and other things. Beyond the mark it counts as heard.`);
    if (on) this.talk.listen(true);
  }

  scored({ phrase, score, threshold }) {
    if (!this.metering) return;
    const heard = score >= threshold;
    const words = heard ? `“${phrase}” heard` : `“${phrase}” not heard: ${(threshold - score).toFixed(1)} too low`;
    this.draw(Math.min(1, Math.max(0, MARK + (score - threshold) / SPAN)), heard, words);
  }

  // By a detector that tells no scores.
  heard(phrase) {
    if (this.metering && !find("meter-words").textContent.endsWith("heard")) this.draw(1, true, `“${phrase}” heard`);
  }

  draw(share, heard, words) {
    find("meter-bar").style.width = `${Math.round(100 * share)}%`;
    find("meter-bar").parentElement.classList.toggle("heard", heard);
    find("meter-words").textContent = words;
  }
}

function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}
