"""Wav2Vec2 under the grammar: one pass of the network, then a search over letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from assistant.asr.constrained.ctc import beam_search, greedy, log_probability
from assistant.asr.constrained.pieces import Pieces
from assistant.asr.constrained.search import BeamConfig, Found, Sentence, Task, Tokens, best_of
from assistant.asr.constrained.way import Way
from assistant.asr.fold import fold_any
from assistant.asr.transformers.load import padded
from assistant.audio.frames import SAMPLE_RATE, Floats

WIDER = 4
"""So many times as wide is the beam as one over pieces: a letter decides less, and costs no pass of the network."""
OPEN_SLOT = 0.9
"""Where so large a share of the letters may follow, the grammar has an open slot."""


class CtcSearcher:
    """Searches with one model.

    Args:
        model: a ``Wav2Vec2ForCTC``, ready to be run.
        features: its ``Wav2Vec2FeatureExtractor``.
        letters: its vocabulary, the blank as the end of a text.
    """

    tokens_per_piece = 4.0

    def __init__(self, model: Any, features: Any, letters: Pieces) -> None:
        self._model = model
        self._features = features
        self.pieces = letters
        capitals = "".join(letters.pieces)
        self._only_capitals = capitals == capitals.upper()

    def hear(self, sound: Floats, drafts: Sequence[Tokens]) -> CtcHeard:
        """Run the network on a piece of sound. The search is too cheap for drafts."""
        del drafts
        inputs = self._features(padded(sound), sampling_rate=SAMPLE_RATE, return_tensors="pt").input_values
        with torch.inference_mode():
            logits = self._model(inputs.to(self._model.device, self._model.dtype)).logits[0]
        frames = logits.float().log_softmax(-1).cpu().numpy()
        return CtcHeard(self, frames)

    def text(self, tokens: Tokens) -> str:
        """What letters spell; in small letters where the network knows no others."""
        text = "".join(self.pieces.pieces[token] for token in tokens).strip()
        return text.lower() if self._only_capitals else text


class CtcHeard:
    """Probabilities of letters.

    Args:
        frames: natural-log probabilities, float32[frames, letters].
    """

    def __init__(self, searcher: CtcSearcher, frames: Floats) -> None:
        self._searcher = searcher
        self._blank = searcher.pieces.eos
        self._frames = frames

    def find(self, task: Task) -> Found:
        """The best sentences and the best free text, each with the probability of all its alignments."""
        config = replace(task.config, width=WIDER * task.config.width)
        free_way = Way(None, task.prefix)
        free = greedy(self._frames, self._blank)
        if task.prefix is not None:
            free = next(iter(self._texts(free_way, config, task)), ())
        free_score, since = self._score(free), free_way.prefix_length(free)
        way = Way(task.constraint, task.prefix, task.start)
        texts = self._texts(way, config, task) if task.constraint is not None else []
        sentences = [self._sentence(way, tokens) for tokens in texts]
        found = best_of(sentences, free, free_score, task.config, self._searcher.tokens_per_piece)
        # Frames belong to no letter alone: the prefix has its share of them.
        return Found(found, free[since:], free_score, free, free_score * since / max(1, len(free)))

    def _texts(self, way: Way, config: BeamConfig, task: Task) -> list[Tokens]:
        return beam_search(self._frames, self._blank, way, config, task.given_up)

    def _score(self, tokens: Tokens) -> float:
        return log_probability(self._frames, tokens, self._blank)

    def _sentence(self, way: Way, tokens: Tokens) -> Sentence:
        state = way.walk(tokens)
        assert state is not None
        own = tokens[way.prefix_length(tokens) :]
        many, text = OPEN_SLOT * sum(map(str.isalpha, self._searcher.pieces.pieces)), self._searcher.text(own)
        return Sentence(
            own, tokens, fold_any(text), self._score(tokens), state[1], way.is_final(state),
            way.count_open(tokens, many),
        )
