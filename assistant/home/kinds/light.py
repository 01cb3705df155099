"""Lamps that have a topic for each property: Home Assistant's default light schema."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from assistant.home.announcement import Announcement
from assistant.home.colours import (
    WHITES,
    Rgb,
    find_colour,
    find_white,
    hs_to_rgb,
    hue_saturation,
    kelvin_to_rgb,
    name_colour,
    name_white,
    rgb_to_xy,
    xy_to_rgb,
)
from assistant.home.kinds.entity import Entity, Message, Plan, Refused, State, percent, unknown_command
from assistant.home.kinds.switch import on_or_off
from assistant.home.payload import PayloadError, read_number, shorten
from assistant.home.schema import Capabilities

MIREDS = (153.0, 500.0)
"""Home Assistant's range of colour temperatures where a lamp names none."""
HOTTEST = 1e6
"""Kelvin that no lamp has: one mired."""


class AnyLight(Entity):
    """What both light schemas share: commands become the state that is wanted, then messages."""

    kind = "light"

    def plan(self, command: str, value: Any, state: State) -> Plan:
        able = self.capabilities
        if command == "turn_off":
            return self._plan({"on": False})
        if command == "turn_on":
            return self._plan({"on": True})
        if command == "set_brightness":
            if not able.brightness:
                raise Refused("it cannot be dimmed")
            level = percent(value, "the brightness")
            return self._plan({"on": True, "brightness": level} if level else {"on": False})
        if command == "set_kelvin":
            return self._plan({"on": True, "kelvin": self._kelvin(value)})
        if command == "set_colour":
            return self._plan({"on": True, **self._colour(value)})
        raise unknown_command(command, self.kind)

    def restore(self, earlier: State, state: State) -> Plan:
        if earlier.get("on") is None:
            raise Refused("its earlier state is not known")
        want: dict[str, Any] = {"on": earlier["on"]}
        if earlier["on"]:
            if earlier.get("brightness") and self.capabilities.brightness:
                want["brightness"] = earlier["brightness"]
            if earlier.get("kelvin") and self.capabilities.kelvin:
                want["kelvin"] = earlier["kelvin"]
            elif earlier.get("rgb") and self.capabilities.colour:
                want["rgb"] = tuple(earlier["rgb"])
        return self._plan(want)

    def _plan(self, want: dict[str, Any]) -> Plan:
        return Plan(self._messages(want), want)

    def _messages(self, want: dict[str, Any]) -> tuple[Message, ...]:
        raise NotImplementedError

    def _kelvin(self, value: Any) -> int:
        able = self.capabilities.kelvin
        if able is None:
            raise Refused("its white cannot be set")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Refused("a colour temperature is a number of kelvin")
        return round(min(max(value, able[0]), able[1]))

    def _colour(self, name: Any) -> dict[str, Any]:
        word = str(name)
        white, rgb = find_white(word), find_colour(word)
        if white is not None and self.capabilities.kelvin:
            return {"kelvin": self._kelvin(white)}
        if word.lower() == "white" and self.capabilities.kelvin and not self.capabilities.colour:
            return {"kelvin": self._kelvin(WHITES["neutral white"])}
        if not self.capabilities.colour:
            raise Refused("it has no colours")
        if rgb is None and white is not None:
            rgb = kelvin_to_rgb(white)
        if rgb is None:
            raise Refused(f"there is no colour {word[:32]}")
        return {"rgb": rgb}


