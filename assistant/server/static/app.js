// The page: joins microphone, loudspeaker, connection and what is seen.

import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Devices } from "./devices.js";
import { button, find, icon, make } from "./dom.js";
import { Loudspeaker } from "./loudspeaker.js";
import { Microphone, loudness } from "./microphone.js";
import { People } from "./people.js";
import { Talk } from "./talk.js";
import { Timing } from "./timing.js";
import { WakePhrase } from "./wakephrase.js";
import { Waveform } from "./waveform.js";

const LINKS = {
  connecting: "Connecting …", connected: "Connected", lost: "Connection lost, trying again …",
  refused: "Not let in, trying again …", old: "Load this page again",
};
const STATES = { listening: "Listening …", thinking: "Thinking …", speaking: "Speaking", follow_up: "Go on, I am listening" };

const store = {
  get: (name) => {
    try { return localStorage.getItem(name) ?? ""; } catch { return ""; }
  },
  set: (name, value) => {
    try { localStorage.setItem(name, value); } catch { /* a private window keeps nothing */ }
  },
};

const connection = new Connection(store.get("area"));
const microphone = new Microphone();
const loudspeaker = new Loudspeaker();
const talk = new Talk(find("talk"), microphone, connection);
const waveform = new Waveform(find("wave"));
const devices = new Devices();
const timing = new Timing();
const wakePhrase = new WakePhrase(connection, talk);
const people = new People(connection, talk);
const conversation = new Conversation({ answer: order, hush });
let wake = "";

function notice(kind, words) {
  const old = find("notices").querySelector(`[data-kind="${kind}"]`);
  if (!words) {
    old?.remove();
    return;
  }
  if (old?.firstChild.textContent === words) return;
  const line = make("p", { "data-kind": kind }, make("span", {}, words));
  line.append(button(icon("close"), () => line.remove(), { "aria-label": "Dismiss", class: "bare" }));
  if (old) old.replaceWith(line);
  else find("notices").append(line);
}

function order(text) {
  conversation.typed(text);
  connection.send({ type: "text", text });
}

function hush() {
  loudspeaker.drop();
  connection.send({ type: "stop" });
}

function showState() {
  const { state, muted, always } = talk;
  const heard = talk.heard && microphone.open;
  const idle = muted ? "Microphone muted" : always ? `Listening for “${wake}”` : talk.active ? "Listening …" : wake && "Ready";
  find("state").textContent = STATES[state] ?? idle;
  document.body.dataset.state = muted ? "muted" : state === "idle" && talk.active ? "listening" : state;
  document.body.classList.toggle("heard", heard);
  find("talk").setAttribute("aria-pressed", String(talk.held || talk.active));
  find("mute").setAttribute("aria-pressed", String(muted));
  find("mute-words").textContent = muted ? "Unmute" : "Mute";
  find("mute-icon").setAttribute("href", muted ? "#icon-mic-off" : "#icon-mic");
  find("listen").setAttribute("aria-checked", String(always));
  find("stop").disabled = state === "idle" && !conversation.ringing;
  if (!heard) {
    waveform.clear();
    document.body.style.setProperty("--level", 0);
  }
}

// Before the assistant has told about the home there is nothing to show of it.
function reveal() {
  find("waiting").hidden = true;
  find("greeting").hidden = document.body.classList.contains("talked");
  for (const part of document.querySelectorAll("[data-known]")) part.hidden = false;
}

function showHome(view) {
  wake = view.wake;
  reveal();
  find("wake").textContent = `“${wake}”`;
  const chips = view.suggestions.map((words) => make("li", {}, button(words, () => order(words), { class: "chip" })));
  find("suggestions").replaceChildren(...chips);
  find("simulated").hidden = !view.simulated;
  find("recording").hidden = !view.recording;
  notice("home", view.connected ? "" : "The home cannot be reached right now.");
  devices.show(view);
  wakePhrase.show(view);
  const places = [make("option", { value: "" }, "no room in particular")];
  places.push(...view.areas.map(({ id, name }) => make("option", { value: id }, name)));
  find("area").replaceChildren(...places);
  find("area").value = connection.area;
  showState();
}

