"""Templates are read as hassil reads them, and what is wrong in one is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hassil.expression import Expression, Group, ListReference, RuleReference, Sequence, TextChunk
from hassil.parse_expression import parse_sentence

from assistant.errors import GrammarError
from assistant.grammar.template_parser import parse
from assistant.grammar.templates import listed, parse_template, references
from assistant.home_assistant.package import package_data
from assistant.paths import shipped_dir


def texts(data: Any) -> Iterator[str]:
    """All templates of a sentence file."""
    blocks = [block for intent in data.get("intents", {}).values() for block in intent.get("data", [])]
    yield from (text for block in blocks for text in block["sentences"])
    for holder in (data, *blocks):
        yield from (holder.get("expansion_rules") or {}).values()


def plain(expression: Expression) -> Any:
    """A tree as data, in which texts that follow one another are one."""
    if isinstance(expression, TextChunk):
        return expression.original_text
    if isinstance(expression, ListReference):
        return "list", expression.list_name, expression.slot_name, expression.is_capture, expression.is_inline_range
    if isinstance(expression, RuleReference):
        return "rule", expression.rule_name
    assert isinstance(expression, Group)
    items: list[Any] = []
    for item in map(plain, expression.items):
        if isinstance(item, str) and items and isinstance(items[-1], str) and isinstance(expression, Sequence):
            items[-1] += item
        else:
            items.append(item)
    return type(expression).__name__, getattr(expression, "is_optional", None), items


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pl", "zh-CN", "ar"])
def test_home_assistants_templates_are_read_as_hassil_reads_them(language: str) -> None:
    read = list(texts(package_data(language)))
    assert len(read) > 100
    for text in read:
        assert plain(parse(text)) == plain(parse_sentence(text).expression), text


def test_our_own_templates_are_read_as_hassil_reads_them() -> None:
    files = sorted(shipped_dir().glob("skills/*/sentences.yaml"))
    read = [text for file in files for text in texts(yaml.safe_load(file.read_text("utf-8")))]
    assert len(read) > 500
    for text in read:
        assert plain(parse(text)) == plain(parse_sentence(text).expression), text


@pytest.mark.parametrize(
    "text",
    ["a", " a  b ", "a|b", "(a|b)", "[a] b", "[a|b|]", "(a;b c;[d])", "[a;b]", "((a))", "{x}", "{x:y}s", "{@x}",
     "{x:@y}", "{0..10,2:z}%", "<r> <r>", r"a \(b\) \{c\} \| d", "a (|b)", "[[a] b]", "{h}:{m}"],
)
def test_small_templates_are_read_as_hassil_reads_them(text: str) -> None:
    assert plain(parse(text)) == plain(parse_sentence(text).expression)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("turn (on", "'(' is never closed at column 6"),
        ("turn on)", "')' closes nothing at column 8"),
        ("a (b]", "'(' of column 3"),
        ("a () b", "'()' is empty at column 3"),
        ("a {} b", "'{}' is empty at column 3"),
        ("a {b(c)} d", "at column"),
        ("a {b", "'{' is never closed at column 3"),
        ("a > b", "'>' closes nothing at column 3"),
        ("  ", "nothing is said"),
        ("a\\", "at column"),
        ("(a|b;c)", "put one of them in brackets"),
        ("[" * 100 + "a" + "]" * 100, "more than 64 deep at column 64"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(GrammarError, match="file:3") as caught:
        parse_template(text, "file:3")
    assert what in str(caught.value) and text.strip() in str(caught.value)


def test_lists_are_found_through_expansion_rules_and_circles_end() -> None:
    rules = {"a": "<b> {one}", "b": "[<a>] {two:slot} {@three}"}
    found = [reference.slot_name for reference in listed("{zero} <a> <unknown>", rules)]
    assert found == ["zero", "one", "slot", "three"]
    assert len(references("<a> {b} [<a>]")) == 3
