"""One utterance under the grammar: sound as it comes, partials, and the reading of a finished utterance."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from assistant.asr.base import Hypothesis, Reading, Word
from assistant.asr.constrained.confidence import Evidence, confidence, log_odds
from assistant.asr.constrained.names import Names, Naming
from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import BeamConfig, Found, Heard, Searcher, Sentence, Task, Tokens, compared
from assistant.asr.constrained.views import is_sure, slowed, united
from assistant.asr.constrained.windows import LONGEST, Carried, cut_at, leading
from assistant.asr.constrained.words import Span, WordSearcher, text_of, words_of
from assistant.asr.fold import fold
from assistant.asr.heard import QUIET, heard, loudest, made_up, ready
from assistant.asr.partial import common_words
from assistant.asr.utterance import Utterance
from assistant.audio.frames import Floats, Pcm
from assistant.edits import edits
from assistant.grammar.base import TokenConstraint

READINGS = 5
"""Most readings of one hypothesis."""
MADE_UP_SURETY = 0.8
"""Most confidence of a sentence that the recogniser also writes on noise ("thank you"): enough after a wake word."""
NOT_MADE_OUT = 0.25
"""Most confidence of a sentence that the recogniser writes for want of a better one, where the free text is another."""
SURENESS = 0.5
"""Worth of a nat of a sentence's log odds: how the text goes on where the sentence ends tells a whole order from its
beginning, and "sweetener" from "some cream". Of 1,137 spoken orders 12 more are understood, and no more mistaken."""
LIKELY = 0.5
"""Confidence from which a sentence counts for more than the free text."""
AGREES = (4.5, 1.5, 0.0)
"""Worth of agreeing with the free text but for no word, one word, or more. The sum over a sentence knows the sound no
better than its one doubtful word ("off" or "up"), and prefers usual words after it. Of 777 spoken orders 660 are
understood without this and 56 taken for another, 680 and 45 with it, and 159 instead of 231 are read carefully."""
SHOWN = 0.3
"""The same for a partial: a word is better early than certain."""


class ConstrainedStream:
    """One utterance; see the contract.

    Args:
        constraint: what may be said, and the grammar's version; None for open dictation.
        prefix: the phrase that opens the sound.
        names: tells the names that open dictation is to spell as the household does.
        language: what is spoken; says what of a free text cannot have been.
    """

    def __init__(
        self, searcher: Searcher, config: BeamConfig, constraint: tuple[TokenConstraint, int] | None,
        prefix: PhraseConstraint | None, names: Callable[[], Names], language: str = "en",
    ) -> None:
        self._names = names
        self._language = language
        self._searcher = searcher
        self._config = config
        # What a partial shows needs no alternatives, but the free text and the sentence must be there to build on.
        self._quick = replace(config, width=max(2, config.width // 2), alternatives=1.0)
        self._constraint: TokenConstraint | None = constraint[0] if constraint else None
        self._version = constraint[1] if constraint else 0
        self._prefix = prefix
        self._utterance = Utterance()
        self._carried = [Carried()]
        self._drafts: list[Tokens] = []
        self._partial = ""
        self._heard: tuple[int, Heard] | None = None
        """The end of what was read last, not carefully, and it."""
        self._last: tuple[Found, Heard, Carried, int] | None = None
        """What was read last of the sound as it is, and of how many samples."""
        self._dictated: tuple[Heard, Tokens, Span] | None = None
        """The free text, with names, of what was read last: a careful look at the same sound has the same."""
        self._written: dict[str, tuple[Span, ...]] = {}
        """What wrote each text of the last result."""
        self.given_up: Callable[[], bool] = lambda: False
        """Whether nobody waits for what is being read, see ``Abandoning``."""
        self.evidence: dict[str, Evidence] = {}
        """What spoke for each sentence of the last result, by its text."""

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound, gapless.

        Raises:
            AudioError: it is not int16 mono or does not follow what came before.
        """
        self._utterance.feed(pcm, sample)

    def partial(self) -> tuple[str, int]:
        """Words so far, and how many of their characters did not change since the last time."""
        hypothesis = self._decode(None, self._quick)
        best = hypothesis.best
        text = best.text if best is not None and best.confidence >= SHOWN else hypothesis.free_text
        stable = common_words(self._partial, text)
        self._partial = text
        return text, stable

    def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        """Read the sound up to sample ``end`` as a finished utterance.

        What is older than a window was read quickly, once; ``careful`` is for the rest, and looks at it twice where
        once is not enough.
        """
        found = first = self._decode(end, self._config, careful)
        if careful and self._constraint is not None and not is_sure(found):
            written, evidence = self._written, self.evidence
            found = united(found, self._decode(end, self._config, careful, slowed))
            self._written |= written
            self.evidence |= evidence
        return self._with_names(found) if first.free_text and self._is_dictation(found, careful) else found

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of a text of the last ``decode`` with their times, see ``WordTimes``."""
        searcher = self._searcher
        if not isinstance(searcher, WordSearcher):
            return ()
        sound, start, _ = self._utterance.until(None)
        return tuple(
            word for span in self._written.get(text, ())
            for word in searcher.timed(span, sound[span.at : span.at + span.samples], start + span.at)
        )

    def close(self) -> None:
        """Forget the sound."""
        self._utterance.clear()
        self._drafts.clear()
        self._heard = self._last = self._dictated = None
        self._written.clear()

    def _decode(
        self, end: int | None, config: BeamConfig, careful: bool = False, view: Callable[[Floats], Floats] | None = None
    ) -> Hypothesis:
        sound, start, stop = self._utterance.until(end)
        nothing = Hypothesis(start=start, end=stop, grammar_version=self._version)
        if loudest(sound) < QUIET:
            return nothing
        began = time.perf_counter()
        carried = self._carry(sound)
        self._written = {}
        rest = sound[carried.samples :]
        place = self._again(stop) if careful and view is None else None
        place = place or self._searcher.hear(view(rest) if view is not None else rest, self._drafts)
        self._heard = (stop, place) if config is self._config and not careful else None
        encoded = time.perf_counter()
        found = self._search(place, carried, config.careful() if careful else config)
        self._drafts = [found.free_draft, *(sentence.draft for sentence in found.sentences if sentence.final)]
        readings = self._readings(found, carried, len(rest))
        spans = (*carried.free, self._free_span(found, place, carried.samples, len(rest), False))
        free = text_of(spans)
        if view is None:
            self._last = found, place, carried, len(rest)
        if not heard(free, self._language) and not (readings and readings[0].confidence >= LIKELY):
            return nothing
        return replace(
            nothing, readings=readings, free_text=free, free_score=carried.free_score + found.free_score,
            free_words=self._words(free, spans),
            seconds={"encode": encoded - began, "decode": time.perf_counter() - encoded},
        )

    def _again(self, stop: int) -> Heard | None:
        """What was read last, if it is the same sound: it need not be encoded again."""
        return self._heard[1] if self._heard is not None and self._heard[0] == stop else None

    def _search(self, place: Heard, carried: Carried, config: BeamConfig) -> Found:
        constraint = None if carried.lost else self._constraint
        prefix = self._prefix if not carried.samples else None
        return place.find(Task(config, constraint, prefix, carried.state, self.given_up))

    def _carry(self, sound: Floats) -> Carried:
        """What was said before the last window of the sound; reads pieces that have become older than that."""
        while len(self._carried) > 1 and self._carried[-1].samples > len(sound):
            self._carried.pop()
        while len(sound) - self._carried[-1].samples > LONGEST:
            carried = self._carried[-1]
            rest = sound[carried.samples :]
            piece = rest[: cut_at(rest)]
            place = self._searcher.hear(piece, self._drafts)
            found = self._search(place, carried, self._quick)
            best = leading(found)
            sentence = self._span(best, carried.samples, len(piece)) if best else None
            free = self._free_span(found, place, carried.samples, len(piece), best is None)
            self._carried.append(carried.after(len(piece), found, free, sentence))
            self._drafts = []
        return self._carried[-1]

    def _is_dictation(self, hypothesis: Hypothesis, careful: bool) -> bool:
        """Whether names are worth their time in the free text: an open slot shows it, or no sentence is sure.

        The latter is looked at carefully later, and then is soon enough.
        """
        best = hypothesis.best
        if best is not None and best.confidence >= LIKELY:
            return self.evidence[best.text].open_tokens > 0
        return careful or self._constraint is None

    def _with_names(self, hypothesis: Hypothesis) -> Hypothesis:
        """The same with the household's names in the free text."""
        assert self._last is not None
        began = time.perf_counter()
        found, place, carried, samples = self._last
        span = self._free_span(found, place, carried.samples, samples, True)
        spans = (*carried.free, span)
        text = text_of(spans)
        self._drafts.insert(1, (*span.before, *span.tokens))
        words = self._words(text, spans)
        spent = hypothesis.seconds.get("decode", 0.0) + time.perf_counter() - began
        return replace(
            hypothesis, free_text=text, free_words=words, seconds={**hypothesis.seconds, "decode": spent}
        )

    def _free_span(self, found: Found, place: Heard, at: int, samples: int, named: bool) -> Span:
        """The free text of a piece, with the household's names in it or as the model alone has it."""
        known = self._dictated
        if named and known is not None and known[0] is place and known[1] == found.free_draft:
            return known[2]
        span = self._new_span(found, place, at, samples, named)
        if named:
            self._dictated = place, found.free_draft, span
        return span

    def _new_span(self, found: Found, place: Heard, at: int, samples: int, named: bool) -> Span:
        before = found.free_draft[: len(found.free_draft) - len(found.free)]
        tokens, log_probabilities = found.free, found.free_log_probabilities
        names = self._names() if named else None
        if names and isinstance(place, Naming) and (dictated := place.dictate(found, names)) is not None:
            tokens, log_probabilities = dictated.tokens, dictated.log_probabilities
        text = heard(self._searcher.text(tokens), self._language)
        text = text.lstrip(",.!?- ") if self._prefix is not None else text
        shown = tuple(names.spell(text.split())) if names else ()
        return Span(text, tokens, log_probabilities, before, at, samples, shown)

    def _span(self, sentence: Sentence, at: int, samples: int) -> Span:
        text = self._searcher.text(sentence.tokens)
        before = sentence.draft[: len(sentence.draft) - len(sentence.tokens)]
        return Span(text, sentence.tokens, sentence.log_probabilities, before, at, samples)

    def _words(self, text: str, spans: tuple[Span, ...]) -> tuple[Word, ...]:
        """The words of a text, and its spans are remembered."""
        self._written[text] = spans
        searcher = self._searcher
        if not isinstance(searcher, WordSearcher):
            return ()
        return tuple(word for span in spans for word in words_of(span, searcher.spelling))

    def _readings(self, found: Found, carried: Carried, samples: int) -> tuple[Reading, ...]:
        """Whole sentences by their worth, and the surest unfinished one where it is surer than they are.

        One that is unfinished in an open slot is always sure: it must be worth more as well.
        """
        self.evidence, spans, readings = {}, dict[str, tuple[Span, ...]](), list[Reading]()
        for sentence in found.sentences:
            written = (*carried.sentence, self._span(sentence, carried.samples, samples))
            readings.append(self._reading(text_of(written), sentence, found, carried))
            spans[readings[-1].text] = written
        whole = sorted((reading for reading in readings if reading.complete), key=lambda r: -r.worth)
        unfinished = max((r for r in readings if not r.complete), key=lambda r: r.confidence, default=None)
        if unfinished is not None and (not whole or self._outdoes(unfinished, whole[0])):
            whole.insert(0, unfinished)
        return tuple(replace(r, words=self._words(r.text, spans[r.text])) for r in whole[:READINGS])

    def _outdoes(self, unfinished: Reading, whole: Reading) -> bool:
        """Whether the rest of a sentence is still to come. An open slot takes any words: that one proves nothing."""
        proves = not self.evidence[unfinished.text].open_tokens
        if not proves and (whole.confidence >= LIKELY or whole.worth >= unfinished.worth):
            return False
        return unfinished.confidence > whole.confidence

    def _reading(self, text: str, sentence: Sentence, found: Found, carried: Carried) -> Reading:
        assert self._constraint is not None
        margin = carried.score + sentence.score - carried.free_score - found.free_score
        evidence = Evidence(
            margin, self._pieces(carried.tokens + len(sentence.tokens)),
            self._pieces(carried.free_tokens + len(found.free)),
            carried.free_score + found.free_score - found.prefix_score, self._pieces(sentence.open_tokens),
            sentence.end,
        )
        self.evidence[text] = evidence
        surety = self._confidence(text, evidence, found)
        worth = compared(margin, evidence.free_tokens - evidence.tokens, evidence.open_tokens)
        if sentence.final:
            worth += self._agreement(sentence, found) + SURENESS * log_odds(surety)
        return Reading(
            text=text, margin=margin, confidence=surety, complete=sentence.final,
            can_go_on=self._constraint.can_go_on(sentence.state), worth=worth,
        )

    def _agreement(self, sentence: Sentence, found: Found) -> float:
        words, free = (fold(self._searcher.text(tokens)).split() for tokens in (sentence.tokens, found.free))
        return AGREES[min(edits(words, free), len(AGREES) - 1)]

    def _pieces(self, tokens: int) -> int:
        """Sub-word pieces that so many tokens make: confidence was fitted on those, not on letters."""
        return round(tokens / self._searcher.tokens_per_piece)

    def _confidence(self, text: str, evidence: Evidence, found: Found) -> float:
        surety = confidence(evidence)
        if ready(text) and fold(text) != fold(self._searcher.text(found.free)):
            return min(surety, NOT_MADE_OUT)
        return min(surety, MADE_UP_SURETY) if made_up(text) else surety
