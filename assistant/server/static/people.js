// Who lives here, who is speaking, why something was allowed or not.

import { find, make } from "./dom.js";
import { Enrolment } from "./enrolment.js";

const SURENESS = [[6.9, "certainly"], [4.6, "surely"], [2.3, "probably"], [0, "perhaps"]]; // natural-log likelihood ratios
const FULL = 9.2; // of one, at which the bar is full: one in 10,000 strangers
const VERDICTS = { allow: "allowed", ask: "asked for more", deny: "not allowed" };
const KEPT = 4; // decisions shown

export class People {
  constructor(connection, talk) {
    this.connection = connection;
    this.enrolment = new Enrolment(connection, talk);
    find("prove").addEventListener("submit", (event) => {
      event.preventDefault();
      connection.send({ type: "prove", pin: find("pin").value.trim() });
      find("pin").value = "";
    });
  }

  ask() {
    this.connection.send({ type: "people" });
  }

  show({ people, known, problem, may_enrol }) {
    find("residents").replaceChildren(...people.map((one) => this.person(one)));
    find("people-none").hidden = known;
    find("people-problem").hidden = !problem;
    find("people-problem").textContent = problem;
    find("enrol").hidden = !may_enrol || this.enrolment.going;
    find("prove").hidden = may_enrol;
    if (may_enrol) find("people-fault").textContent = "";
  }

  person({ name, groups, seconds, rights }) {
    const heard = seconds ? `voice known by ${Math.round(seconds)} s of speech` : "voice not known";
    const facts = name ? [groups.join(", "), heard].join(" · ") : "whoever is not known";
    const lines = rights.map(([title, rule]) => make("li", {}, make("b", {}, title), ` ${rule}`));
    const summary = make("summary", {}, make("span", { class: "name" }, name || "Guests"), make("small", {}, facts));
    return make("li", {}, make("details", {}, summary, make("ul", { class: "rights", role: "list" }, ...lines)));
  }

  // Whom the voice is taken for. What is typed has none.
  heard({ person, llr, known, second }) {
    const [, words] = SURENESS.find(([least]) => llr >= least) ?? [0, ""];
    const name = second ? "Two people" : person && words ? `${words} ${person}` : "A guest";
    find("speaking").hidden = false;
    find("speaker-name").textContent = known || second ? name : person && words ? `A guest (${name})` : "A guest";
    find("sure-bar").style.width = `${Math.round(100 * Math.min(1, Math.max(0, llr / FULL)))}%`;
    find("sure-bar").parentElement.classList.toggle("heard", known);
  }

  decided({ about, verdict, reason, steps }) {
    const words = [VERDICTS[verdict] ?? verdict, steps && `(${steps})`].filter(Boolean).join(" ");
    const line = make("li", { "data-verdict": verdict }, make("b", {}, about), ` ${words}: ${reason || "as anybody may"}`);
    const list = find("decisions");
    list.prepend(line);
    while (list.children.length > KEPT) list.lastChild.remove();
    find("decided").hidden = false;
  }

  // What came of what this page asked about people.
  told(message) {
    if (message.step === "fault" && !this.enrolment.going) {
      find("people-fault").textContent = [message.what, message.mend].filter(Boolean).join(": ");
      return;
    }
    find("people-fault").textContent = "";
    this.enrolment.told(message);
  }
}
