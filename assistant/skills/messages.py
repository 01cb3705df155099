"""What travels between the agent and a skill's process, and its form as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from assistant.errors import SkillError

BEST_FIRST = ("info", "done", "already", "cancelled", "refused", "failed")
OUTCOMES = frozenset(BEST_FIRST)
"""What a skill may say became of an order; the same words as in the event ``Answered``."""
LONGEST_ANSWER = 2000
"""Characters: two minutes of speech; beyond it is a mistake."""
LARGEST_MEMORY = 50
"""Entries that an answer may ask to be remembered."""

Message = TypeVar("Message", bound="_Message")


class _Message:
    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True, slots=True)
class HandleRequest(_Message):
    """An order for a skill."""

    skill: str
    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    """The words."""
    source: str = ""
    turn: str = ""
    area: str = ""
    """Room of the source."""
    person: str = ""
    """Who spoke; empty if nobody knows."""
    conversation: Mapping[str, Any] = field(default_factory=dict)
    """``intent``, ``slots``, ``devices``, ``answer``, ``heard``, ``certainty``, ``outcome`` and ``reason`` of the order
    before; ``missed`` words; this skill's ``memory``."""
    meant: Mapping[str, Any] = field(default_factory=dict)
    """What those slots mean whose values are the words as said."""
    now: str = ""
    """Local time with its zone, ISO 8601; empty: the present moment."""
    written: str = ""
    """The words as they were written, with capitals and marks."""
    given_by: tuple[str, ...] = ()
    """Skills that gave it, each to the next; none: a person did."""

    @classmethod
    def from_dict(cls, data: Any) -> HandleRequest:
        """The request that ``to_dict`` wrote.

        Raises:
            SkillError: it is none.
        """
        return _read(cls, data)


@dataclass(frozen=True, slots=True)
class Answer(_Message):
    """What a skill answers. A handler may return plain text instead: then the order is done."""

    text: str = ""
    """To be spoken: short, the outcome first. Empty: nothing is said."""
    outcome: str = "done"
    """``done``, ``already``, ``failed``, ``refused``, ``cancelled`` or ``info``."""
    continue_conversation: bool = False
    """Whether the answer invites another order."""
    devices: tuple[str, ...] = ()
    """Identifiers of the devices it was about: what "it" means next."""
    remember: Mapping[str, Any] = field(default_factory=dict)
    """Given back to this skill with the same source's next order, for two minutes (``ctx.memory``)."""
    forget: bool = False
    """Whether what was remembered before is forgotten; without it, and with nothing to remember, it stays."""
    why: str = ""
    """For whoever asks "why?"; empty where the text says it."""

    @classmethod
    def from_dict(cls, data: Any) -> Answer:
        """The answer in plain data that came from a skill.

        Raises:
            SkillError: it is none, or larger than can be meant.
        """
        answer = _read(cls, data)
        lists = isinstance(answer.devices, list | tuple) and isinstance(answer.remember, Mapping)
        texts = (answer.text, answer.outcome, answer.why, *answer.devices) if lists else ()
        if not lists or not all(isinstance(text, str) for text in texts):
            raise SkillError("an answer with a field of the wrong type")
        if answer.outcome not in OUTCOMES:
            raise SkillError(f"unknown outcome {answer.outcome!r}", mend=f"one of: {', '.join(sorted(OUTCOMES))}")
        if len(answer.text) + len(answer.why) > LONGEST_ANSWER or len(answer.remember) > LARGEST_MEMORY:
            raise SkillError("an answer larger than anybody would listen to")
        devices = tuple(answer.devices)
        going_on, forget = bool(answer.continue_conversation), bool(answer.forget)
        return cls(answer.text, answer.outcome, going_on, devices, answer.remember, forget, answer.why)


def joined(answers: Sequence[Answer]) -> Answer:
    """The one answer to several orders, without SSML; its outcome is that of the order that went least well."""
    if len(answers) == 1:
        return answers[0]
    from assistant.tts.markup.ssml import words_of  # only where several are joined: not in every skill's process

    return Answer(
        _sentences(words_of(answer.text) for answer in answers),
        max((answer.outcome for answer in answers), key=BEST_FIRST.index),
        answers[-1].continue_conversation, tuple(device for answer in answers for device in answer.devices),
        why=_sentences(answer.why or answer.text for answer in answers) if any(one.why for one in answers) else "",
    )


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(_ended(text) for text in texts if text)


def _ended(text: str) -> str:
    """A text as a sentence."""
    return text if text[-1] in ".!?…" else f"{text}."


@dataclass(frozen=True, slots=True)
class Request(_Message):
    """What a skill asks of the agent while it handles an order."""

    call: int
    """Which order; only its own skill knows the number."""
    name: str
    args: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Any) -> Request:
        """The request that ``to_dict`` wrote.

        Raises:
            SkillError: it is none.
        """
        request = _read(cls, data)
        numbered = isinstance(request.call, int)
        if not numbered or not isinstance(request.name, str) or not isinstance(request.args, Mapping):
            raise SkillError("a request without a number, a name or arguments")
        return request


def _read(kind: type[Message], data: Any) -> Message:
    try:
        return kind(**data)
    except TypeError as error:
        raise SkillError(f"no {kind.__name__}: {error}") from error
