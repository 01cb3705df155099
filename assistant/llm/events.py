"""Server-sent events of ``chat/completions``: bytes to pieces of text and of tool calls, within limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.errors import LinkError, LinkGarbled
from assistant.llm.base import Call

LONGEST_LINE = 1 << 20
"""Bytes of one event."""
MOST_CALLS = 8
"""Of one reply."""
LONGEST_ARGUMENTS = 10_000
"""Characters."""
DONE = "[DONE]"


class Reply:
    """Reads one reply as its bytes come.

    Attributes:
        done: the server said that it is whole.
        calls: the calls so far; whole once ``done``.
    """

    def __init__(self) -> None:
        self.done = False
        self._rest = b""
        self._calls: dict[int, dict[str, str]] = {}

    @property
    def calls(self) -> list[Call]:
        """In the order in which the model wants them made."""
        return [
            Call(part["id"] or f"call_{index}", part["name"], part["arguments"])
            for index, part in sorted(self._calls.items())
        ]

    def feed(self, data: bytes) -> Iterator[str]:
        """The text in the next bytes.

        Raises:
            LinkGarbled: this is no such stream.
            LinkError: the server says that it failed.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if max(map(len, (*lines, self._rest))) > LONGEST_LINE:
            raise LinkGarbled("one event is larger than a megabyte")
        for line in lines:
            text = line.strip().decode("utf-8", "replace")
            if text.startswith("data:"):
                yield from self._event(text.removeprefix("data:").strip())
            elif text and not text.startswith((":", "event:", "id:", "retry:")):
                raise LinkGarbled(f"this is no stream of events: {text[:80]!r}")

    def _event(self, text: str) -> Iterator[str]:
        if text == DONE:
            self.done = True
            return
        try:
            event = json.loads(text)
            if isinstance(event, dict) and event.get("error"):
                raise LinkError(f"the server says: {_told(event['error'])}")
            choices = event.get("choices") or []
            yield from self._choice(choices[0]) if choices else ()
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
            raise LinkGarbled(f"this is no event of a reply: {text[:80]!r}") from error

    def _choice(self, choice: Mapping[str, Any]) -> Iterator[str]:
        delta = choice.get("delta") or {}
        for call in delta.get("tool_calls") or ():
            self._add(call)
        if delta.get("content"):
            yield str(delta["content"])
        if choice.get("finish_reason"):
            self.done = True

    def _add(self, call: Mapping[str, Any]) -> None:
        """A piece of a call: the first brings its name, the others more of its arguments."""
        index, function = int(call.get("index", len(self._calls))), call.get("function") or {}
        part = self._calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
        part["id"] = part["id"] or str(call.get("id") or "")
        part["name"] += str(function.get("name") or "")
        part["arguments"] += str(function.get("arguments") or "")
        if len(self._calls) > MOST_CALLS or len(part["arguments"]) > LONGEST_ARGUMENTS:
            raise LinkGarbled("more calls, or longer ones, than anybody means")


def _told(error: Any) -> str:
    return str(error.get("message", error) if isinstance(error, dict) else error)[:200]
