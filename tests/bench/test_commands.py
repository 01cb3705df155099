"""Counting understood orders: what must be the same, and what counts as wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.asr.base import Hypothesis, Word
from assistant.audio.files import write_sound
from assistant.audio.frames import Pcm
from assistant.bench import report
from assistant.bench.commands import VIEW, Heard, Listener, measuring_half, noisy, order_results, tally
from assistant.bench.contestant import contestant
from assistant.bench.crowd import crowded
from assistant.bench.near import near_orders
from assistant.bench.orders import RecordedOrder, recorded
from assistant.errors import AssistantError
from assistant.grammar.grammar import Grammar
from assistant.registry import OptionError
from assistant.turns.judge import Verdict

ORDER = RecordedOrder(Path("a.wav"), "order", {"size": "large", "drink": "latte"})
SLOTS: dict[str, Any] = {"size": "large", "drink": "latte"}


@pytest.mark.parametrize(
    ("verdict", "meaning", "counted"),
    [
        (Verdict.ACCEPT, ("coffee", "order", SLOTS), "understood"),
        (Verdict.ACCEPT, ("coffee", "order", {"drink": "latte"}), "wrong_accepted"),
        (Verdict.ACCEPT, ("coffee", "order", {**SLOTS, "milk": "cream"}), "wrong_accepted"),
        (Verdict.ACCEPT, ("coffee", "cancel", SLOTS), "wrong_accepted"),
        (Verdict.ACCEPT, ("home", "order", SLOTS), "wrong_accepted"),
        (Verdict.ACCEPT, None, "wrong_accepted"),
        (Verdict.ASK_BACK, ("coffee", "order", SLOTS), "asked_back"),
        (Verdict.REFUSE, None, "refused"),
        (Verdict.IGNORE, None, "refused"),
    ],
)
def test_each_order_is_counted_once(verdict: Verdict, meaning: tuple[str, str, dict[str, Any]] | None,
                                    counted: str) -> None:
    found = tally("coffee", [(ORDER, Heard(verdict, meaning, 0.1))], "clean")
    names = ("understood", "wrong_accepted", "asked_back", "refused")
    shares = {name: found[f"{name}_clean"]["value"] for name in names}
    assert shares == {name: float(name == counted) for name in shares}


@pytest.mark.parametrize(("made_out", "verdict"), [(0.9, Verdict.ACCEPT), (0.3, Verdict.ASK_BACK)])
def test_an_open_text_that_would_be_asked_about_is_no_refusal(made_out: float, verdict: Verdict) -> None:
    listener = Listener(crowded([], devices=5), contestant("moonshine,threads=1"), "clock")
    words = tuple(Word(word, made_out) for word in ("what", "time", "is", "it"))
    found = listener._judged(Hypothesis(free_text="what time is it", free_words=words))
    assert found == (verdict, ("clock", "Time", {}))


@pytest.mark.parametrize("text", ["[]", "{}", '["a.wav"]', '{"a.wav": "latte"}', '{"a.wav": {"slots": ["latte"]}}'])
def test_labels_that_are_none_are_told_with_how_to_write_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.wav").touch()
    labels = tmp_path / "labels.json"
    labels.write_text(text, "utf-8")
    with pytest.raises(AssistantError, match=r"labels\.json.*\"intent\""):
        recorded(tmp_path, labels)


def test_an_order_needs_no_slots(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    (tmp_path / "labels.json").write_text('{"a.wav": {"intent": "Stop"}}', "utf-8")
    assert recorded(tmp_path, tmp_path / "labels.json") == [RecordedOrder(tmp_path / "a.wav", "Stop", {})]


class Understands:
    """Every other sound."""

    skill = "coffee"

    def __init__(self) -> None:
        self.heard = 0

    def hear(self, sound: Pcm) -> Heard:
        self.heard += 1
        return Heard(Verdict.ACCEPT if self.heard % 2 else Verdict.REFUSE, ("coffee", "order", SLOTS), 0.1)


def test_an_order_in_two_noises_is_one_order_for_the_interval(tmp_path: Path) -> None:
    sound = (np.sin(np.arange(16000) / 9) * 9000).astype(np.int16)
    for name in ("a.wav", "taps.wav", "cats.wav"):
        write_sound(tmp_path / name, sound)
    orders = [RecordedOrder(tmp_path / "a.wav", "order", SLOTS)] * 10
    listener: Any = Understands()
    found = order_results(listener, orders, [tmp_path / "taps.wav", tmp_path / "cats.wav"], [6.0])
    assert found["understood_taps_6db"] == report.share(5, 10)
    assert found["understood_6db"] == {**report.share(5, 10), "n": 20}


def test_a_recogniser_may_have_settings() -> None:
    listener: Any = Listener(Grammar(), contestant("moonshine,beam=3,threads=1"), "coffee")
    assert listener._recognizer.config.beam == 3
    with pytest.raises(OptionError, match="beam"):
        Listener(Grammar(), contestant("moonshine,beam=wide"), "coffee")


def test_noise_stands_at_its_level_below_the_speech_and_nothing_clips() -> None:
    generator = np.random.default_rng(0)
    speech = np.concatenate([np.zeros(8000), np.sin(np.arange(16000) / 9) * 9000, np.zeros(8000)]).astype(np.int16)
    noise = (generator.standard_normal(64000) * 3000).astype(np.int16)
    mixed = noisy(speech, noise, 12.0, generator)
    assert abs(int(np.abs(mixed.astype(int)).max()) - 16384) <= 1
    power = [float(np.mean(part.astype(float) ** 2)) for part in (mixed[8000:24000], mixed[:8000])]
    assert 10 * np.log10((power[0] - power[1]) / power[1]) == pytest.approx(12.0, abs=1.0)


def test_the_measuring_half_is_the_speakers_with_even_numbers(tmp_path: Path) -> None:
    for name in ("0001/a.flac", "0002/b.flac", "4-x.flac", "5-y.flac", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert {path.name for path in measuring_half(tmp_path, 10)} == {"b.flac", "4-x.flac"}


def test_what_is_nearly_an_order_is_none() -> None:
    grammar = crowded([Path(__file__).parents[1] / "skills" / "coffee"])
    assert len(set(near_orders())) == 200
    assert [text for text in near_orders() if grammar.match(text, VIEW)] == []
