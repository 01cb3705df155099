"""A small home to learn, and what people say of other matters."""

from __future__ import annotations

from assistant.grammar.base import Rule, Value
from assistant.grammar.grammar import Grammar
from assistant.nlu.base import OUT_OF_SCOPE, Example
from assistant.nlu.encoder import Encoder
from assistant.nlu.learning import encode
from assistant.nlu.skills import SkillUnderstanding

AREAS = ("kitchen", "bedroom", "hall")
ORDERS = (
    Rule("lights", "On", ("[please] (turn|switch) on [the] {area} (light|lights) [please]",
                          "[please] (turn|switch) [the] {area} (light|lights) on")),
    Rule("lights", "Off", ("[please] (turn|switch) off [the] {area} (light|lights) [please]",
                           "[please] (turn|switch) [the] {area} (light|lights) off")),
    Rule("doors", "Unlock", ("[please] unlock [the] {area} door", "[can you] open [the] {area} door [please]")),
)
OTHER_MATTERS = (
    "what is the capital of norway", "book a table for two in rome", "how do i say cheese in french",
    "transfer ten dollars to my savings", "tell me a joke about cats", "when was the war of the roses",
    "who wrote hamlet", "play some jazz by miles davis", "is it going to rain in oslo tomorrow",
    "find me a flight to tokyo", "how many calories are in an apple", "rate this novel five stars",
    "what is my credit score", "schedule a meeting with anna", "my package has not arrived",
    "how old is the universe", "read me the news", "what does obfuscate mean", "call my brother",
    "i need new tyres for my car", "add milk to the list", "did the dodgers win", "roll a dice for me",
    "how tall is mount everest", "what's a good recipe for soup", "who is the president of france",
    "cancel my gym membership", "what movies are on tonight", "how much is rent in berlin", "define entropy",
)


def small_home() -> Grammar:
    grammar = Grammar()
    grammar.set_list("area", [Value(area, area) for area in AREAS])
    for skill in ("lights", "doors"):
        grammar.set_rules(skill, [rule for rule in ORDERS if rule.skill == skill])
    return grammar


def understanding(encoder: Encoder, grammar: Grammar | None = None) -> SkillUnderstanding:
    """Nothing learned yet."""
    others = encode([Example(text, OUT_OF_SCOPE) for text in OTHER_MATTERS], encoder).features
    return SkillUnderstanding(grammar or small_home(), encoder, others, per_rule=20)
