"""What every synthesiser has to do.

    class TestMine(TtsConformance):
        def make(self) -> Synthesizer:
            return MyVoice()
"""

from __future__ import annotations

import numpy as np

from assistant.tts.base import Speech, Synthesizer

SENTENCE = "Turned on the kitchen light."
TWO_SENTENCES = "The kitchen is at 19.5 degrees. Shall I turn the heating on?"
HARD = (
    "", " \n\t", "😀🎉", "...", "\x00\x07\x1b[31m", "你好", "Привет, дом", "[[ invalid ]]", "<speak>&amp;</speak>",
    "é" * 20, "%s %n {0}", "a" * 200, "1" * 30, "\ud800",
)


class TtsConformance:
    """Tests of one backend."""

    def make(self) -> Synthesizer:
        """A voice of the backend under test."""
        raise NotImplementedError

    def pieces(self, text: str) -> list[Speech]:
        """All pieces of a text, checked."""
        voice = self.make()
        pieces = list(voice.speak(text))
        assert pieces and [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
        assert pieces[-1].clause_end
        for piece in pieces:
            assert piece.rate == voice.rate and 8_000 <= piece.rate <= 48_000
            assert piece.pcm.dtype == np.int16 and piece.pcm.ndim == 1
        return pieces

    def test_a_sentence_becomes_sound_of_a_likely_length(self) -> None:
        pieces = self.pieces(SENTENCE)
        seconds = sum(len(piece.pcm) / piece.rate for piece in pieces)
        assert 0.7 < seconds < 4.0
        assert max(int(np.abs(piece.pcm).max()) for piece in pieces) > 32768 * 0.1

    def test_sound_begins_at_once(self) -> None:
        (first, *_) = self.pieces(SENTENCE)
        loud = np.flatnonzero(np.abs(first.pcm) > 327)
        assert loud[0] / first.rate < 0.1

    def test_sentences_come_one_by_one_and_nothing_is_lost(self) -> None:
        pieces = self.pieces(TWO_SENTENCES)
        assert len(pieces) >= 2 and sum(piece.clause_end for piece in pieces) >= 2
        assert " ".join(piece.text for piece in pieces).split() == TWO_SENTENCES.split()

    def test_abandoning_the_iterator_stops_the_work(self) -> None:
        voice = self.make()
        speech = iter(voice.speak(TWO_SENTENCES * 200))
        assert len(next(speech).pcm) > 0
        del speech
        assert list(voice.speak(SENTENCE))[-1].last

    def test_text_that_cannot_be_spoken_is_no_error(self) -> None:
        for text in HARD:
            self.pieces(text)
        assert not any(len(piece.pcm) for piece in self.pieces("😀"))

    def test_a_long_text_comes_in_pieces(self) -> None:
        speech = iter(self.make().speak("Once upon a time there was a house that listened, " * 200))
        first = next(speech)
        assert len(first.pcm) / first.rate < 30
