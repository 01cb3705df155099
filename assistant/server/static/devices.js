// The home: devices by area, each with an icon and its state in words.

import { find, icon, make } from "./dom.js";
import { active, inWords, picture } from "./words.js";

const ELSEWHERE = "Elsewhere";
const QUIET = 600; // ms within which changes are read out together
const READ = 3; // changes read out one by one; more are a number

export class Devices {
  constructor() {
    this.rows = new Map();
    this.devices = new Map();
    this.changed = new Set();
  }

  show({ areas, devices }) {
    this.rows.clear();
    this.devices = new Map(devices.map((device) => [device.id, device]));
    const names = new Map(areas.map(({ id, name }) => [id, name]));
    const groups = new Map(areas.map(({ name }) => [name, []]));
    for (const device of devices) {
      const name = names.get(device.area) ?? ELSEWHERE;
      groups.set(name, [...(groups.get(name) ?? []), device]);
    }
    const filled = [...groups].filter(([, members]) => members.length);
    find("areas").replaceChildren(...filled.map(([name, members]) => this.area(name, members)));
    find("no-devices").hidden = filled.length > 0;
  }

  area(name, members) {
    const list = make("ul", { role: "list" }, ...members.map((device) => this.row(device)));
    return make("section", { class: "area" }, make("h3", {}, name), list);
  }

  row(device) {
    const row = make("li", { class: "device" });
    this.rows.set(device.id, row);
    this.fill(row, device);
    return row;
  }

  fill(row, device) {
    row.classList.toggle("active", active(device));
    row.classList.toggle("away", !device.available);
    const state = make("span", { class: "state" }, inWords(device));
    row.replaceChildren(make("span", { class: "badge" }, icon(picture(device))), make("span", { class: "name" }, device.name), state);
  }

  change(id, state, available) {
    const before = this.devices.get(id);
    if (!before) return;
    const device = { ...before, state, available };
    this.devices.set(id, device);
    if (inWords(before) === inWords(device)) return;
    const row = this.rows.get(id);
    this.fill(row, device);
    row.classList.remove("fresh");
    requestAnimationFrame(() => row.classList.add("fresh"));
    this.announce(id);
  }

  announce(id) {
    this.changed.add(id);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const said = [...this.changed].slice(0, READ).map((one) => this.devices.get(one));
      const more = this.changed.size - said.length;
      const lines = said.filter(Boolean).map((device) => `${device.name}: ${inWords(device)}`);
      find("announcer").textContent = [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join(". ");
      this.changed.clear();
    }, QUIET);
  }
}
