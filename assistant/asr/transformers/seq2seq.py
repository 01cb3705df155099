"""Whisper and Moonshine under the grammar: one pass of the encoder, then sentences and free text with ``generate``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig, GenerationMixin, LogitsProcessorList

from assistant.asr.constrained.search import Found, Sentence, Task, Tokens, best_of
from assistant.asr.constrained.way import Way
from assistant.asr.fold import fold_any
from assistant.asr.transformers.cache import SharedSound, empty, with_sound_of
from assistant.asr.transformers.processor import AbandonProcessor, GrammarProcessor
from assistant.asr.transformers.tokens import TokenizerPieces
from assistant.audio.frames import SAMPLE_RATE, Floats

TOKENS_PER_SECOND = 7.0
"""Fast speech has about 5; Moonshine's authors cut at 6.5 because beyond it repeats itself."""
SPARE_TOKENS = 6
"""More than that for punctuation, and for names in small pieces."""
CACHE_NAMES = ("cache", "past_key_values")
"""What the library calls the cache, lately and before."""
GivenUp = Callable[[], bool]
IMPOSSIBLE = -1e8
"""Scores below are those of places in the beam that nothing filled."""
OPEN_SLOT = 0.3
"""Where so large a share of the vocabulary may follow, the grammar has an open slot."""


@dataclass(frozen=True, slots=True)
class Family:
    """What distinguishes Whisper from Moonshine."""

    inputs: Callable[[Floats], torch.Tensor]
    """Sound, float32[n] at 16 kHz, to what the encoder takes, float32[1, ...]."""
    prompt: Tokens
    """What the decoder is given before the text."""
    longest_text: int
    """Tokens that the decoder has positions for, the prompt's included."""
    suppressed: tuple[int, ...] = ()
    """Tokens that are never written."""
    suppressed_first: tuple[int, ...] = ()
    """Tokens that no text begins with."""


class Seq2SeqSearcher:
    """Searches with one model.

    Args:
        model: a ``WhisperForConditionalGeneration`` or ``MoonshineForConditionalGeneration``, ready to be run.
    """

    tokens_per_piece = 1.0

    def __init__(self, model: Any, pieces: TokenizerPieces, family: Family) -> None:
        self.model = model
        self.pieces = pieces
        self.family = family
        self.cache_name = next(name for name in CACHE_NAMES if name in inspect.signature(model.forward).parameters)

    def hear(self, sound: Floats, drafts: Sequence[Tokens]) -> Seq2SeqHeard:
        """Encode a piece of sound. Drafts are of no use to ``generate``."""
        del drafts
        inputs = self.family.inputs(sound).to(self.model.device, self.model.dtype)
        with torch.inference_mode():
            encoded = self.model.get_encoder()(inputs)
        return Seq2SeqHeard(self, encoded, len(sound) / SAMPLE_RATE)

    def text(self, tokens: Tokens) -> str:
        """What tokens spell."""
        return self.pieces.text(tokens)


class Seq2SeqHeard:
    """Sound that has been encoded."""

    def __init__(self, searcher: Seq2SeqSearcher, encoded: Any, seconds: float) -> None:
        self._model = searcher.model
        self._pieces = searcher.pieces
        self._family = searcher.family
        self._cache_name = searcher.cache_name
        self._output = encoded
        room = searcher.family.longest_text - len(searcher.family.prompt) - 1
        self._longest = min(room, round(seconds * TOKENS_PER_SECOND) + SPARE_TOKENS)

    @torch.inference_mode()
    def find(self, task: Task) -> Found:
        """The best sentences and the best free text, each with its log-probability under the model."""
        free_way, cache = Way(None, task.prefix), empty()
        free, worth = self._free(free_way, cache, task.given_up)
        since, free_score = free_way.prefix_length(free), sum(worth)
        sentences: tuple[Sentence, ...] = ()
        if task.constraint is not None:
            way = Way(task.constraint, task.prefix, task.start)
            # At width 1 generate would be greedy, and tell no scores.
            width = max(2, task.config.width)
            sentences = best_of(self._sentences(way, width, cache, task.given_up), free, free_score, task.config)
        return Found(sentences, free[since:], free_score, free, sum(worth[:since]))

    def _free(self, way: Way, cache: SharedSound, given_up: GivenUp) -> tuple[Tokens, list[float]]:
        """The greedy text, the prefix included, and the log-probability of each of its tokens, its end the last."""
        out = self._generate(
            None if way.allowed(way.start) is None else way, 1, cache, given_up, output_logits=True
        )
        (text,) = self._texts(out)
        scores = torch.cat(out.logits).float().log_softmax(-1)
        ended = len(text) < len(scores)
        written = [*text, *[self._pieces.eos] * ended]
        return text, scores[range(len(written)), written].tolist()

    def _sentences(self, way: Way, width: int, cache: SharedSound, given_up: GivenUp) -> Iterator[Sentence]:
        out = self._generate(
            way, width, with_sound_of(cache, width), given_up, num_return_sequences=width, length_penalty=0.0,
            output_scores=True,
        )
        for tokens, score in zip(self._texts(out), out.sequences_scores.tolist(), strict=True):
            state = way.walk(tokens)
            # Where the grammar has fewer sentences than the beam is wide, generate fills up with what is forbidden,
            # and at the limit with what has not come to its end.
            if state is not None and way.may_end(state) and len(tokens) < self._longest and score > IMPOSSIBLE:
                yield self._sentence(way, tokens, score)

    def _generate(
        self, way: Way | None, width: int, cache: SharedSound, given_up: GivenUp, **settings: Any
    ) -> Any:
        """Beam search or, at width 1, the greedy text.

        Raises:
            Abandoned: nobody waits for it any more.
        """
        prompt, eos = self._family.prompt, self._pieces.eos
        grammar = [GrammarProcessor(way, len(prompt), eos)] if way is not None else []
        config = GenerationConfig(
            num_beams=width, do_sample=False, max_length=len(prompt) + self._longest, decoder_start_token_id=prompt[0],
            eos_token_id=eos, pad_token_id=eos, suppress_tokens=list(self._family.suppressed) or None,
            begin_suppress_tokens=list(self._family.suppressed_first) or None, return_dict_in_generate=True, **settings,
        )
        # Whisper's own generate looks for timestamps and languages and splits long sound: none of it is wanted here.
        return GenerationMixin.generate(
            self._model, encoder_outputs=self._encoded(), generation_config=config,
            decoder_input_ids=torch.tensor([prompt], device=self._model.device),
            logits_processor=LogitsProcessorList([AbandonProcessor(given_up), *grammar]),
            **{self._cache_name: cache},
        )

    def _texts(self, out: Any) -> Iterator[Tokens]:
        eos = self._pieces.eos
        for row in out.sequences[:, len(self._family.prompt) :].tolist():
            yield tuple(row[: row.index(eos)] if eos in row else row)

    def _encoded(self) -> Any:
        """The encoder's output; a new object each time, as ``generate`` changes the one that it is given."""
        return type(self._output)(last_hidden_state=self._output.last_hidden_state)

    def _sentence(self, way: Way, tokens: Tokens, score: float) -> Sentence:
        state = way.walk(tokens)
        assert state is not None
        own = tokens[way.prefix_length(tokens) :]
        many, text = OPEN_SLOT * len(self._pieces.pieces), self._pieces.text(own)
        return Sentence(
            own, tokens, fold_any(text), score, state[1], way.is_final(state),
            way.count_open(tokens, many),
        )