class Light(AnyLight):
    """Home Assistant's default MQTT light."""

    def __init__(self, announcement: Announcement) -> None:
        super().__init__(announcement)
        self._command = announcement.topic("command_topic")
        if self._command is None:
            raise PayloadError("command_topic is missing")
        self._on = announcement.text("payload_on", "ON")
        self._off = announcement.text("payload_off", "OFF")
        self._order = announcement.text("on_command_type", "last")
        self._scale = announcement.number("brightness_scale", 255)
        if self._scale <= 0:
            raise PayloadError("brightness_scale must be above zero")
        self._set = {
            name: announcement.command(f"{name}_command_topic", f"{name}_command_template")
            for name in ("brightness", "rgb", "hs", "xy", "color_temp")
        }
        self._in_kelvin = announcement.flag("color_temp_kelvin")
        self._listen("state_topic", "state_value_template", ("on",),
                     lambda value: {"on": on_or_off(value, self._on, self._off)})
        self._listen("brightness_state_topic", "brightness_value_template", ("brightness",), self._parse_brightness)
        self._listen("rgb_state_topic", "rgb_value_template", ("rgb", "colour"), self._parse_rgb)
        self._listen("hs_state_topic", "hs_value_template", ("rgb", "colour"), self._parse_hs)
        self._listen("xy_state_topic", "xy_value_template", ("rgb", "colour"), self._parse_xy)
        self._listen("color_temp_state_topic", "color_temp_value_template", ("kelvin",), self._parse_kelvin)
        self.capabilities = Capabilities(
            brightness=self._set["brightness"] is not None,
            colour=any(self._set[name] is not None for name in ("rgb", "hs", "xy")),
            kelvin=kelvin_range(announcement) if self._set["color_temp"] else None,
        )

    def _parse_brightness(self, value: Any) -> dict[str, Any]:
        return {"brightness": to_percent(value, self._scale)}

    def _parse_rgb(self, value: Any) -> dict[str, Any]:
        red, green, blue = (min(max(round(part), 0), 255) for part in _numbers(value, 3))
        return shown((red, green, blue))

    def _parse_hs(self, value: Any) -> dict[str, Any]:
        hue, saturation = _numbers(value, 2)
        return shown(hs_to_rgb(hue, saturation))

    def _parse_xy(self, value: Any) -> dict[str, Any]:
        x, y = _numbers(value, 2)
        return shown(xy_to_rgb(x, y))

    def _parse_kelvin(self, value: Any) -> dict[str, Any]:
        kelvin = to_kelvin(value, self._in_kelvin)
        return {"kelvin": kelvin} if self.capabilities.colour else {"kelvin": kelvin, "colour": name_white(kelvin)}

    def _messages(self, want: dict[str, Any]) -> tuple[Message, ...]:
        if not want["on"]:
            return self._say(self._command, self._off)
        style: list[Message] = []
        if "brightness" in want:
            style += self._say(self._set["brightness"], str(from_percent(want["brightness"], self._scale)))
        if "rgb" in want:
            style += self._say_colour(want["rgb"])
        if "kelvin" in want:
            sent = want["kelvin"] if self._in_kelvin else round(1e6 / want["kelvin"])
            style += self._say(self._set["color_temp"], str(sent))
        on = self._say(self._command, self._on)
        if self._order == "brightness" and "brightness" in want and self._set["brightness"]:
            return tuple(style)
        return (*on, *style) if self._order == "first" else (*style, *on)

    def _say_colour(self, rgb: Rgb) -> tuple[Message, ...]:
        if self._set["rgb"]:
            return self._say(self._set["rgb"], ",".join(map(str, rgb)))
        if self._set["hs"]:
            hue, saturation = hue_saturation(rgb)
            return self._say(self._set["hs"], f"{hue:.1f},{saturation * 100:.1f}")
        return self._say(self._set["xy"], "{},{}".format(*rgb_to_xy(rgb)))


def shown(rgb: Rgb) -> dict[str, Any]:
    """The state of a lamp that shows a colour."""
    return {"rgb": list(rgb), "colour": name_colour(rgb)}


def to_percent(value: Any, scale: float) -> int:
    """A lamp's brightness in percent; what glows at all has at least one."""
    share = min(max(read_number(value) / scale, 0.0), 1.0)
    return max(round(share * 100), 1) if share > 0 else 0


def from_percent(level: int, scale: float) -> int:
    """Percent in a lamp's own steps."""
    return max(round(level * scale / 100), 1)


def to_kelvin(value: Any, kelvin: bool) -> int:
    """A colour temperature from kelvin or mireds."""
    number = read_number(value)
    if number <= 0:
        raise PayloadError(f"{shorten(value)} is no colour temperature")
    return round(number if kelvin else 1e6 / number)


def kelvin_range(announcement: Announcement) -> tuple[int, int]:
    """Lowest and highest colour temperature of a lamp."""
    coolest, warmest = announcement.number("min_mireds", MIREDS[0]), announcement.number("max_mireds", MIREDS[1])
    if coolest <= 0 or warmest < coolest:
        raise PayloadError("min_mireds must be above zero and not above max_mireds")
    low = announcement.number("min_kelvin", 1e6 / warmest)
    high = announcement.number("max_kelvin", 1e6 / coolest)
    if not 1 <= low <= high <= HOTTEST:
        raise PayloadError("its range of colour temperatures is none")
    return round(low), round(high)


def _numbers(value: Any, count: int) -> Sequence[float]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) < count:
        raise PayloadError(f"{shorten(value)} is not {count} numbers")
    return [read_number(part) for part in parts[:count]]
