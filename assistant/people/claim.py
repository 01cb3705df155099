"""Who seems to speak: a voice is a claim, not a proof."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

Channel = Literal["voice", "console", "page", "house"]
Certainty = Literal["likely", "sure", "certain"]

ODDS: dict[Certainty, float] = {"likely": log(10), "sure": log(100), "certain": log(1000)}
"""Natural-log likelihood ratios. Of other people's voices at most one in 10, 100 and 1,000 reaches them: that is what a
calibrated ratio means."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of who gave an order."""

    person: str = ""
    """Whom the evidence speaks for most, however little; empty: there is none."""
    llr: float = 0.0
    """Natural-log likelihood ratio: this person against anybody else."""
    channel: Channel = "voice"
    """``console``: typed on this machine, which is the household's; ``page``: typed in a paired page elsewhere, by
    anybody; ``house``: nobody's order, what a skill does by itself."""
    doubtful: bool = False
    """Whether the utterance does not say by itself who gave it: too short, so that the conversation before speaks for
    it, or not checked for a second voice. What is risky asks for more then."""

    @property
    def trusted(self) -> bool:
        """Whether it is the household's, whoever of it that may be."""
        return self.channel in ("console", "house")

    @property
    def standing(self) -> str:
        """What is kept of it with an order for later: the channel, or the certainty that the voice reached."""
        if self.channel != "voice":
            return self.channel
        reached = next((certainty for certainty in STANDINGS if self.holds(certainty)), "")
        return reached + IN_DOUBT if reached and self.doubtful else reached

    def holds(self, certainty: Certainty) -> bool:
        """Whether it is certain enough that this person speaks."""
        return bool(self.person) and self.llr >= ODDS[certainty]

    @property
    def known(self) -> str:
        """The person, where that is sure enough to act in their name; else empty."""
        return self.person if self.holds("sure") else ""


STANDINGS: tuple[Certainty, ...] = ("certain", "sure")
"""Certainties in which somebody may act, the highest first."""
IN_DOUBT = " in doubt"
"""After a certainty that is kept: the claim was doubtful."""
CONSOLE = Claim(channel="console")
PAGE = Claim(channel="page")
HOUSE = Claim(channel="house")
NOBODY = Claim()


def stood(person: str, standing: str) -> Claim:
    """The claim of an order for later, when it is due: no more than it was when it was given."""
    if standing == CONSOLE.channel:
        return CONSOLE
    wanted = standing.removesuffix(IN_DOUBT)
    reached = next((certainty for certainty in STANDINGS if certainty == wanted), None)
    if not person or reached is None:
        return NOBODY
    return Claim(person, ODDS[reached], doubtful=standing.endswith(IN_DOUBT))
