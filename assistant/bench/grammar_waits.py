"""The assistant's own endpointer at the pauses of recorded orders: how long it waits in each, and whether for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.asr.base import Hypothesis, Recognizer
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench import report
from assistant.bench.pauses import Pause, Utterance
from assistant.bench.waiting import Pauses, figures
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import load_sentences_yaml
from assistant.registry import Registry
from assistant.turns.endpoint import Endpoint, EndpointConfig, accepted, decide
from assistant.turns.judge import Thresholds
from assistant.turns.rivals import weighed


@dataclass(frozen=True, slots=True)
class Wait:
    """What the endpointer does in a pause."""

    seconds: float
    provisional: bool
    """Whether the utterance goes on if the speaker does."""


class GrammarEndpointer:
    """The rules of ``assistant.turns``, with a recogniser that knows one skill."""

    def __init__(self, skill: Path, backend: str = "moonshine") -> None:
        grammar = self._grammar = Grammar()
        grammar.set_sentences(skill.name, load_sentences_yaml(skill / "sentences.yaml", skill.name))
        self._recognizer: Recognizer = Registry().build("asr", backend, {}, grammar=grammar)
        self._config = EndpointConfig()
        self._accept = Thresholds().accept

    def wait(self, utterance: Utterance, pause: Pause) -> Wait:
        """How long it waits in a pause that does not end before."""
        config, generator = self._config, np.random.default_rng(0)
        stream = self._recognizer.stream(View())
        stream.feed(utterance.heard(pause, config.again, generator), 0)
        early = pause.at + round(config.speculate * SAMPLE_RATE)
        found = [stream.decode(early)]
        for silence in sorted({config.closed, config.open, config.careful, config.again, config.incomplete}):
            if silence == config.careful and not accepted(self._weighed(found), config.certain):
                found.append(stream.decode(early, careful=True))
            if silence == config.again and not accepted(self._weighed(found), self._accept):
                found.append(stream.decode(careful=True))
            end = decide(config, silence, self._weighed(found), self._accept)
            if end is not Endpoint.WAIT:
                stream.close()
                return Wait(silence, end is Endpoint.PROVISIONAL)
        raise AssertionError("the longest pause always ends an utterance")

    def _weighed(self, found: list[Hypothesis]) -> Hypothesis:
        return weighed(found, self._meaning)

    def _meaning(self, text: str) -> object:
        found = self._grammar.match(text, View())
        return (found[0].intent, found[0].slots) if found else None


def grammar_results(endpointer: GrammarEndpointer, orders: Sequence[Utterance]) -> dict[str, Any]:
    """Keys of the policy *grammar*."""
    pauses = Pauses.of(orders)
    inner = [endpointer.wait(one, pause) for one in orders for pause in one.pauses[:-1]]
    ends = [endpointer.wait(one, one.pauses[-1]) for one in orders]
    final = np.array([np.inf if wait.provisional else wait.seconds for wait in inner], np.float64)
    early = np.array([wait.seconds for wait in inner], np.float64)
    taken_up = pauses.cut_off(early) & ~pauses.cut_off(final)
    delays = np.array([wait.seconds for wait in ends])
    return {**figures(pauses.cut_off(final), delays), "taken_up": report.share(int(taken_up.sum()), pauses.count)}
