"""A turn in German: from the words to the skill's order, and back to an answer in German."""

from __future__ import annotations

from typing import Any

from assistant.clock import run_virtual
from assistant.dialogue.chain import Chain
from assistant.dialogue.keeper import GrammarKeeper
from assistant.grammar.grammar import Grammar
from assistant.home.vocabulary import vocabulary
from assistant.home_assistant.interpreter import Interpreter
from assistant.skills.messages import Answer, HandleRequest
from assistant.testing.fake_room import room, spoken
from tests.home_assistant.households import home
from tests.home_assistant.test_translate import SHIPPED

ORDERS: list[HandleRequest] = []


async def _obey(order: HandleRequest, effects: Any, questions: Any) -> Answer:
    """A skill that speaks English, and does all but what has to do with doors."""
    ORDERS.append(order)
    return Answer("The door did not answer.", "failed") if order.intent == "Lock" else Answer("It is done.", "done")


async def _typed(text: str) -> str:
    interpreter = Interpreter("de", home("de"), list)
    keeper = GrammarKeeper(Grammar())
    keeper.set_lists(vocabulary(home("de")))
    keeper.interpreter = interpreter
    interpreter.teach(keeper.grammar, SHIPPED)
    async with room(spoken(), silent=True) as at:
        services = at.session.services
        services.chain, services.interpreter = Chain([("grammar", keeper.by_reading)]), interpreter
        services.handle = _obey
        ORDERS.clear()
        typed = at.type(text)
        await at.play(2.0)
        return str(typed.result())


def test_orders_are_carried_out_by_our_skills_and_answered_in_german() -> None:
    told = run_virtual(_typed("schalte das Licht in der Küche an und mach die Kaffeemaschine aus"))
    assert told == "Licht eingeschaltet. Kaffeemaschine ausgeschaltet."
    assert [(order.skill, order.intent, dict(order.slots)) for order in ORDERS] == [
        ("home", "TurnOn", {"lights": "many", "area": "Küche"}), ("home", "TurnOff", {"name": "kaffeemaschine"}),
    ]


def test_politeness_in_the_midst_is_passed_over() -> None:
    assert run_virtual(_typed("schalte doch mal bitte das Küchenlicht ein")) == "Licht eingeschaltet"


def test_what_failed_is_said_in_german() -> None:
    assert run_virtual(_typed("schließe die Haustür ab")) == "Es ist ein unerwarteter Fehler aufgetreten"


def test_what_is_not_understood_is_said_in_german() -> None:
    assert run_virtual(_typed("erzähl mir was")) == "Entschuldigung, das habe ich nicht verstanden"
    assert not ORDERS
