"""The links of the chain in the settings: their order, and what each needs."""

from __future__ import annotations

import pytest

from assistant.config import Config
from assistant.config.examine import examine
from assistant.config.load import check_config
from assistant.yamlfile import parse_yaml

LLM = "llm: {url: 'http://127.0.0.1:11434/v1', model: tiny}"
RASA = "rasa: {url: 'http://127.0.0.1:5005'}"


def read(text: str) -> Config:
    return check_config(parse_yaml(text, "f"))


@pytest.mark.parametrize(("text", "links"), [
    ("", "grammar open"),
    ("understanding: {trained: true, seconds: 1}", "grammar open trained"),
    ("understanding: {links: [grammar, open, trained]}", "grammar open trained"),
    (f"understanding: {{trained: true, {RASA}}}\n{LLM}", "grammar open trained rasa llm"),
    (f"understanding: {{links: [grammar, rasa, trained], {RASA}}}\n{LLM}", "grammar rasa trained"),
    ("understanding: {links: [grammar]}", "grammar"),
])
def test_what_is_set_up_is_asked_in_order(text: str, links: str) -> None:
    config = read(text)
    assert " ".join(config.understanding.links) == links
    assert config.understanding.trained is ("trained" in links)


@pytest.mark.parametrize(("text", "told"), [
    ("understanding:\n  links: [grammar, opne]", "f:2: understanding.links.1 cannot be 'opne' (did you mean 'open'?)"),
    ("understanding:\n  links: [grammar, open, open]", "f:2: understanding.links: names 'open' twice"),
    ("understanding:\n  links: [open, grammar]", "f:2: understanding.links: should begin with 'grammar'"),
    ("understanding:\n  links: [grammar, trained, open]", "should name 'open' before what has to be waited for"),
    (f"{LLM}\nunderstanding:\n  links: [grammar, llm, open]", "should name 'open'"),
    (f"{LLM}\nunderstanding:\n  links: [grammar, open, llm, trained]", "should end with 'llm'"),
    ("understanding:\n  links: grammar", "should be a list"),
    ("understanding:\n  links: [grammar, open, llm]", "f:2: the links name 'llm', and no language model is set up"),
    ("understanding:\n  links: [grammar, rasa]", "rasa: {url: ...} should be there"),
    ("understanding:\n  trained: true\n  links: [grammar]", "should say the same"),
    ("llm:\n  url: http://x/v1", "f:2: llm: has a url and no model"),
    ("llm:\n  url: x/v1", "f:2: llm.url: should be an address such as http"),
    (f"{LLM[:-1]}, skills: [hoem]}}", "f:1: there is no skill 'hoem' (did you mean 'home'?)"),
    ("llm:\n  mcp: [{name: a, allow: [b]}]", "should have a command or a url"),
    ("llm:\n  mcp: [{name: a, url: 'http://x', allow: []}, {name: a, command: [x], allow: []}]", "names 'a' twice"),
])
def test_what_cannot_be_meant_is_said(text: str, told: str) -> None:
    config, mistakes = examine(parse_yaml(text, "f"))
    assert any(told in str(mistake) for mistake in mistakes), [str(mistake) for mistake in mistakes]
    assert config.understanding.links[0] == "grammar" and "llm" not in config.understanding.links[:-1]
