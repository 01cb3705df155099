"""The devices of the simulated home: how each announces itself, obeys and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from assistant.home.schema import Area, Device
from assistant.home.simulated_device import HIGHEST, LOWEST, MAKER, ON_OFF, Simulated, one_of
from assistant.home.simulated_players import Player, Scenery, Ventilator

__all__ = ["MAKER", "Simulated", "simulate"]


class DimmableLight(Simulated):
    """A lamp of the JSON schema."""

    component = "light"

    def settings(self) -> dict[str, Any]:
        able = self.device.capabilities
        modes = ["rgb"] * able.colour + ["color_temp"] * bool(able.kelvin)
        body = {"schema": "json", "cmd_t": "~/set", "stat_t": "~/state", "brightness": True,
                "supported_color_modes": modes or ["brightness"]}
        if able.kelvin:
            body |= {"color_temp_kelvin": True, "min_kelvin": able.kelvin[0], "max_kelvin": able.kelvin[1]}
        return body

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        told = json.loads(payload)
        change: dict[str, Any] = {"on": told["state"] == "ON"}
        if "brightness" in told:
            change["brightness"] = round(told["brightness"] / 2.55)
        if "color" in told:
            change |= {"rgb": [told["color"][key] for key in "rgb"], "kelvin": None}
        if "color_temp" in told:
            change |= {"kelvin": told["color_temp"]}
        yield change

    def reports(self) -> dict[str, str]:
        body: dict[str, Any] = {"state": "ON" if self.state.get("on") else "OFF"}
        body["brightness"] = round(self.state.get("brightness", HIGHEST) * 2.55)
        if self.state.get("kelvin"):
            body |= {"color_mode": "color_temp", "color_temp": self.state["kelvin"]}
        elif self.device.capabilities.colour:
            shown = self.state.get("rgb", (255, 255, 255))
            body |= {"color_mode": "rgb", "color": dict(zip("rgb", shown, strict=True))}
        return {"state": json.dumps(body)}


class PlainLight(Simulated):
    """A lamp of the default schema that is on or off; also the plug, which speaks the same."""

    component = "light"

    def settings(self) -> dict[str, Any]:
        return {"cmd_t": "~/set", "stat_t": "~/state"}

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        yield {"on": one_of(payload, ON_OFF)}

    def reports(self) -> dict[str, str]:
        return {"state": "ON" if self.state.get("on") else "OFF"}


class Plug(PlainLight):
    """A switch."""

    component = "switch"


class Blinds(Simulated):
    """A cover that takes its time."""

    component = "cover"

    def settings(self) -> dict[str, Any]:
        return {"cmd_t": "~/set", "stat_t": "~/state", "pos_t": "~/position", "set_pos_t": "~/position/set"}

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        here = int(self.state.get("position", HIGHEST))
        if topic == "set" and payload == "STOP":
            yield {"moving": ""}
            return
        goal = int(float(payload)) if topic == "position/set" else one_of(payload, {"OPEN": HIGHEST, "CLOSE": LOWEST})
        if not LOWEST <= goal <= HIGHEST:
            raise ValueError(f"no such position: {goal}")
        moving = "opening" if goal > here else "closing"
        yield {"moving": moving}
        for quarter in (1, 2, 3):
            yield {"position": round(here + (goal - here) * quarter / 4), "moving": moving}
        yield {"position": goal, "moving": ""}

    def reports(self) -> dict[str, str]:
        position = self.state.get("position", HIGHEST)
        return {"position": str(position), "state": self.state.get("moving") or ("open" if position else "closed")}


class Thermostat(Simulated):
    """A climate device."""

    component = "climate"

    def settings(self) -> dict[str, Any]:
        able = self.device.capabilities
        return {
            "modes": list(able.modes), "mode_cmd_t": "~/mode/set", "mode_stat_t": "~/state",
            "mode_stat_tpl": "{{ value_json.mode }}", "temp_cmd_t": "~/temperature/set", "temp_stat_t": "~/state",
            "temp_stat_tpl": "{{ value_json.temperature }}", "curr_temp_t": "~/state",
            "curr_temp_tpl": "{{ value_json.current_temperature }}", "min_temp": able.min_temperature,
            "max_temp": able.max_temperature, "temp_step": able.step,
        }

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        able = self.device.capabilities
        if topic == "mode/set":
            yield {"mode": one_of(payload, {mode: mode for mode in able.modes})}
        else:
            yield {"temperature": min(max(float(payload), able.min_temperature), able.max_temperature)}

    def reports(self) -> dict[str, str]:
        keys = ("mode", "temperature", "current_temperature")
        return {"state": json.dumps({key: self.state.get(key) for key in keys})}


class DoorLock(Simulated):
    """A lock."""

    component = "lock"

    def settings(self) -> dict[str, Any]:
        return {"cmd_t": "~/set", "stat_t": "~/state"}

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        yield {"locked": one_of(payload, {"LOCK": True, "UNLOCK": False})}

    def reports(self) -> dict[str, str]:
        return {"state": "LOCKED" if self.state.get("locked") else "UNLOCKED"}


class Meter(Simulated):
    """A sensor that always tells the same."""

    component = "sensor"

    def settings(self) -> dict[str, Any]:
        unit = self.device.capabilities.unit
        return {"stat_t": "~/state", "val_tpl": "{{ value_json.value }}", **({"unit_of_meas": unit} if unit else {})}

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        raise ValueError("a sensor takes no commands")

    def reports(self) -> dict[str, str]:
        return {"state": json.dumps({"value": self.state.get("value")})}


class Detector(Meter):
    """A binary sensor that always tells the same."""

    component = "binary_sensor"

    def settings(self) -> dict[str, Any]:
        return {"stat_t": "~/state"}

    def reports(self) -> dict[str, str]:
        return {"state": "ON" if self.state.get("on") else "OFF"}


_KINDS: dict[str, Callable[[Device, Area | None, str], Simulated]] = {
    "switch": Plug, "cover": Blinds, "climate": Thermostat, "lock": DoorLock, "sensor": Meter,
    "binary_sensor": Detector, "fan": Ventilator, "scene": Scenery, "media_player": Player,
}


def simulate(device: Device, area: Area | None, base: str) -> Simulated:
    """The simulated form of a device of the household."""
    able = device.capabilities
    if device.kind == "light":
        plain = not (able.brightness or able.colour or able.kelvin)
        return PlainLight(device, area, base) if plain else DimmableLight(device, area, base)
    return _KINDS[device.kind](device, area, base)
