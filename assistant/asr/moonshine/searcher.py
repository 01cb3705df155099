"""The packaged Moonshine as what a constrained stream asks: encoded sound, searched under the grammar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.asr.base import Word
from assistant.asr.constrained.names import Dictated, Names
from assistant.asr.constrained.search import Found, Task, Tokens
from assistant.asr.constrained.words import Span
from assistant.asr.moonshine.alignment import timed
from assistant.asr.moonshine.band import in_band
from assistant.asr.moonshine.beam import Search
from assistant.asr.moonshine.dictation import Dictation
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.sound import Branch, Sound
from assistant.asr.moonshine.suppress import cleared
from assistant.asr.moonshine.vocabulary import MoonshineVocabulary
from assistant.audio.frames import Floats


class MoonshineSearcher:
    """Searches with one model."""

    tokens_per_piece = 1.0

    def __init__(self, model: MoonshineModel) -> None:
        self._model = model

    def hear(self, sound: Floats, drafts: Sequence[Tokens]) -> MoonshineHeard:
        """Encode a piece of sound, its noise suppressed, and verify the drafts."""
        return MoonshineHeard(Sound(self._model, _listened(sound), drafts), self._model.vocabulary)

    def text(self, tokens: Tokens) -> str:
        """What tokens spell."""
        return self._model.vocabulary.text(tokens)

    def spelling(self, token: int) -> bytes:
        """What one token writes, in UTF-8; a letter may take several tokens."""
        return self._model.vocabulary.spelling(token)

    def timed(self, span: Span, sound: Floats, start: int) -> tuple[Word, ...]:
        """The words of a span with their times, see ``WordSearcher``."""
        return timed(self._model, span, _listened(sound), start)


def _listened(sound: Floats) -> Floats:
    """The sound as the model gets it."""
    return in_band(cleared(sound))


class MoonshineHeard:
    """Sound that has been encoded."""

    def __init__(self, source: Sound, words: MoonshineVocabulary) -> None:
        self._source = source
        self._words = words
        self._places: list[Branch] = []
        self._given_up: Callable[[], bool] = lambda: False

    def find(self, task: Task) -> Found:
        """The best sentences and the best free text."""
        words, self._given_up = self._words, task.given_up
        search = Search(
            self._source, task.constraint, words.folded, words.marks, task.config, task.prefix, task.start,
            task.given_up,
        )
        found = search.run()
        self._places = search.free_places()
        self._source.expect([found.free_draft, *(sentence.draft for sentence in found.sentences if sentence.final)])
        return found

    def dictate(self, found: Found, names: Names) -> Dictated | None:
        """The free text of the last ``find`` with the names that are in it, see ``Naming``."""
        return Dictation(self._source, names, self._words, found, self._places, self._given_up).run()
