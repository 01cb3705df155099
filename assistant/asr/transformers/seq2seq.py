"""Whisper and Moonshine under the grammar: one pass of the encoder, then sentences and free text with ``generate``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig, GenerationMixin, LogitsProcessorList

from assistant.asr.constrained.search import Found, Sentence, Task, Tokens, best_of
from assistant.asr.constrained.way import Way
from assistant.asr.fold import fold
from assistant.asr.transformers.processor import GrammarProcessor
from assistant.asr.transformers.tokens import TokenizerPieces
from assistant.audio.frames import SAMPLE_RATE, Floats

TOKENS_PER_SECOND = 7.0
"""Fast speech has about 5; Moonshine's authors cut at 6.5 because beyond it repeats itself."""
SPARE_TOKENS = 6
"""More than that for punctuation, and for names in small pieces."""
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
        self._output = encoded
        room = searcher.family.longest_text - len(searcher.family.prompt) - 1
        self._longest = min(room, round(seconds * TOKENS_PER_SECOND) + SPARE_TOKENS)

    @torch.inference_mode()
    def find(self, task: Task) -> Found:
        """The best sentences and the best free text, each with its log-probability under the model."""
        free_way = Way(None, task.prefix)
        free, ended = self._free(free_way)
        way = Way(task.constraint, task.prefix, task.start)
        texts = list(self._sentences(way, task.config.width)) if task.constraint is not None else []
        free_scores, *scores = self._log_probabilities([free, *texts])
        since = free_way.prefix_length(free)
        free_score = float(free_scores[: len(free) + ended].sum())
        found = [self._sentence(way, tokens, float(each.sum())) for tokens, each in zip(texts, scores, strict=True)]
        return Found(
            best_of(found, free_score, task.config), free[since:], free_score, free, float(free_scores[:since].sum())
        )

    def _free(self, way: Way) -> tuple[Tokens, bool]:
        """The greedy text after the prefix, with it, and whether it has come to its end."""
        tokens, ended = next(self._generate(way, width=1, processor=way.allowed(way.start) is not None))
        return tokens, ended

    def _sentences(self, way: Way, width: int) -> Iterator[Tokens]:
        for tokens, ended in self._generate(way, width):
            state = way.walk(tokens) if ended else None
            # Where the grammar has fewer sentences than the beam is wide, generate fills up with what is forbidden.
            if state is not None and way.may_end(state):
                yield tokens

    def _generate(self, way: Way, width: int, processor: bool = True) -> Iterator[tuple[Tokens, bool]]:
        """Texts, best first, and whether each has come to its end."""
        prompt, eos = self._family.prompt, self._pieces.eos
        config = GenerationConfig(
            num_beams=width, num_return_sequences=width, length_penalty=0.0, do_sample=False,
            max_new_tokens=self._longest, decoder_start_token_id=prompt[0], eos_token_id=eos, pad_token_id=eos,
            suppress_tokens=list(self._family.suppressed) or None,
            begin_suppress_tokens=list(self._family.suppressed_first) or None,
        )
        # Whisper's own generate looks for timestamps and languages and splits long sound: none of it is wanted here.
        rows = GenerationMixin.generate(
            self._model, encoder_outputs=self._encoded(1), generation_config=config,
            decoder_input_ids=torch.tensor([prompt], device=self._model.device),
            logits_processor=LogitsProcessorList([GrammarProcessor(way, len(prompt), eos)] if processor else []),
        )
        for row in rows[:, len(prompt) :].tolist():
            ended = eos in row
            yield tuple(row[: row.index(eos)] if ended else row), ended

    def _log_probabilities(self, texts: Sequence[Tokens]) -> Iterable[torch.Tensor]:
        """Natural-log probability of each token of each text, of its end last: all texts in one pass."""
        prompt, eos = self._family.prompt, self._pieces.eos
        longest = max(len(tokens) for tokens in texts)
        rows = [[*prompt, *tokens, *[eos] * (longest - len(tokens))] for tokens in texts]
        fed = torch.tensor(rows, device=self._model.device)
        logits = self._model(
            encoder_outputs=self._encoded(len(rows)), decoder_input_ids=fed, use_cache=False
        ).logits
        scores = logits[:, len(prompt) - 1 :].float().log_softmax(-1).cpu()
        for row, tokens in zip(scores, texts, strict=True):
            yield row[range(len(tokens) + 1), [*tokens, eos]]

    def _encoded(self, rows: int) -> Any:
        """The encoder's output for so many hypotheses; ``generate`` changes the one that it is given."""
        return type(self._output)(last_hidden_state=self._output.last_hidden_state.expand(rows, -1, -1))

    def _sentence(self, way: Way, tokens: Tokens, score: float) -> Sentence:
        state = way.walk(tokens)
        assert state is not None
        own = tokens[way.prefix_length(tokens) :]
        many = OPEN_SLOT * len(self._pieces.pieces)
        return Sentence(
            own, tokens, fold(self._pieces.text(own)), score, state[1], way.is_final(state),
            way.count_open(tokens, many),
        )
