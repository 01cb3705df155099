"""Sentences that belong to no skill: yes and no to a question, and stop. They work with every skill process dead."""

from __future__ import annotations

from assistant.grammar.base import Rule
from assistant.skills.messages import Answer, HandleRequest

SKILL = "builtin"
STOP_PHRASES = ("stop", "cancel", "be quiet", "shut up")
"""Said over an answer or a ring they silence it, scored as phrases without the recogniser."""

YES = (
    "(yes|yeah|yep|yup|yes yes) [please|of course|sure|do it|do that|go ahead]",
    "[yes] (sure|of course|certainly|absolutely|definitely|correct|right|exactly|okay|ok) [please|do it|go ahead]",
    "[yes] [please] (do it|do that|do so|go ahead) [please]",
    "yes I (do|am|did|want that)",
    "(that is|that's|that was) (right|correct|it)",
    "please do",
    "sounds good",
)
NO = (
    "(no|nope|nah|no no) [thanks|thank you|please don't|don't|not now|never|leave it]",
    "[no] [please] (don't|do not) [do (it|that)] [please]",
    "[no] (not now|better not|rather not|certainly not|of course not|not really|leave it)",
    "[no] (that is|that's|that was) (wrong|not right|not correct)",
    "no (I don't|I do not|I didn't|it isn't)",
    "wrong",
)
FIRST = ("[no] [the] first [one] [please]", "[the] former [please]")
SECOND = ("[no] [the] (second|other|last) [one] [please]", "[the] latter [please]")
STOP = (
    "[okay|ok|please|now] stop [it|that|now|please|talking|ringing|the (alarm|timer|ringing|noise)]",
    "[please] (be quiet|shut up|be silent|quiet|silence|hush) [please|now]",
    "[okay|ok] (that's|that is) enough [thanks|thank you]",
)
NEVER_MIND = (
    "[oh|no|okay|ok] (never mind|nevermind|forget it|forget that|forget about it) [thanks|thank you]",
    "[please] cancel [that|it|the order] [please]",
    "[no] nothing [thanks|thank you]",
)


def _rules() -> list[Rule]:
    rules = [Rule(SKILL, "Yes", YES, "yes_no"), Rule(SKILL, "No", NO, "yes_no")]
    rules += [Rule(SKILL, "First", FIRST, "which"), Rule(SKILL, "Second", SECOND, "which")]
    for scope in ("stop", "order"):
        rules += [Rule(SKILL, "Stop", STOP, scope), Rule(SKILL, "NeverMind", NEVER_MIND, scope)]
    return rules


RULES = tuple(_rules())
"""``Yes`` and ``No`` (scope ``yes_no``); ``First`` and ``Second`` (``which``); ``Stop`` and ``NeverMind`` (``stop`` and
``order``)."""


def answer(order: HandleRequest) -> Answer:
    """The answer to a sentence of ``RULES``: the turn that it interrupts is silenced by whoever hears it."""
    return Answer("Okay." if order.intent == "NeverMind" else "", "cancelled")
