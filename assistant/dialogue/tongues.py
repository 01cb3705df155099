"""What the assistant itself says and hears in other languages than English: a yes, a no, and the question for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.grammar.base import Rule
from assistant.home.schema import Device
from assistant.skills import builtin
from assistant.skills.home_requests import confirmation


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    stop: tuple[str, ...]
    never_mind: tuple[str, ...]
    questions: Mapping[str, str]
    """The question before something risky, by command; ``""`` for those not named."""
    joined: str
    """Between the last two names."""
    declined: str
    refused: str
    cancelled: str
    examples: tuple[str, ...]
    """What can be said, the best first; ``{light}`` is the name of one."""

    def suggestions(self, devices: Iterable[Device]) -> list[str]:
        """What can be said in a household, as far as its sentences know it."""
        light = next((device.name for device in devices if device.kind == "light" and device.spoken), "")
        return [one.format(light=light) for one in self.examples if light or "{light}" not in one]

    def rules(self) -> list[Rule]:
        """Sentences of the assistant's own in this language."""
        rules = [Rule(builtin.SKILL, "Yes", self.yes, "yes_no"), Rule(builtin.SKILL, "No", self.no, "yes_no")]
        for scope in ("stop", "order"):
            rules.append(Rule(builtin.SKILL, "Stop", self.stop, scope))
            rules.append(Rule(builtin.SKILL, "NeverMind", self.never_mind, scope))
        return rules

    def question(self, command: str, value: Any, devices: Iterable[Device]) -> str:
        """The question before something risky."""
        names = [device.name for device in devices]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {self.joined} {names[-1]}"
        return self.questions.get(command, self.questions[""]).format(listed)


TONGUES: Mapping[str, Tongue] = {
    "de": Tongue(
        yes=("(ja|jo|jawohl|gerne|sicher|klar|genau|natürlich|okay|ok) [bitte|gerne|mach das|mach es]",
             "[ja] (mach das|mach es|tu das|bitte)"),
        no=("(nein|nö|nee|lieber nicht|besser nicht|nicht) [danke|bitte|lass es]", "[nein] (lass es|lass das)"),
        stop=("(stopp|stop|halt|ruhe|sei still|sei ruhig|hör auf) [bitte]",),
        never_mind=("[ach] (vergiss es|vergiss das|egal|schon gut|abbrechen)",),
        questions={"unlock": "Soll ich {} aufschließen?", "open": "Soll ich {} öffnen?",
                   "set_position": "Soll ich {} öffnen?", "turn_on": "Soll ich {} einschalten?",
                   "": "Soll ich {} wirklich umschalten?"},
        joined="und", declined="Gut, dann nicht.", refused="Das geht nicht.", cancelled="Gut, vergessen wir das.",
        examples=("schalte {light} ein", "stelle einen Timer auf fünf Minuten", "wie spät ist es",
                  "schalte {light} aus"),
    ),
    "es": Tongue(
        yes=("(sí|claro|vale|por supuesto|de acuerdo|correcto|exacto) [por favor|hazlo|gracias]",
             "[sí] (hazlo|adelante)"),
        no=("no [gracias|no lo hagas|mejor no|déjalo]", "(mejor no|no lo hagas|déjalo)"),
        stop=("(para|basta|silencio|cállate|alto) [por favor]",),
        never_mind=("(olvídalo|no importa|da igual|cancela|cancelar|déjalo estar)",),
        questions={"unlock": "¿Abro la cerradura de {}?", "open": "¿Abro {}?", "set_position": "¿Abro {}?",
                   "turn_on": "¿Enciendo {}?", "": "¿Cambio {}?"},
        joined="y", declined="De acuerdo, no lo hago.", refused="Eso no es posible.", cancelled="De acuerdo, olvidado.",
        examples=("enciende {light}", "pon un temporizador de cinco minutos", "qué hora es", "apaga {light}"),
    ),
    "fr": Tongue(
        yes=("(oui|ouais|bien sûr|d'accord|certainement|exactement|ok|volontiers) "
             "[s'il te plaît|s'il vous plaît|merci|vas-y]",
             "[oui] (vas-y|fais-le)"),
        no=("non [merci|pas maintenant|surtout pas|laisse]", "(plutôt pas|surtout pas|pas maintenant|laisse tomber)"),
        stop=("(stop|arrête|silence|tais-toi|chut) [s'il te plaît]",),
        never_mind=("(oublie|laisse|annule|peu importe|tant pis) [ça]",),
        questions={"unlock": "Dois-je déverrouiller {} ?", "open": "Dois-je ouvrir {} ?",
                   "set_position": "Dois-je ouvrir {} ?", "turn_on": "Dois-je allumer {} ?",
                   "": "Dois-je vraiment changer {} ?"},
        joined="et", declined="D'accord, je ne le fais pas.", refused="Ce n'est pas possible.",
        cancelled="D'accord, oublié.",
        examples=("allume {light}", "mets un minuteur de cinq minutes", "quelle heure est-il", "éteins {light}"),
    ),
}


def tongue(language: str) -> Tongue | None:
    """What is known of a language, its regions aside: ``de`` for ``de-CH``."""
    return TONGUES.get(language.split("-")[0])


def question_in(language: str, command: str, value: Any, devices: Iterable[Device]) -> str:
    """The question before something risky; in English where the language is not known."""
    known = tongue(language)
    return known.question(command, value, devices) if known is not None else confirmation(command, value, devices)
