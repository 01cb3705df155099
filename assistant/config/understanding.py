"""How words find their meaning: the links of the fallback chain in their order, and what those of them need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from assistant.config.section import Confidence, Names, Section, spelled, to_list

Link = Literal["grammar", "open", "trained", "rasa", "llm"]
AT_ONCE: tuple[Link, ...] = ("grammar", "open")
"""They answer at once and need no time budget; without them nobody could say yes, or stop."""
LAST: Link = "llm"
"""It has an answer to everything: no link after it would ever be asked."""

Links = Annotated[tuple[Link, ...], Field(strict=False)]
Url = Annotated[
    str, Field(max_length=500), spelled(r"https?://[^\s/]+(/\S*)?", "an address such as http://127.0.0.1:5005")
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
Budget = Annotated[float, Field(gt=0, le=600)]


class Rasa(Section):
    """A Rasa server that learned the skills' sentences (``assistant train nlu --backend rasa``)."""

    url: Url
    """Of the server, such as ``http://127.0.0.1:5005``."""
    seconds: float = Field(default=1.0, gt=0, le=10)
    """Time budget of a guess."""
    threshold: Confidence = 0.7
    """Confidence below which it has no opinion."""


class Understanding(Section):
    """What is done with words: each link is asked for what none before it understood."""

    links: Links = AT_ONCE
    """``grammar``: the recogniser's reading; ``open``: what it heard freely, matched again; then those that are waited
    for. Not written: those that are set up."""
    trained: bool = False
    """Whether a model that learns the skills' sentences guesses; what it is not sure of it asks."""
    seconds: float = Field(default=0.5, gt=0, le=10)
    """Time budget of its guess."""
    home_assistant: bool = True
    """Whether Home Assistant's sentences are understood too, in the household's language."""
    rasa: Rasa | None = None

    @model_validator(mode="before")
    @classmethod
    def _trained_if_named(cls, data: Any) -> Any:
        """Whoever names the trained link wants it."""
        if isinstance(data, dict) and "trained" not in data and isinstance(data.get("links"), list | tuple):
            return {**data, "trained": "trained" in data["links"]}
        return data

    @field_validator("links", mode="before")
    @classmethod
    def _a_list(cls, value: Any) -> Any:
        return to_list(value)

    @field_validator("links")
    @classmethod
    def _in_order(cls, links: tuple[Link, ...]) -> tuple[Link, ...]:
        for link in links:
            if links.count(link) > 1:
                raise ValueError(f"names {link!r} twice")
        if not links or links[0] != "grammar":
            raise ValueError("should begin with 'grammar': yes, no and stop are understood there")
        if "open" in links[2:]:
            raise ValueError("should name 'open' before what has to be waited for")
        if LAST in links[:-1]:
            raise ValueError(f"should end with {LAST!r}: it has an answer to everything")
        return links

    @model_validator(mode="after")
    def _set_up(self) -> Understanding:
        if self.trained != ("trained" in self.links):
            raise ValueError("`trained` and `links` should say the same of the trained link")
        if "rasa" in self.links and self.rasa is None:
            raise ValueError("links name 'rasa', so rasa: {url: ...} should be there")
        return self


class McpServer(Section):
    """A server of tools for the language model; only those that are listed are used."""

    name: Name
    command: Names = ()
    """The program and its arguments; it is started, and spoken to by its standard input and output."""
    url: Url | None = None
    """Or where it listens (streamable HTTP)."""
    allow: Names
    """Its tools that the language model may use."""
    ask: Names = ()
    """Those of them that are used only after a yes of whoever speaks; so are those that say that they destroy."""
    seconds: Budget = 10.0
    """Time budget of one call."""

    @model_validator(mode="after")
    def _one_way(self) -> McpServer:
        if bool(self.command) == (self.url is not None):
            raise ValueError("should have a command or a url")
        for tool in self.ask:
            if tool not in self.allow:
                raise ValueError(f"asks about {tool!r}, which it does not allow")
        return self


class Llm(Section):
    """A language model behind an OpenAI-compatible endpoint; off without a ``url``."""

    url: Url | None = None
    """Up to ``chat/completions``, such as ``http://127.0.0.1:11434/v1`` (Ollama)."""
    model: str = ""
    """As the server calls it."""
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """Environment variable that holds the key, where the server wants one."""
    seconds: Budget = 30.0
    """Time budget of all that it writes for one answer; what its tools take is not counted."""
    first_seconds: Budget = 10.0
    """Wait so long for its first word, and for each next one."""
    rounds: int = Field(default=4, ge=1, le=10)
    """It may use tools so many times for one answer."""
    most_tokens: int = Field(default=400, ge=16, le=4096)
    """Length of one reply."""
    system: str = Field(default="", max_length=4000)
    """Added to what it is told of itself."""
    skills: Names | None = None
    """Skills that it may give orders to, as a speaker would; None for all. Fewer make its first word come earlier."""
    mcp: Annotated[tuple[McpServer, ...], Field(strict=False)] = ()

    @field_validator("mcp")
    @classmethod
    def _unlike(cls, servers: tuple[McpServer, ...]) -> tuple[McpServer, ...]:
        names = [server.name for server in servers]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"names {name!r} twice")
        return servers


def with_links(data: Any) -> Any:
    """Settings in which the order of the links is written: as it was, else that of those that are set up."""
    if not isinstance(data, Mapping):
        return data
    understanding, llm = data.get("understanding") or {}, data.get("llm")
    if not isinstance(understanding, Mapping) or "links" in understanding:
        return data
    named = [*AT_ONCE]
    if understanding.get("trained") is True:
        named.append("trained")
    if understanding.get("rasa") is not None:
        named.append("rasa")
    if isinstance(llm, Mapping) and llm.get("url"):
        named.append(LAST)
    return {**data, "understanding": {**understanding, "links": named}}
