"""Words that skills give their lists while they run: names that people make up, things that stand on a list.

They are heard and understood beside the values of the skill's sentence file as soon as the grammar has them; the skill
gives them again at its next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.allowance import Allowance
from assistant.errors import SkillError
from assistant.grammar.base import Value
from assistant.grammar.sentences import Sentences
from assistant.grammar.symbols import symbols_of
from assistant.grammar.templates import is_template
from assistant.yamlfile import nearest

if TYPE_CHECKING:
    from assistant.skills.calls import SkillCall

MOST_VALUES = 1000
"""Values of one list."""
MOST_OF_SKILL = 2000
"""Values of all lists of a skill: a list is sent whole with each change."""
LONGEST_VALUE = 80
"""Characters; more nobody says as a name."""
BURST, PER_SECOND = 20, 2.0
"""Changes of a skill's lists: each is an edit of the grammar and of the recogniser's copy."""
PLAIN = (str, int, float, bool)
Changed = Callable[[str, str, Sequence[Value]], None]
"""(skill, list, all its values)"""


class Words:
    """What skills gave their lists, by skill and list."""

    def __init__(self) -> None:
        self._changed: Changed | None = None
        self._waiting: dict[tuple[str, str], Sequence[Value]] = {}
        """Lists that changed before the grammar was there to take them."""
        self._given: dict[str, dict[str, tuple[Value, ...]]] = {}
        self._allowances: dict[str, Allowance] = {}

    async def request(self, call: SkillCall, args: Mapping[str, Any]) -> None:
        """Answer a skill that gives one of its lists values, in place of those it gave before.

        Raises:
            SkillError: its sentences have no such list, there are too many values, or they change too often.
            ValueError: a value cannot be said.
        """
        name, fixed = str(args["name"]), _fixed(call, str(args["name"]))
        values = tuple(_value(said, meant) for said, meant in args["values"])
        given = self._given.setdefault(call.skill, {})
        others = sum(len(held) for other, held in given.items() if other != name)
        if len(values) > MOST_VALUES or others + len(values) > MOST_OF_SKILL:
            most = f"a list takes {MOST_VALUES} values, all lists of a skill {MOST_OF_SKILL}"
            raise SkillError(f"{len(values)} values are too many for the list {{{name}}}",
                             where=f"skill {call.skill}", mend=most)
        if given.get(name, ()) == values:
            return
        allowance = self._allowances.setdefault(call.skill, Allowance(BURST, PER_SECOND))
        if not allowance.take(asyncio.get_running_loop().time()):
            raise SkillError(f"changes the list {{{name}}} too often", where=f"skill {call.skill}",
                             mend="give all values at once")
        given[name] = values
        if self._changed is None:
            self._waiting[call.skill, name] = (*fixed, *values)
        else:
            self._changed(call.skill, name, (*fixed, *values))

    def connect(self, changed: Changed) -> None:
        """Put lists into a grammar from here on, with those that changed until now.

        Args:
            changed: puts one into it; called on the event loop.
        """
        self._changed = changed
        for (skill, name), values in self._waiting.items():
            changed(skill, name, values)
        self._waiting.clear()

    def over(self, skill: str, sentences: Sentences) -> Sentences:
        """A skill's sentences with the values given since."""
        lists = dict(sentences.lists)
        for name, values in self._given.get(skill, {}).items():
            fixed = lists.get(name)
            if isinstance(fixed, tuple):
                lists[name] = (*fixed, *values)
        return replace(sentences, lists=lists)

    def forget(self, skill: str) -> None:
        """Of a skill that is gone."""
        self._given.pop(skill, None)


def _fixed(call: SkillCall, name: str) -> tuple[Value, ...]:
    """A list's values in the sentence file."""
    known = {list_name: values for list_name, values in call.lists.items() if isinstance(values, tuple)}
    if name not in known:
        mend = nearest(name, sorted(known)) or f"write `{name}: {{values: []}}` under lists in sentences.yaml"
        raise SkillError(f"its sentences have no list {{{name}}} of values", where=f"skill {call.skill}", mend=mend)
    return known[name]


def _value(said: Any, meant: Any) -> Value:
    if not isinstance(said, str) or len(said) > LONGEST_VALUE or is_template(said) or not symbols_of(said):
        raise ValueError(f"{said!r}: a value is said in plain words, at most {LONGEST_VALUE} characters")
    if not isinstance(meant, PLAIN):
        raise ValueError(f"{meant!r}: a value means a text, a number, true or false")
    return Value(said, meant)
