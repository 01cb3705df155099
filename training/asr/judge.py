"""What faster-whisper makes of recordings with a model: texts, and word errors before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.asr.faster_whisper import FasterWhisper, FasterWhisperConfig
from assistant.audio.files import read_sound
from assistant.bench import report
from assistant.bench.asr import errors
from assistant.bench.manifest import Recorded


def write_down(model: str, recordings: Sequence[Recorded], threads: int = 1) -> list[str]:
    """The text of each recording, as the assistant's own backend takes it down."""
    recognizer = FasterWhisper(FasterWhisperConfig(model=model, threads=threads))
    texts = []
    for recording in recordings:
        stream = recognizer.stream()
        stream.feed(read_sound(recording.path), 0)
        texts.append(stream.decode().free_text)
        stream.close()
    return texts


def judge(before: str, after: str, recordings: Sequence[Recorded], threads: int = 1) -> dict[str, Any]:
    """Word error rates of two models on the same recordings.

    Returns:
        ``wer_before``, ``wer_after`` and ``fewer_errors`` (the share of the errors that is gone; below 0: there are
        more), each with n and a 95 % interval from resampled recordings.
    """
    counts = [[errors(one.text, text) for one, text in zip(recordings, write_down(model, recordings, threads),
                                                             strict=True)] for model in (before, after)]
    rows: list[Any] = [(old, new, words) for (old, words), (new, _) in zip(*counts, strict=True)]
    return {
        "wer_before": report.statistic(rows, lambda drawn: float(drawn[:, 0].sum() / drawn[:, 2].sum())),
        "wer_after": report.statistic(rows, lambda drawn: float(drawn[:, 1].sum() / drawn[:, 2].sum())),
        "fewer_errors": report.statistic(rows, lambda drawn: float(1 - drawn[:, 1].sum() / max(1, drawn[:, 0].sum()))),
    }
