"""The words of the language model's link: what is sent, what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
"""Of ``chat/completions``: ``role``, ``content``, perhaps ``tool_calls`` or ``tool_call_id``."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call."""

    name: str
    """Letters, digits, ``_`` and ``-``; at most 64."""
    description: str
    parameters: Mapping[str, Any]
    """JSON schema of an object."""

    def plain(self) -> dict[str, Any]:
        """As ``chat/completions`` wants it."""
        function = {"name": self.name, "description": self.description, "parameters": dict(self.parameters)}
        return {"type": "function", "function": function}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that the model wants made."""

    id: str
    name: str
    arguments: str
    """JSON, or what the model takes for it."""

    def plain(self) -> dict[str, Any]:
        """As part of the model's message."""
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}
