// What was said and answered, as lines of text; questions bring their buttons.

import { button, find, icon, make } from "./dom.js";

const KEPT = 60; // lines; older ones go
const OUTCOMES = {
  failed: ["alert", "Did not work"], refused: ["alert", "Refused"], not_understood: ["question", "Not understood"],
  cancelled: ["stop", "Cancelled"], already: ["check", "Already so"], done: ["check", "Done"],
};

export class Conversation {
  // answer(text) sends a typed answer, hush() stops what rings.
  constructor({ answer, hush }) {
    this.log = find("log");
    this.partial = find("partial");
    this.answer = answer;
    this.hush = hush;
    this.turn = {};
  }

  // What was typed before its turn began belongs to it.
  begin(id, reason) {
    const typed = reason === "text" && !this.turn.id;
    if (this.turn.id !== id && !typed) this.turn = {};
    this.turn.id = id;
    this.turn.ring = reason === "ring";
  }

  // Words so far: those that will not change any more stand out.
  hearing(text, stable) {
    this.partial.replaceChildren(make("b", {}, text.slice(0, stable)), text.slice(stable));
    this.follow();
  }

  typed(text) {
    const secret = this.turn.secret;
    this.turn = {};
    this.secrecy(false);
    this.said(secret ? "•".repeat(4) : text);
  }

  // Who the voice is taken for, before what was said; empty: nobody who is known here.
  speaker(person, known) {
    const who = this.turn.line?.querySelector(".who");
    if (who) who.replaceChildren(known ? `${person} said ` : person ? `A guest (perhaps ${person}) said ` : "A guest said ");
    this.turn.line?.classList.add("known");
  }

  // What is typed now is not shown.
  secrecy(on) {
    this.turn.secret = on;
    find("order").type = on ? "password" : "text";
  }

  // What a person said. Until there is an answer or a question, what is heard anew is a better version of it.
  said(text) {
    this.partial.replaceChildren();
    if (!text) return;
    if (this.turn.open) this.turn.line.lastChild.replaceChildren(text);
    else this.turn.line = this.add("you", make("span", { class: "who" }, "You said "), make("span", {}, text));
    this.turn.open = true;
  }

  // The person went on: the longer order and its answer take the place of the first.
  reopened(text) {
    this.turn.open = Boolean(this.turn.line);
    this.said(text);
    this.turn.reply?.classList.add("stale");
  }

  answered(text, outcome) {
    this.settle();
    this.turn.open = false;
    if (this.turn.question?.dataset.text === text) return;
    const [picture, words] = OUTCOMES[outcome] ?? [];
    const mark = words ? make("span", { class: "outcome" }, icon(picture), words) : null;
    const line = this.line("reply", make("span", { class: "who" }, "Answer "), make("span", {}, text), mark);
    line.dataset.outcome = outcome;
    if (this.turn.reply?.classList.contains("stale")) this.turn.reply.replaceWith(line);
    else this.log.append(line);
    this.turn.reply = line;
    this.trim();
  }

  asked(text, expects) {
    this.settle();
    this.secrecy(expects === "secret");
    const how = { secret: "Type it; it is not shown.", phrase: "Read it aloud." }[expects] ?? "Say or type your answer.";
    const choices = expects === "yes_no" ? this.yesNo() : make("span", { class: "hint" }, how);
    this.turn.question = this.add("question", make("span", { class: "who" }, "Question "), make("span", {}, text), choices);
    this.turn.question.dataset.text = text;
    this.turn.open = false;
  }

  yesNo() {
    const press = (text) => () => {
      this.answer(text);
      find("talking").focus({ preventScroll: true }); // its button goes; a phone must not open its keyboard
    };
    return make("span", { class: "choices" }, button("Yes", press("yes"), { class: "primary" }), button("No", press("no")));
  }

  rang(name, late, kind) {
    const what = kind[0].toUpperCase() + kind.slice(1);
    const called = name ? `${what} “${name}”` : `${kind === "alarm" ? "An" : "A"} ${kind}`;
    const words = `${called} ${late > 60 ? "was due while I was away." : kind === "reminder" ? "is due." : "is ringing."}`;
    this.quiet();
    this.ringing = this.add("reply ring", icon("timer"), make("span", {}, words), button("Stop", () => {
      this.quiet();
      this.hush();
    }));
  }

  // Nothing rings any more.
  quiet() {
    this.ringing?.querySelector("button")?.remove();
    this.ringing = null;
  }

  end(id) {
    if (this.turn.id !== id) return;
    if (this.turn.ring) this.quiet();
    this.partial.replaceChildren();
    this.settle();
    this.secrecy(false);
    this.turn = {};
  }

  // A question that was answered keeps its words and loses its buttons.
  settle() {
    this.log.querySelectorAll(".choices, .hint").forEach((old) => old.remove());
  }

  line(kind, ...children) {
    return make("div", { class: `line ${kind}` }, ...children);
  }

  add(kind, ...children) {
    const line = this.line(kind, ...children);
    this.log.append(line);
    this.trim();
    return line;
  }

  trim() {
    find("greeting").hidden = true;
    document.body.classList.add("talked");
    while (this.log.children.length > KEPT) this.log.firstChild.remove();
    this.follow();
  }

  follow() {
    const scroller = find("talking");
    scroller.scrollTop = scroller.scrollHeight;
  }
}
