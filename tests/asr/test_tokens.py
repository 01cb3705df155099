"""What the pieces of other people's tokenizers spell for the grammar."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models

from assistant.asr.fold import fold_any
from assistant.asr.transformers.tokens import TokenizerPieces, byte_text, plain, spaced
from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar

WRITTEN = (
    "<|end|>", "\u0120das", "\u0120licht", "\u0120in", "\u0120der", "\u0120K\u00c3\u00bc", "che", "\u00c3", "\u00bc",
)
"""Byte-level BPE: a letter beyond ASCII is two characters, and two pieces where it is rare."""


def pieces(folder: Path, language: str) -> TokenizerPieces:
    made = Tokenizer(models.BPE({piece: number for number, piece in enumerate(WRITTEN)}, []))
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([WRITTEN[0]])
    made.save(str(folder / "tokenizer.json"))
    return TokenizerPieces(folder, len(WRITTEN), 0, language)


def test_other_languages_are_written_with_their_letters(tmp_path: Path) -> None:
    assert pieces(tmp_path, "en").pieces == ("", " das", " licht", " in", " der", "", "che", "", "")
    german = pieces(tmp_path, "de-AT")
    assert german.pieces == ("", " das", " licht", " in", " der", " K\u00fc", "che", "", "")
    assert german.folded[5] == "", "half of its letters would be another word"


def test_a_sentence_with_an_umlaut_can_be_written(tmp_path: Path) -> None:
    grammar = Grammar()
    grammar.set_rules("home", [Rule("home", "Light", ("das Licht in der K\u00fcche",))])
    made = pieces(tmp_path, "de")
    constraint = grammar.constraint(made.grammar, View())
    state = constraint.start
    for token in (1, 2, 3, 4, 5, 6):
        ids, states = constraint.allowed(state)
        assert token in ids.tolist(), made.pieces[token]
        state = int(states[ids.tolist().index(token)])
    assert constraint.is_final(state)


@pytest.mark.parametrize(("piece", "text"), [
    ("\u0120turn", " turn"), ("\u0120\u00d0\u00bc\u00d0\u00b0", " \u043c\u0430"), ("\u00d0", ""), ("\u4e2d", ""),
])
def test_bytes_are_read_as_text(piece: str, text: str) -> None:
    assert byte_text(piece) == text


def test_what_nobody_says_is_no_piece() -> None:
    assert [spaced(piece) for piece in ("\u2581turn", "<0x41>")] == [" turn", ""]
    assert [plain(text, True) for text in ("a", "\u00e4", "\n")] == ["a", "", ""]
    assert [plain(text, False) for text in ("a", "\u00e4", "\n")] == ["a", "\u00e4", ""]


@pytest.mark.parametrize(("text", "compared"), [
    ("Turn on, please.", "turn on please"), ("^^ \u266a", ""),
    ("Включи, свет!", "включи свет"),
])
def test_texts_of_any_script_can_be_compared(text: str, compared: str) -> None:
    assert fold_any(text) == compared
