"""What a recogniser is trained on: recordings with their texts, and who among the speakers is kept out.

Of the speakers a tenth chooses (which epoch, how much of the old weights) and a tenth judges; neither is trained on.
Where there are fewer than ten speakers, recordings are kept out instead, and the judgement is of voices that were heard
in training: it says so.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.bench.manifest import COLUMNS, Recorded
from assistant.errors import AudioError

FEWEST_SPEAKERS = 10
SHARE = 0.1
"""Of the speakers, for choosing and again for judging."""
SEED = 11
SOUNDS = (".wav", ".flac", ".ogg", ".opus", ".mp3")


@dataclass(frozen=True, slots=True)
class Parts:
    """Recordings by what they are for."""

    fit: list[Recorded]
    choose: list[Recorded]
    judge: list[Recorded]
    by_speaker: bool
    """Whether no speaker is in two of them."""


def split(recordings: Sequence[Recorded], share: float = SHARE) -> Parts:
    """Divide recordings, always in the same way.

    Raises:
        AudioError: there are too few to keep any out.
    """
    speakers = sorted({one.speaker for one in recordings if one.speaker})
    by_speaker = len(speakers) >= FEWEST_SPEAKERS
    units = speakers if by_speaker else sorted(str(one.path) for one in recordings)
    random.Random(SEED).shuffle(units)
    out = max(1, round(len(units) * share))
    if len(units) < 3:
        raise AudioError(f"{len(units)} recordings are too few to keep any out", mend="record more")
    choose, judge = set(units[:out]), set(units[out : 2 * out])
    parts = Parts([], [], [], by_speaker)
    for one in recordings:
        unit = one.speaker if by_speaker else str(one.path)
        (parts.choose if unit in choose else parts.judge if unit in judge else parts.fit).append(one)
    return parts


def sentence(text: str) -> str:
    """A text in the form that Whisper writes, behind the space that opens it.

    Manifests are often all small letters or all capitals without stops. Trained on as they are, they would teach the
    form before the words: such a text gets its first letter and its stop back. Others stay as they are.
    """
    text = " ".join(text.split())
    if text and (text.islower() or text.isupper()) and text[-1].isalnum():
        text = re.sub(r"\bi\b", "I", text.lower())
        text = f"{text[0].upper()}{text[1:]}."
    return f" {text}"


def sounds_in(folder: Path, odd: bool = False) -> list[Recorded]:
    """Recordings without a text, in a folder and below; the digits that open a file's name are its speaker.

    Args:
        odd: only speakers with an odd number.

    Raises:
        AudioError: there are none.
    """
    found = [Recorded(path, "", _number(path)) for path in sorted(folder.rglob("*")) if path.suffix.lower() in SOUNDS]
    kept = [one for one in found if not odd or is_odd(one)]
    if not kept:
        raise AudioError("holds no sound files to keep", where=str(folder))
    return kept


def is_odd(recording: Recorded) -> bool:
    """Whether its speaker has an odd number."""
    return recording.speaker.isdigit() and int(recording.speaker) % 2 == 1


def _number(path: Path) -> str:
    return path.stem.split("-")[0] if path.stem[:1].isdigit() else ""


def write_manifest(path: Path, recordings: Sequence[Recorded]) -> None:
    """Write recordings as a manifest that ``read_manifest`` reads; at once or not at all."""
    rows = [(str(one.path.resolve()), " ".join(one.text.split()), one.speaker) for one in recordings]
    new = path.with_suffix(".new")
    new.write_text("".join("\t".join(row) + "\n" for row in [(*COLUMNS, "speaker"), *rows]), "utf-8")
    new.replace(path)
