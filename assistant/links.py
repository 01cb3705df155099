"""The links of the fallback chain that have to be waited for, built from the configuration."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from assistant.bus import Bus
from assistant.config import Config
from assistant.dialogue.chain import LateLink
from assistant.grammar.grammar import Grammar
from assistant.grammar.phrasing import Phrasing
from assistant.llm.talk import LanguageModel
from assistant.nlu.client import UnderstandingClient
from assistant.nlu.rasa import RasaLink
from assistant.parts import understanding


@dataclass(slots=True)
class WaitedFor:
    """The links in their order, and the one that answers freely."""

    late: list[LateLink] = field(default_factory=list)
    trained: UnderstandingClient | None = None
    rasa: RasaLink | None = None
    talker: LanguageModel | None = None

    def start(self) -> None:
        """Start what they need, without waiting for it."""
        for part in (self.trained, self.talker):
            if part is not None:
                part.start()

    async def close(self) -> None:
        """End it."""
        parts = (self.trained, self.rasa, self.talker)
        await asyncio.gather(*(part.close() for part in parts if part is not None))


def waited_for(config: Config, bus: Bus, grammar: Grammar) -> WaitedFor:
    """Those that the configuration names."""
    links, settings = WaitedFor(), config.understanding
    for name in settings.links:
        if name == "trained":
            links.trained = trained = understanding(config, bus, grammar)
            links.late.append(LateLink(name, trained.guess, settings.seconds, trained.weigh))
        elif name == "rasa" and settings.rasa is not None:
            links.rasa = rasa = RasaLink(settings.rasa, Phrasing(grammar))
            links.late.append(LateLink(name, rasa.guess, settings.rasa.seconds))
        elif name == "llm":
            links.talker = LanguageModel(config.llm, Phrasing(grammar), bus.post)
    return links
