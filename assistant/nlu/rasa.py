"""Rasa as a link of the chain: its server guesses intent and slots, the grammar gives the meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from assistant.config.understanding import Rasa
from assistant.dialogue.chain import Found
from assistant.errors import LinkError, LinkGarbled, LinkTimeout
from assistant.grammar.base import View
from assistant.grammar.phrasing import Phrasing
from assistant.nlu.base import OUT_OF_SCOPE
from assistant.nlu.samples import BETWEEN

if TYPE_CHECKING:
    import httpx

NAME = "rasa"
SURE = 0.9
"""Confidence from which nothing needs to be asked: DIET's is high for what is like its lessons, and for little else."""
WHERE = "understanding: rasa: url"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the server makes of a sentence."""

    intent: str
    confidence: float
    words: Mapping[str, str]
    """Of each slot."""
    clear: bool
    """Whether no slot was found twice."""


class RasaLink:
    """Asks a Rasa server.

    Args:
        phrasing: of the agent's grammar; what no sentence of it says is not guessed.
    """

    def __init__(self, config: Rasa, phrasing: Phrasing) -> None:
        self.config = config
        self._phrasing = phrasing
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    async def guess(self, words: str, view: View) -> Found | None:
        """Link of the chain. Raises as ``parse`` does."""
        parsed = await self.parse(words)
        if parsed.intent == OUT_OF_SCOPE or parsed.confidence < self.config.threshold:
            return None
        skill, _, intent = parsed.intent.partition(BETWEEN)
        match = self._phrasing.match_said(skill, intent, parsed.words, view)
        if match is None:
            return None
        return Found(match, NAME, parsed.clear and parsed.confidence >= SURE, parsed.confidence)

    async def parse(self, text: str) -> Parsed:
        """What the server makes of a sentence.

        Raises:
            LinkError: it cannot be reached or fails; ``LinkGarbled``: it sends something else.
        """
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self.config.seconds, trust_env=False)
        try:
            response = await self._client.post(f"{self.config.url.rstrip('/')}/model/parse", json={"text": text})
            if response.status_code != 200:
                raise LinkError(f"fails ({response.status_code}): {response.text[:100].strip()}", where=WHERE,
                                mend="start it with `rasa run --enable-api -m MODEL`")
            return _parsed(response.json(), text)
        except httpx.TimeoutException as error:
            raise LinkTimeout(f"does not answer within {self.config.seconds:g} s", where=WHERE) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise LinkError(f"cannot be reached: {error or type(error).__name__}", where=WHERE,
                            mend="start it with `rasa run --enable-api -m MODEL`") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LinkGarbled(f"this is no parse of Rasa's: {error!r}"[:200], where=WHERE) from error


def _parsed(data: Any, text: str) -> Parsed:
    found: dict[str, str] = {}
    entities = _joined([(str(e["entity"]), int(e["start"]), int(e["end"])) for e in data.get("entities") or ()], text)
    for name, start, end in entities:
        found.setdefault(name, text[start:end].strip())
    intent = data["intent"]
    confidence = float(intent["confidence"])
    if not isfinite(confidence):  # it would be below no threshold
        raise ValueError(f"a confidence of {confidence}")
    return Parsed(str(intent["name"] or OUT_OF_SCOPE), confidence, found, len(found) == len(entities))


def _joined(entities: Iterable[tuple[str, int, int]], text: str) -> list[tuple[str, int, int]]:
    """Entities (name, first character, first after it), those of one name with nothing between them as one.

    A name of several words is sometimes found word by word.
    """
    joined: list[tuple[str, int, int]] = []
    for name, start, end in sorted(entities, key=lambda entity: entity[1]):
        before, first, last = joined[-1] if joined else ("", 0, 0)
        if before == name and last <= start and not text[last:start].strip():
            joined[-1] = (name, first, end)
        else:
            joined.append((name, start, end))
    return joined
