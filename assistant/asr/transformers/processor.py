"""What ``generate`` is told at each token: what the grammar allows, and whether anybody still waits."""

from __future__ import annotations

from collections.abc import Callable

import torch
from transformers import LogitsProcessor

from assistant.asr.constrained.search import Tokens
from assistant.asr.constrained.way import State, Way
from assistant.errors import Abandoned


class GrammarProcessor(LogitsProcessor):
    """Leaves of the scores of each hypothesis those of the tokens that may follow it.

    Scores are cut, not spread anew over what is left: in a beam search they stay the model's own log-probabilities.

    Args:
        way: what may be written.
        prompt: tokens at the beginning that are not part of the text.
        eos: token that ends a text.
    """

    def __init__(self, way: Way, prompt: int, eos: int) -> None:
        self._way = way
        self._prompt = prompt
        self._eos = eos
        self._states: dict[Tokens, State | None] = {(): way.start}
        self._kept: dict[State, torch.Tensor] = {}

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Cut scores float[hypotheses, vocabulary] that follow input_ids int64[hypotheses, tokens]."""
        cut = torch.full_like(scores, -torch.inf)
        for row, tokens in enumerate(input_ids[:, self._prompt :].tolist()):
            state = self._state(tuple(tokens))
            if state is None:
                continue
            if self._way.allowed(state) is None:
                cut[row] = scores[row]
            else:
                kept = self._tokens_after(state).to(scores.device)
                cut[row, kept] = scores[row, kept]
        return cut

    def _state(self, tokens: Tokens) -> State | None:
        """Where a hypothesis stands; None for one that ``generate`` keeps though it is none: ended, or impossible."""
        if tokens not in self._states:
            before = self._state(tokens[:-1])
            self._states[tokens] = self._way.follow(before, tokens[-1]) if before is not None else None
        return self._states[tokens]

    def _tokens_after(self, state: State) -> torch.Tensor:
        if state not in self._kept:
            allowed = self._way.allowed(state)
            ids = [] if allowed is None else allowed.tolist()
            self._kept[state] = torch.tensor([*ids, *[self._eos] * self._way.may_end(state)], dtype=torch.int64)
        return self._kept[state]


class AbandonProcessor(LogitsProcessor):
    """Ends ``generate`` in the middle of a text that nobody waits for any more.

    Args:
        given_up: whether that is so.
    """

    def __init__(self, given_up: Callable[[], bool]) -> None:
        self._given_up = given_up

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The scores as they are.

        Raises:
            Abandoned: nobody waits for the text.
        """
        if self._given_up():
            raise Abandoned("the search was given up", where="recogniser")
        return scores
