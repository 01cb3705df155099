// A device's state in words, by the household schema's keys; what is not known is said to be unknown.

const SENSED = {
  door: ["open", "closed"], window: ["open", "closed"], garage_door: ["open", "closed"], opening: ["open", "closed"],
  motion: ["movement", "no movement"], occupancy: ["somebody there", "nobody there"], moisture: ["wet", "dry"],
  presence: ["somebody there", "nobody there"], smoke: ["smoke", "no smoke"], gas: ["gas", "no gas"],
  battery: ["low", "charged"], lock: ["unlocked", "locked"], problem: ["problem", "no problem"],
};

const plain = (text) => String(text).replaceAll("_", " ");
const known = (value) => value !== undefined && value !== null && value !== "";
const either = (value, yes, no) => (known(value) ? (value ? yes : no) : null);

const READERS = {
  light: ({ on, brightness, colour }) => {
    const more = on ? [known(brightness) && `${Math.round(brightness)} %`, known(colour) && plain(colour)] : [];
    return [either(on, "on", "off"), ...more];
  },
  switch: ({ on }) => [either(on, "on", "off")],
  cover: ({ open, position, moving }) => {
    if (moving) return [`${plain(moving)} …`];
    if (position > 0 && position < 100) return [`${Math.round(position)} % open`];
    return [either(open, "open", "closed")];
  },
  climate: ({ on, mode, temperature, current_temperature: now }) => [
    known(mode) ? plain(mode) : either(on, "on", "off"),
    known(temperature) && `set to ${temperature} °C`,
    known(now) && `now ${now} °C`,
  ],
  fan: ({ on, percentage, preset, oscillating }) => [
    either(on, "on", "off"), on && known(preset) && plain(preset), on && known(percentage) && `${percentage} %`,
    on && oscillating && "swinging",
  ],
  scene: () => ["ready"],
  media_player: ({ playback, title, volume, muted }) => [
    known(playback) && plain(playback), playback === "playing" && known(title) && title,
    muted ? "muted" : known(volume) && `${volume} %`,
  ],
  lock: ({ locked, moving, jammed }) => [jammed ? "jammed" : moving ? `${plain(moving)} …` : either(locked, "locked", "unlocked")],
  sensor: ({ value }, { unit }) => [known(value) && (unit ? `${plain(value)} ${unit}` : plain(value))],
  binary_sensor: ({ on }, { device_class: kind }) => [either(on, ...(SENSED[kind] ?? ["on", "off"]))],
};

// "on, 40 %, warm white"
export function inWords(device) {
  if (!device.available) return "not reachable";
  const parts = READERS[device.kind]?.(device.state ?? {}, device).filter(Boolean) ?? [];
  return parts.length ? parts.join(", ") : "unknown";
}

// Whether it stands out: on, open, unlocked.
export function active({ available, state = {}, kind }) {
  if (!available) return false;
  if (kind === "climate") return known(state.mode) ? state.mode !== "off" : Boolean(state.on);
  if (kind === "media_player") return state.playback === "playing";
  return kind === "lock" ? state.locked === false : Boolean(state.on || state.open);
}

export function picture({ kind, state }) {
  if (kind === "lock") return state?.locked === false ? "unlock" : "lock";
  return kind in READERS ? kind : "sensor";
}
