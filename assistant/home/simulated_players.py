"""The fan, the scene and the media player of the simulated home."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from assistant.home.kinds.fan import step_of
from assistant.home.simulated_device import HIGHEST, LOWEST, ON_OFF, Simulated, one_of

SWINGS = {"oscillate_on": True, "oscillate_off": False}
DIRECTIONS = {"forward": "forward", "reverse": "reverse"}
TRACKS = ("Morning Light", "Blue Hour", "Slow Train")
"""What a simulated player plays, one after another."""


class Ventilator(Simulated):
    """A fan."""

    component = "fan"

    def settings(self) -> dict[str, Any]:
        able = self.device.capabilities
        body: dict[str, Any] = {"cmd_t": "~/set", "stat_t": "~/state", "stat_val_tpl": "{{ value_json.on }}"}
        parts = (("pct", "percentage", able.speeds), ("pr_mode", "preset", able.presets),
                 ("osc", "oscillating", able.oscillation), ("dir", "direction", able.direction))
        for short, key, can in parts:
            if can:
                path = f"{{{{ value_json.{key} }}}}"
                body |= {f"{short}_cmd_t": f"~/{key}/set", f"{short}_stat_t": "~/state", f"{short}_val_tpl": path}
        if able.speeds:
            body |= {"spd_rng_min": 1, "spd_rng_max": able.speeds}
        return body | ({"pr_modes": list(able.presets)} if able.presets else {})

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        able = self.device.capabilities
        match topic:
            case "set":
                yield {"on": one_of(payload, ON_OFF)}
            case "percentage/set":
                yield {"percentage": int(payload) * 100 // able.speeds, "preset": None}
            case "preset/set":
                yield {"preset": one_of(payload, {word: word for word in able.presets})}
            case "oscillating/set":
                yield {"oscillating": one_of(payload, SWINGS)}
            case "direction/set":
                yield {"direction": one_of(payload, DIRECTIONS)}

    def reports(self) -> dict[str, str]:
        state, speeds = self.state, self.device.capabilities.speeds
        body: dict[str, Any] = {
            "on": "ON" if state.get("on") else "OFF", "preset": state.get("preset") or "None",
            "oscillating": "oscillate_on" if state.get("oscillating") else "oscillate_off",
            "direction": state.get("direction") or "forward",
        }
        if speeds:
            body["percentage"] = step_of(int(state.get("percentage") or HIGHEST), speeds)
        return {"state": json.dumps(body)}


class Scenery(Simulated):
    """A scene: it takes its order, and there is nothing to tell."""

    component = "scene"

    def settings(self) -> dict[str, Any]:
        return {"cmd_t": "~/set"}

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        one_of(payload, {"ON": True})
        return ()

    def reports(self) -> dict[str, str]:
        return {}


class Player(Simulated):
    """A media player. Its announcement is ours alone, and names topics as the household's file does."""

    component = "media_player"

    def settings(self) -> dict[str, Any]:
        body = {"command_topic": "~/set", "state_topic": "~/state", "state_template": "{{ value_json.playback }}",
                "media_command_topic": "~/media/set", "title_topic": "~/state",
                "title_template": "{{ value_json.title }}", "volume_command_topic": "~/volume/set",
                "volume_state_topic": "~/state", "volume_template": "{{ value_json.volume }}"}
        for name, key in (("mute", "muted"), ("shuffle", "shuffle"), ("repeat", "repeat")):
            body |= {f"{name}_command_topic": f"~/{key}/set", f"{name}_state_topic": "~/state",
                     f"{name}_template": f"{{{{ value_json.{key} }}}}"}
        return body

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        key = topic.removesuffix("/set")
        if key == "media":
            yield {"playback": "playing", "title": payload}
        elif key == "volume":
            yield {"volume": min(max(round(float(payload)), LOWEST), HIGHEST)}
        elif key in ("muted", "shuffle", "repeat"):
            yield {key: one_of(payload, ON_OFF)}
        else:
            yield self._press(payload)

    def _press(self, word: str) -> dict[str, Any]:
        change = one_of(word, {"play": {"playback": "playing"}, "pause": {"playback": "paused"},
                                "stop": {"playback": "stopped"}, "next": {}, "previous": {}})
        title = self.state.get("title")
        at = TRACKS.index(title) if title in TRACKS else -1
        if word in ("next", "previous"):
            return {"title": TRACKS[(at + (1 if word == "next" else -1)) % len(TRACKS)]}
        return change if title or word != "play" else {**change, "title": TRACKS[0]}

    def reports(self) -> dict[str, str]:
        state = self.state
        body: dict[str, Any] = {
            "playback": state.get("playback", "stopped"), "title": state.get("title") or "",
            "volume": state.get("volume", HIGHEST),
            **{key: "ON" if state.get(key) else "OFF" for key in ("muted", "shuffle", "repeat")},
        }
        return {"state": json.dumps(body)}
