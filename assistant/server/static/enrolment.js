// Learning a voice: sentences to read one by one, a meter of the microphone, what was wrong with each.

import { find, make } from "./dom.js";
import { loudness } from "./microphone.js";

const TIMES = 3; // a sentence is asked for so often
const TOO_LOUD = 0.97; // of the meter

export class Enrolment {
  constructor(connection, talk) {
    Object.assign(this, { connection, talk, going: false, sentences: [], at: 0, tried: 0 });
    this.was = false; // whether it listened always before
    find("enrol").addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin(find("enrol-name").value.trim().replaceAll(/\s+/gu, " "));
    });
    find("enrol-end").addEventListener("click", () => this.giveUp());
    talk.microphone.addEventListener("frame", ({ detail }) => this.going && this.meter(loudness(detail)));
  }

  async begin(name) {
    if (!name || this.going) return;
    this.going = true; // also while the microphone opens: a second press begins nothing
    this.was = this.talk.always;
    await this.talk.listen(true);
    if (!this.talk.heard) {
      this.going = false;
      return; // the page says why there is no microphone
    }
    const groups = find("enrol-child").checked ? ["children"] : [];
    this.name = name;
    find("enrol").hidden = true;
    this.connection.send({ type: "enrol", name, groups });
  }

  told(message) {
    if (!this.going) return;
    if (message.step === "begun") this.begun(message.sentences);
    if (message.step === "took") this.took(message.take);
    if (message.step === "kept") this.over(`${this.name} is enrolled: ${message.verdict}.`, message.good);
    if (message.step === "fault") this.over([message.what, message.mend].filter(Boolean).join(": "), false);
  }

  begun(sentences) {
    Object.assign(this, { sentences, at: 0, tried: 0 });
    find("reading").hidden = false;
    find("enrol-end").disabled = false;
    find("read-bar").style.width = "0%";
    this.advise("Read it aloud, alone and as you usually speak.");
    this.next();
  }

  next() {
    if (this.at >= this.sentences.length) {
      this.keep();
      return;
    }
    find("read-count").textContent = `Sentence ${this.at + 1} of ${this.sentences.length}`;
    find("read-sentence").textContent = this.sentences[this.at];
    this.connection.send({ type: "read", sentence: this.at });
  }

  took({ seconds, plenty, what, mend }) {
    find("read-bar").style.width = `${Math.min(100, Math.round((100 * seconds) / 28))}%`;
    if (!what) this.advise(`Good, ${Math.round(seconds)} s so far.`);
    else this.advise([what, mend].filter(Boolean).join(": "), true);
    this.tried = what ? this.tried + 1 : 0;
    if (!what || this.tried >= TIMES) {
      this.at += 1;
      this.tried = 0;
    }
    if (plenty) this.keep();
    else this.next();
  }

  keep() {
    find("read-sentence").textContent = "…";
    find("enrol-end").disabled = true; // it is being kept, and cannot be given up any more
    this.connection.send({ type: "keep" });
  }

  giveUp() {
    this.connection.send({ type: "give_up" });
    this.over("Nothing was kept.", false);
  }

  // A new connection: the assistant knows nothing of what was read over the old one.
  lost() {
    if (this.going) this.over("The connection was lost meanwhile. Begin again.", false);
  }

  over(words, good) {
    this.going = false;
    this.talk.listen(this.was);
    find("reading").hidden = true;
    find("enrol").hidden = false;
    if (good) find("enrol").reset();
    find("enrol-result").replaceChildren(make("span", { "data-kind": good ? "good" : "fault" }, words));
    this.connection.send({ type: "people" });
  }

  advise(words, wrong = false) {
    find("read-words").replaceChildren(make("span", { "data-kind": wrong ? "fault" : "good" }, words));
  }

  meter(level) {
    const bar = find("level-bar");
    bar.style.width = `${Math.round(100 * level)}%`;
    bar.parentElement.classList.toggle("heard", level < TOO_LOUD);
  }
}
