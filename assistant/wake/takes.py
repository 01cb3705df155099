"""Whether a recording of a wake phrase is a good one, and what the recogniser writes for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.asr.constrained.search import Tokens
from assistant.asr.moonshine.sound import Sound
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Frame, Pcm
from assistant.vad.base import Vad
from assistant.wake.phrase import LONGEST, MoonshinePhraseScorer
from assistant.wake.scoring import TOKENS_PER_SECOND

BEFORE, AFTER = round(0.25 * SAMPLE_RATE), round(0.2 * SAMPLE_RATE)
"""Samples around the speech that are kept: a scored piece begins as much before an onset."""
SHORTEST, LONGEST_SECONDS = 0.25, 2.5
"""Seconds of speech that a phrase may take."""
QUIETEST_DB = -42.0
"""Level of the loudest 20 ms, below which the noise of a microphone is half of what is heard."""
FULL = 32_700
CLIPPED = 20
"""So many samples at full scale: a vowel's peaks are cut."""
OTHER = 16.0
"""A score so far below the threshold is of other words."""


@dataclass(frozen=True, slots=True)
class Take:
    """One recording."""

    pcm: Pcm
    """The speech, with a little around it."""
    fault: str = ""
    """Why it is no good; empty if it is."""
    text: str = ""
    """What the recogniser writes for it."""


def take(pcm: Pcm, phrase: str, scorer: MoonshinePhraseScorer, vad: Vad) -> Take:
    """Look at a recording, int16[n] at 16 kHz."""
    bounds = speech(pcm, vad)
    if bounds is None:
        return Take(pcm[:0], "nobody speaks in it")
    start, end = bounds
    cut = pcm[max(0, start - BEFORE) : end + AFTER]
    seconds = (end - start) / SAMPLE_RATE
    if np.count_nonzero(np.abs(cut.astype(np.int32)) >= FULL) >= CLIPPED:
        return Take(cut, "it is clipped: speak softer, or lower the microphone's level")
    if loudest_db(cut) < QUIETEST_DB:
        return Take(cut, "it is too quiet: come nearer, or raise the microphone's level")
    if seconds < SHORTEST:
        return Take(cut, f"it is too short ({seconds:.1f} s of speech)")
    if seconds > LONGEST_SECONDS:
        return Take(cut, f"it is too long ({seconds:.1f} s): say the phrase alone")
    text = written(scorer, cut)
    if not scorer.score(cut.astype("<i2").tobytes(), 0, [phrase], OTHER):
        return Take(cut, f"it sounds like other words: “{text}”", text)
    return Take(cut, "", text)


def speech(pcm: Pcm, vad: Vad) -> tuple[int, int] | None:
    """First sample of the first speech in a sound, and the sample after the last."""
    stream = vad.stream()
    padded = np.concatenate([np.zeros(SAMPLE_RATE, np.int16), pcm, np.zeros(SAMPLE_RATE, np.int16)])
    begin: int | None = None
    end = 0
    for at in range(0, len(padded) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        result = stream.feed(Frame(padded[at : at + FRAME_SAMPLES], at))
        if result.changed_at is not None and result.speech and begin is None:
            begin = result.changed_at
        elif result.changed_at is not None and not result.speech:
            end = result.changed_at
    stream.close()
    if begin is None:
        return None
    start = max(0, begin - SAMPLE_RATE)
    return start, max(start, min(len(pcm), (end or len(padded)) - SAMPLE_RATE))


def loudest_db(pcm: Pcm) -> float:
    """Level of the loudest 20 ms, dB of full scale."""
    whole = len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES
    if not whole:
        return -np.inf
    frames = pcm[:whole].astype(np.float64).reshape(-1, FRAME_SAMPLES) / 32768
    return float(20 * np.log10(frames.std(axis=1).max() + 1e-9))


def written(scorer: MoonshinePhraseScorer, pcm: Pcm) -> str:
    """What the recogniser writes for a sound when nothing binds it."""
    samples: Floats = pcm[:LONGEST].astype(np.float32) / np.float32(32768)
    sound = Sound(scorer.model, samples)
    tokens: Tokens = ()
    place = sound.first
    for _ in range(round(len(samples) / SAMPLE_RATE * TOKENS_PER_SECOND) + 5):
        token = int(place.logits.argmax())
        if token == EOS:
            break
        tokens = (*tokens, token)
        (place,) = sound.look([place], [tokens], [False])
    return scorer.model.vocabulary.text(tokens)
