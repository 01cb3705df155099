"""What Zigbee2MQTT says a device exposes, as the settings of Home Assistant's announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.home.announcement import read_topic
from assistant.home.payload import PayloadError, read_number, shorten

PUBLISHED, SETTABLE = 1, 2
"""Bits of a feature's ``access``."""
MOST_FEATURES = 200
SENSORS = {
    "temperature": "temperature", "humidity": "humidity", "pressure": "pressure", "illuminance": "illuminance",
    "illuminance_lux": "illuminance", "power": "power", "energy": "energy", "voltage": "voltage", "current": "current",
    "battery": "battery", "co2": "carbon_dioxide", "pm25": "pm25", "soil_moisture": "moisture",
    "device_temperature": "temperature",
}
"""Device classes of numbers, by name; others have none."""
DETECTORS = {
    "occupancy": "motion", "presence": "presence", "contact": "door", "water_leak": "moisture", "smoke": "smoke",
    "gas": "gas", "carbon_monoxide": "carbon_monoxide", "vibration": "vibration", "tamper": "tamper",
    "battery_low": "battery",
}
DIAGNOSTIC = frozenset((
    "battery", "battery_low", "tamper", "linkquality", "voltage", "device_temperature", "update_available",
))
"""What nobody asks a home for, where a bridge of an older version does not say so itself."""
SPEEDS = ("low", "medium", "high", "max", *map(str, range(1, 11)))
"""Modes of a fan that are speeds, slowest first; the others are presets."""


@dataclass(frozen=True, slots=True)
class Part:
    """One entity of a device."""

    kind: str
    object_id: str
    settings: dict[str, Any]
    main: bool = False
    """Whether it is what the device is: a lamp's light, not its battery."""


def parts(topic: str, exposes: Iterable[Any]) -> Iterator[Part | str]:
    """The entities among what a device exposes; a text is why one is not."""
    first = True
    for number, expose in enumerate(exposes):
        if number >= MOST_FEATURES:
            yield f"more than {MOST_FEATURES} features are left out"
            return
        try:
            found = _part(topic, expose, first)
        except PayloadError as error:
            yield str(error)
            continue
        if found is not None:
            first = first and not found.main
            yield found


def _part(topic: str, expose: Any, first: bool) -> Part | None:
    """One entity; None for what is no use to a voice: settings, actions, links."""
    if not isinstance(expose, dict):
        raise PayloadError(f"a feature is a JSON object, not {shorten(expose)}")
    kind = expose.get("type")
    if kind in _KINDS:
        features = _features(expose)
        end = _word(expose, "endpoint")
        settings = {"name": end.replace("_", " ") or None, **_KINDS[kind](topic, features)}
        return Part(str(kind), f"{kind}_{end}" if end else str(kind), settings, first)
    if kind in ("numeric", "binary"):
        return _reading(topic, expose)
    return None


