"""Remarks about the wake phrases of a configuration: right, but not good ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.config.models import Config
from assistant.wake.advice import advise

if TYPE_CHECKING:
    from assistant.grammar.grammar import Grammar


def remarks_on(config: Config, phrase: str) -> list[str]:
    """What speaks against one of the wake phrases."""
    from assistant.skills.check import skills_grammar

    wake = next(wake for wake in config.wake if wake.phrase == phrase)
    others = [other.call for other in config.wake if other is not wake]
    return advise(wake.call, others, skills_grammar(config), typed=wake.backend == "phrase")


def wake_remarks(config: Config, grammar: Grammar | None = None) -> Iterator[tuple[str, str]]:
    """Line of the settings and remark, for all that speaks against a wake phrase.

    Args:
        grammar: of the loaded skills; None: it is built.
    """
    from assistant.skills.check import skills_grammar

    grammar = skills_grammar(config) if grammar is None else grammar
    many = isinstance(config.written.get("wake"), list)
    for at, wake in enumerate(config.wake):
        others = [other.call for other in config.wake if other is not wake]
        where = config.where("wake", *([at] if many else []))
        for text in advise(wake.call, others, grammar, typed=wake.backend == "phrase"):
            yield where, f"the wake phrase “{wake.phrase}”: {text}"
