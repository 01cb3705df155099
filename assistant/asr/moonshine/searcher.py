"""The packaged Moonshine as what a constrained stream asks: encoded sound, searched under the grammar."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asr.constrained.search import Found, Task, Tokens
from assistant.asr.moonshine.beam import Search
from assistant.asr.moonshine.ensemble import Ensemble, slowed
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.sound import Sound, Source
from assistant.asr.moonshine.suppress import cleared
from assistant.asr.moonshine.vocabulary import MoonshineVocabulary
from assistant.audio.frames import Floats


class MoonshineSearcher:
    """Searches with one model."""

    tokens_per_piece = 1.0

    def __init__(self, model: MoonshineModel) -> None:
        self._model = model

    def hear(self, sound: Floats, drafts: Sequence[Tokens], careful: bool = False) -> MoonshineHeard:
        """Encode a piece of sound, its noise suppressed, and verify the drafts; if careful, a second view beside it."""
        clear = cleared(sound)
        view = Sound(self._model, clear, drafts)
        source = Ensemble([view, Sound(self._model, slowed(clear), drafts)]) if careful else view
        return MoonshineHeard(source, self._model.vocabulary)

    def text(self, tokens: Tokens) -> str:
        """What tokens spell."""
        return self._model.vocabulary.text(tokens)


class MoonshineHeard:
    """Sound that has been encoded."""

    def __init__(self, source: Source, words: MoonshineVocabulary) -> None:
        self._source = source
        self._words = words

    def find(self, task: Task) -> Found:
        """The best sentences and the best free text."""
        words = self._words
        return Search(
            self._source, task.constraint, words.folded, words.marks, task.config, task.prefix, task.start
        ).run()
