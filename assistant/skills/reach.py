"""What a skill may hear and send beyond its orders: MQTT messages and the bus's events, as far as its grants go."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import SkillError
from assistant.events import Event, encode, event_types
from assistant.home.topics import LONGEST, covers, fits, is_filter
from assistant.skills.manifest import EVENTS, MQTT
from assistant.yamlfile import nearest

if TYPE_CHECKING:
    from assistant.bus import Bus
    from assistant.skills.calls import SkillCall

LONGEST_PAYLOAD = 100_000
"""Characters of a message."""
SHOWN = 40
"""Characters of what is too long."""
Hear = Callable[[list[Any]], None]
End = Callable[[], None]


class MqttPort(Protocol):
    """The broker, as the home has it."""

    def listen(self, pattern: str, callback: Callable[[str, bytes], None]) -> End: ...

    async def publish(self, topic: str, payload: str, *, retain: bool = False, announce: bool = False) -> None: ...


Watch = Callable[[type[Event], Callable[[Event], None]], End]
"""(type, callback) -> the function that ends it."""


class Reach:
    """Grants for messages and events, enforced."""

    def __init__(self, mqtt: MqttPort, watch: Watch) -> None:
        self._mqtt = mqtt
        self._watch = watch

    def listen(self, call: SkillCall, kind: str, what: str, hear: Hear) -> End:
        """See ``SkillRequests.listen``."""
        if kind == "mqtt":
            if not fits(what):
                raise SkillError(_too_long(what), where=f"skill {call.skill}", mend="ask for a shorter one")
            if not is_filter(what):
                raise SkillError(f"{what!r} is no topic", where=f"skill {call.skill}",
                                 mend="`+` stands for one whole level, `#` for all that follow")
            _granted(call, MQTT, what, lambda grant: covers(grant, what))
            return self._mqtt.listen(what, lambda topic, payload: hear([topic, _words(payload)]))
        if what not in event_types():
            mend = nearest(what, sorted(event_types()))
            raise SkillError(f"there is no event {what!r}", where=f"skill {call.skill}", mend=mend)
        _granted(call, EVENTS, what, lambda grant: grant == what)
        return self._watch(event_types()[what], lambda event: hear([encode(event)]))

    async def publish(self, call: SkillCall, args: dict[str, Any]) -> None:
        """Send a message."""
        topic, payload = str(args["topic"]), args["payload"]
        if not isinstance(payload, str) or len(payload) > LONGEST_PAYLOAD:
            raise ValueError(f"a payload is a text of at most {LONGEST_PAYLOAD} characters")
        if not topic or "#" in topic or "+" in topic or not topic.isprintable():
            raise ValueError("a message needs one topic, without wildcards")
        if not fits(topic):
            raise ValueError(_too_long(topic))
        _granted(call, MQTT, topic, lambda grant: covers(grant, topic))
        announce = "announce" in call.manifest.grants
        await self._mqtt.publish(topic, payload, retain=bool(args["retain"]), announce=announce)


def watch_bus(bus: Bus) -> Watch:
    """How a skill hears of events on a bus: as an observer, which never makes a publisher wait."""

    def watch(kind: type[Event], callback: Callable[[Event], None]) -> End:
        observer = bus.observer(f"skills: {kind.__name__}", kind)

        async def pass_on() -> None:
            async for event in observer:
                if isinstance(event, kind):
                    callback(event)

        task = asyncio.get_running_loop().create_task(pass_on())

        def end() -> None:
            observer.close()
            with contextlib.suppress(RuntimeError):  # the loop has ended
                task.cancel()

        return end

    return watch


def _too_long(topic: str) -> str:
    return f"the topic {topic[:SHOWN]}... has more than {LONGEST:,} bytes, which MQTT cannot send"


def _words(payload: bytes) -> str:
    return payload[:LONGEST_PAYLOAD].decode("utf-8", "replace")


def _granted(call: SkillCall, kind: str, what: str, covered: Callable[[str], bool]) -> None:
    grants = [grant.removeprefix(kind) for grant in call.manifest.grants if grant.startswith(kind)]
    if not any(map(covered, grants)):
        raise SkillError(f"may not use {kind}{what}", where=f"skill {call.skill}",
                         mend=f"add '{kind}{what}' to its grants")