const happened = {
  WakeScored: (scored) => wakePhrase.scored(scored),
  WakeHeard: ({ phrase }) => wakePhrase.heard(phrase),
  TurnStarted: ({ turn, reason }) => conversation.begin(turn, reason),
  TurnStateChanged: ({ state }) => talk.moved(state),
  PartialHeard: ({ text, stable }) => conversation.hearing(text, stable),
  FinalHeard: ({ text }) => conversation.said(text),
  SpeakerHeard: (heard) => {
    conversation.speaker(heard.person, heard.known);
    people.heard(heard);
  },
  RightDecided: (decision) => people.decided(decision),
  PeopleChanged: () => people.ask(),
  NotUnderstood: ({ text }) => conversation.said(text),
  TurnReopened: ({ text }) => conversation.reopened(text),
  QuestionAsked: ({ text, expects }) => conversation.asked(text, expects),
  Answered: ({ text, outcome }) => conversation.answered(text, outcome),
  TurnEnded: ({ turn }) => {
    conversation.end(turn);
    talk.moved("idle");
  },
  StageTimed: ({ turn, stage, seconds }) => timing.add(turn, stage, seconds),
  DeviceChanged: ({ device, state, available }) => devices.change(device, state, available),
  TimerRang: ({ name, late, kind }) => {
    conversation.rang(name, late, kind);
    showState();
  },
  MuteChanged: ({ muted }) => talk.mute(muted),
  VolumeChanged: ({ percent }) => showVolume(percent),
  ComponentFailed: ({ error }) => notice("component", error),
  WorkerDied: ({ worker }) => notice("worker", `The ${worker} stopped and is being started again.`),
  WorkerReady: () => notice("worker", ""),
};

function showVolume(percent) {
  find("volume").value = percent;
  find("volume-words").textContent = `${percent} %`;
}

connection.addEventListener("state", ({ detail: { state, why } }) => {
  document.body.dataset.link = state;
  for (const id of ["link", "waiting"]) find(id).textContent = LINKS[state];
  for (const id of ["order", "send"]) find(id).disabled = state !== "connected";
  notice("link", state === "old" || state === "refused" ? why : "");
});
connection.addEventListener("welcome", ({ detail }) => {
  loudspeaker.restart();
  connection.area = detail.area;
  if (talk.muted) connection.send({ type: "mute", muted: true });
  talk.moved("idle");
  showHome(detail.household);
  wakePhrase.meter(false);
  people.enrolment.lost();
  people.ask();
});
connection.addEventListener("people", ({ detail: { view } }) => people.show(view));
connection.addEventListener("enrolment", ({ detail }) => people.told(detail));
connection.addEventListener("wake", ({ detail }) => wakePhrase.told(detail));
connection.addEventListener("household", ({ detail }) => showHome(detail.household));
connection.addEventListener("event", ({ detail: { event } }) => happened[event.type]?.(event));
connection.addEventListener("sound", ({ detail }) => loudspeaker.play(detail));
connection.addEventListener("playback", ({ detail: { action } }) => action === "start" || loudspeaker.drop());
connection.addEventListener("error", ({ detail: { reason, fatal } }) => fatal || notice("error", reason));

loudspeaker.addEventListener("played", ({ detail: { samples } }) => connection.send({ type: "played", samples }));
loudspeaker.addEventListener("silenced", () => notice("silenced", "Press any key or touch the page to hear the answers."));
for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => notice("silenced", ""));

microphone.addEventListener("frame", ({ detail }) => {
  if (!talk.heard) return;
  const level = loudness(detail);
  waveform.push(level);
  document.body.style.setProperty("--level", level.toFixed(2));
});
microphone.addEventListener("fault", ({ detail }) => {
  notice("microphone", detail);
  if (talk.always) talk.listen(false);
});
microphone.addEventListener("change", () => {
  if (microphone.open) notice("microphone", "");
  showState();
});
talk.addEventListener("change", showState);
talk.addEventListener("muted", () => notice("microphone", "The microphone is muted. Unmute it to talk."));

find("listen").addEventListener("click", () => talk.listen(!talk.always));
find("mute").addEventListener("click", () => {
  talk.mute(!talk.muted);
  notice("microphone", "");
  connection.send({ type: "mute", muted: talk.muted });
});
find("stop").addEventListener("click", hush);
addEventListener("keydown", ({ key }) => key === "Escape" && hush());
find("volume").addEventListener("input", ({ target }) => showVolume(target.value));
find("volume").addEventListener("change", ({ target }) => connection.send({ type: "volume", percent: Number(target.value) }));
find("area").addEventListener("change", ({ target }) => {
  store.set("area", target.value);
  connection.again(target.value);
});
find("type").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("order").value.trim().replaceAll(/\s+/gu, " ");
  find("order").value = "";
  if (text) order(text);
});

connection.connect();
