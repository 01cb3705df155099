"""Lamps that speak JSON, all properties in one message: Zigbee2MQTT's, ESPHome's and most others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.colours import hs_to_rgb, hue_saturation, kelvin_to_rgb, name_white, rgb_to_xy, xy_to_rgb
from assistant.home.kinds.entity import Message
from assistant.home.kinds.light import AnyLight, from_percent, kelvin_range, shown, to_kelvin, to_percent
from assistant.home.payload import PayloadError, read_json, read_number, shorten
from assistant.home.schema import Capabilities

COLOUR_MODES = ("rgb", "rgbw", "rgbww", "hs", "xy")
DIMLESS = ("onoff", "unknown")


class JsonLight(AnyLight):
    """Home Assistant's MQTT light of the JSON schema."""

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.topic("command_topic")
        if self._command is None:
            raise PayloadError("command_topic is missing")
        self._scale = announcement.number("brightness_scale", 255)
        if self._scale <= 0:
            raise PayloadError("brightness_scale must be above zero")
        self._in_kelvin = announcement.flag("color_temp_kelvin")
        modes = announcement.words("supported_color_modes")
        old = tuple(mode for mode in ("rgb", "hs", "xy") if announcement.flag(mode))  # before supported_color_modes
        self._mode = next((mode for mode in (*modes, *old) if mode in COLOUR_MODES), "")
        white = "color_temp" in modes or announcement.flag("color_temp")
        self.capabilities = Capabilities(
            brightness=announcement.flag("brightness") or any(mode not in DIMLESS for mode in modes),
            colour=bool(self._mode), kelvin=kelvin_range(announcement) if white else None,
        )
        able = self.capabilities
        keys = ["on"] + ["brightness"] * able.brightness + ["kelvin"] * bool(able.kelvin)
        keys += ["colour"] * (able.colour or bool(able.kelvin)) + ["rgb"] * able.colour
        self._listen("state_topic", "", tuple(keys), self._parse)

    def _parse(self, value: Any) -> dict[str, Any]:
        data = read_json(value)
        if not isinstance(data, dict):
            raise PayloadError("a lamp's state must be a JSON object")
        state: dict[str, Any] = {}
        if "state" in data:
            state["on"] = _on(data["state"])
        if data.get("brightness") is not None and self.capabilities.brightness:
            state["brightness"] = to_percent(data["brightness"], self._scale)
        mode = data.get("color_mode")
        if data.get("color_temp") is not None and self.capabilities.kelvin and mode in (None, "color_temp"):
            state["kelvin"] = to_kelvin(data["color_temp"], self._in_kelvin)
            state["colour"] = name_white(state["kelvin"])
            state.update({"rgb": list(kelvin_to_rgb(state["kelvin"]))} if self.capabilities.colour else {})
        elif isinstance(data.get("color"), dict) and self.capabilities.colour:
            state.update(_colour(data["color"], mode), kelvin=None)
        return state

    def _messages(self, want: dict[str, Any]) -> tuple[Message, ...]:
        body: dict[str, Any] = {"state": "ON" if want["on"] else "OFF"}
        if "brightness" in want:
            body["brightness"] = from_percent(want["brightness"], self._scale)
        if "kelvin" in want:
            body["color_temp"] = want["kelvin"] if self._in_kelvin else round(1e6 / want["kelvin"])
        if "rgb" in want:
            body["color"] = self._color(want["rgb"])
        return self._say(self._command, json.dumps(body))

    def _color(self, rgb: tuple[int, int, int]) -> dict[str, float]:
        if self._mode == "hs":
            hue, saturation = hue_saturation(rgb)
            return {"h": round(hue, 1), "s": round(saturation * 100, 1)}
        if self._mode == "xy":
            x, y = rgb_to_xy(rgb)
            return {"x": x, "y": y}
        return dict(zip("rgb", rgb, strict=True))


def _on(value: Any) -> bool | None:
    if value is None:
        return None
    if value not in ("ON", "OFF"):
        raise PayloadError(f"{shorten(value)} is neither ON nor OFF")
    return bool(value == "ON")


def _colour(color: Mapping[str, Any], mode: Any) -> dict[str, Any]:
    """A lamp's colour in whichever of three ways it says it; some say all three."""
    if {"r", "g", "b"} <= color.keys() and mode not in ("hs", "xy"):
        red, green, blue = (min(max(round(read_number(color[key])), 0), 255) for key in "rgb")
        return shown((red, green, blue))
    if {"h", "s"} <= color.keys() and mode != "xy":
        return shown(hs_to_rgb(read_number(color["h"]), read_number(color["s"])))
    if {"x", "y"} <= color.keys():
        return shown(xy_to_rgb(read_number(color["x"]), read_number(color["y"])))
    return {}
