"""What every neural voice needs between its network and a loudspeaker: level, a prompt beginning, pauses."""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import Floats, Pcm

KNEE = 0.7
"""Above this amplitude the sound is bent, not cut."""
SILENT = 100
"""Amplitude (-50 dBFS) below which the beginning or end of a clause is silence."""
MARGIN_SECONDS = 0.01
"""Of that silence that stays: consonants begin softly."""
SENTENCE_PAUSE = 0.2
"""Seconds after a sentence that another one follows."""
CLAUSE_PAUSE = 0.06


def to_pcm(sound: Floats) -> Pcm:
    """float32[n] as int16[n]; peaks above the knee are bent to stay below 1."""
    over = np.abs(sound) - KNEE
    bent = KNEE + (1.0 - KNEE) * np.tanh(over / (1.0 - KNEE))
    limited = np.where(over > 0, np.sign(sound) * bent, sound)
    return (limited * 32767.0).astype(np.int16)


def without_lead(pcm: Pcm, rate: int) -> Pcm:
    """The sound without the silence before it; empty if it is nothing else."""
    loud = np.flatnonzero(np.abs(pcm) > SILENT)
    return pcm[max(0, int(loud[0]) - round(MARGIN_SECONDS * rate)) :] if len(loud) else pcm[:0]


def without_edges(pcm: Pcm, rate: int) -> Pcm:
    """The sound without the silence around it; empty if it is nothing else."""
    return without_lead(without_lead(pcm, rate)[::-1], rate)[::-1]


def pause_after(clause: str) -> float:
    """Seconds of silence between a clause and the next one."""
    return SENTENCE_PAUSE if clause[-1] in ".!?…" else CLAUSE_PAUSE
