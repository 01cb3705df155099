"""What a recogniser is trained on: who is kept out, and in what form texts are taught."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bench.manifest import Recorded, read_manifest
from assistant.errors import AudioError
from training.asr.material import is_odd, sentence, sounds_in, split, write_manifest


def recordings(speakers: int, each: int) -> list[Recorded]:
    return [Recorded(Path(f"{s}-{n}.wav"), "hello", str(s)) for s in range(speakers) for n in range(each)]


def test_no_speaker_is_trained_on_and_kept_out() -> None:
    parts = split(recordings(30, 4))
    groups = [{one.speaker for one in part} for part in (parts.fit, parts.choose, parts.judge)]
    assert [len(group) for group in groups] == [24, 3, 3] and len(set.union(*groups)) == 30
    assert len(parts.fit) + len(parts.choose) + len(parts.judge) == 120 and parts.by_speaker
    assert split(list(reversed(recordings(30, 4)))).judge[0].speaker in groups[2]


def test_few_speakers_keep_recordings_out_and_say_so() -> None:
    parts = split(recordings(2, 20))
    assert not parts.by_speaker and (len(parts.fit), len(parts.choose), len(parts.judge)) == (32, 4, 4)


def test_two_recordings_are_too_few() -> None:
    with pytest.raises(AudioError, match="too few"):
        split(recordings(1, 2))


@pytest.mark.parametrize(
    ("text", "taught"),
    [("we call it bear", " We call it bear."), ("I'LL TELL HIM I THINK", " I'll tell him I think."),
     ("i'm sure  i am", " I'm sure I am."), ("it is in", " It is in."), ("Is it?", " Is it?"),
     ("Turn on Tom's lamp", " Turn on Tom's lamp"), ("is it?", " is it?")],
)
def test_texts_without_form_get_that_of_whisper(text: str, taught: str) -> None:
    assert sentence(text) == taught


def test_recordings_without_text_are_found_with_their_speakers(tmp_path: Path) -> None:
    for name in ("103-1.opus", "sub/104-2.wav", "mine.flac", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert {one.path.name: one.speaker for one in sounds_in(tmp_path)} == {
        "103-1.opus": "103", "104-2.wav": "104", "mine.flac": ""
    }
    assert [one.path.name for one in sounds_in(tmp_path, odd=True)] == ["103-1.opus"]
    with pytest.raises(AudioError, match="no sound files"):
        sounds_in(tmp_path / "sub", odd=True)


def test_a_written_manifest_reads_back(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.touch()
    write_manifest(tmp_path / "kept.tsv", [Recorded(sound, 'She said:\n"a\tb"', "7")])
    assert read_manifest(tmp_path / "kept.tsv") == [Recorded(sound, 'She said: "a b"', "7")]
    assert is_odd(Recorded(sound, "", "7")) and not is_odd(Recorded(sound, "", "x"))