def _features(expose: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The features of a light, a cover ... by name."""
    found = expose.get("features")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise PayloadError(f"the features of a {expose['type']} must be a list of objects")
    return {_word(one, "name"): one for one in found}


def _word(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isprintable() or set("'/+#") & set(value):
        raise PayloadError(f"{key} {shorten(value)} is no word")
    return value


def _access(feature: Mapping[str, Any]) -> int:
    value = feature.get("access", 0)
    return value if isinstance(value, int) else 0


def _path(feature: Mapping[str, Any]) -> str:
    return f"{{{{ value_json['{_word(feature, 'property')}'] }}}}"


def _set(topic: str, feature: Mapping[str, Any]) -> str:
    return read_topic(f"{topic}/set/{_word(feature, 'property')}", "property")


def _needed(features: Mapping[str, Mapping[str, Any]], name: str, kind: str) -> Mapping[str, Any]:
    if name not in features or not _word(features[name], "property"):
        raise PayloadError(f"a {kind} without {name} is not understood")
    return features[name]


def _words(feature: Mapping[str, Any]) -> list[str]:
    values = feature.get("values")
    if not isinstance(values, list):
        raise PayloadError(f"the values of {shorten(feature.get('name'))} must be a list")
    return [str(value) for value in values if isinstance(value, str | int)]


def _light(topic: str, features: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    state = _needed(features, "state", "light")
    if state["property"] != "state":
        return _one_of_several_lights(topic, state, features)
    modes = ["xy"] * ("color_xy" in features) or ["hs"] * ("color_hs" in features)
    settings: dict[str, Any] = {"schema": "json", "command_topic": f"{topic}/set", "state_topic": topic}
    if "brightness" in features:
        settings |= {"brightness": True, "brightness_scale": features["brightness"].get("value_max", 254)}
    if "color_temp" in features:
        modes.append("color_temp")
        settings |= _mireds(features["color_temp"])
    if modes:
        settings["supported_color_modes"] = modes
    return settings


def _mireds(feature: Mapping[str, Any]) -> dict[str, float]:
    pairs = (("value_min", "min_mireds"), ("value_max", "max_mireds"))
    return {name: read_number(feature[key]) for key, name in pairs if feature.get(key) is not None}


def _one_of_several_lights(
    topic: str, state: Mapping[str, Any], features: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """A lamp of a device that has more: its properties carry the endpoint's name, so each has a topic of its own."""
    settings: dict[str, Any] = {
        "state_topic": topic, "state_value_template": _path(state), "command_topic": _set(topic, state),
    }
    if "brightness" in features:
        level = features["brightness"]
        settings |= {
            "brightness_command_topic": _set(topic, level), "brightness_state_topic": topic,
            "brightness_value_template": _path(level), "brightness_scale": level.get("value_max", 254),
        }
    if "color_temp" in features:
        white = features["color_temp"]
        settings |= {"color_temp_command_topic": _set(topic, white), "color_temp_state_topic": topic,
                     "color_temp_value_template": _path(white), **_mireds(white)}
    return settings


def _switch(topic: str, features: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    state = _needed(features, "state", "switch")
    return {
        "state_topic": topic, "value_template": _path(state), "command_topic": _set(topic, state),
        "payload_on": state.get("value_on", "ON"), "payload_off": state.get("value_off", "OFF"),
    }


def _cover(topic: str, features: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    state, position = features.get("state"), features.get("position")
    if state is None and position is None:
        raise PayloadError("a cover without state or position is not understood")
    settings: dict[str, Any] = {"state_open": "OPEN", "state_closed": "CLOSE", "state_stopped": "STOP"}
    if state is not None:
        settings["command_topic"] = _set(topic, state)
        if "STOP" not in _words(state):
            settings["payload_stop"] = None
        if _access(state) & PUBLISHED:
            settings |= {"state_topic": topic, "value_template": _path(state)}
    if position is not None:
        settings |= {"position_topic": topic, "position_template": _path(position),
                     "set_position_topic": _set(topic, position)}
    return settings


def _lock(topic: str, features: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    state = _needed(features, "state", "lock")
    locked, unlocked = state.get("value_on", "LOCK"), state.get("value_off", "UNLOCK")
    return {
        "state_topic": topic, "value_template": _path(state), "command_topic": _set(topic, state),
        "payload_lock": locked, "payload_unlock": unlocked, "state_locked": locked, "state_unlocked": unlocked,
    }


def _climate(topic: str, features: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    names = ("occupied_heating_setpoint", "current_heating_setpoint", "occupied_cooling_setpoint")
    goal = next((features[name] for name in names if name in features), None)
    if goal is None:
        raise PayloadError("a climate device without a setpoint is not understood")
    settings: dict[str, Any] = {
        "temperature_command_topic": _set(topic, goal), "temperature_state_topic": topic,
        "temperature_state_template": _path(goal), "min_temp": goal.get("value_min"), "max_temp": goal.get("value_max"),
        "temp_step": goal.get("value_step"),
    }
    mode, now, action = (features.get(name) for name in ("system_mode", "local_temperature", "running_state"))
    if mode is not None:
        settings |= {"modes": _words(mode), "mode_state_topic": topic, "mode_state_template": _path(mode),
                     "mode_command_topic": _set(topic, mode)}
    if now is not None:
        settings |= {"current_temperature_topic": topic, "current_temperature_template": _path(now)}
    if action is not None:
        settings |= {"action_topic": topic, "action_template": _path(action)}
    return settings


def _fan(topic: str, features: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    state = _needed(features, "state", "fan")
    settings: dict[str, Any] = {
        "state_topic": topic, "state_value_template": _path(state), "command_topic": _set(topic, state),
        "payload_on": state.get("value_on", "ON"), "payload_off": state.get("value_off", "OFF"),
    }
    mode = features.get("mode")
    if mode is not None:
        words = _words(mode)
        speeds = [speed for speed in SPEEDS if speed in words]
        where = {"command_topic": _set(topic, mode), "state_topic": topic, "value_template": _path(mode)}
        if speeds:
            settings |= {f"percentage_{key}": value for key, value in where.items()} | {"speeds": speeds}
        presets = [word for word in words if word not in (*speeds, "off", "on")]
        if presets:
            settings |= {f"preset_mode_{key}": value for key, value in where.items()} | {"preset_modes": presets}
    return settings


def _reading(topic: str, expose: Mapping[str, Any]) -> Part | None:
    """A number or a yes or no that the device tells; what can be set is one of its settings."""
    name, access = _word(expose, "name"), _access(expose)
    if not access & PUBLISHED or access & SETTABLE or not _word(expose, "property"):
        return None
    binary = expose["type"] == "binary"
    settings: dict[str, Any] = {"state_topic": topic, "value_template": _path(expose)}
    if binary:
        settings |= {"payload_on": expose.get("value_on", True), "payload_off": expose.get("value_off", False)}
    elif expose.get("unit"):
        settings["unit_of_measurement"] = expose["unit"]
    device_class = (DETECTORS if binary else SENSORS).get(name)
    if device_class:
        settings["device_class"] = device_class
    else:
        settings["name"] = name.replace("_", " ")
    if name in DIAGNOSTIC or expose.get("category") in ("diagnostic", "config"):
        settings["entity_category"] = "diagnostic"
    end = _word(expose, "endpoint")
    if end:
        settings["name"] = f"{name} {end}".replace("_", " ")
    return Part("binary_sensor" if binary else "sensor", f"{name}_{end}" if end else name, settings)


_KINDS: dict[str, Callable[[str, Mapping[str, Mapping[str, Any]]], dict[str, Any]]] = {
    "light": _light, "switch": _switch, "cover": _cover, "lock": _lock, "climate": _climate, "fan": _fan,
}
