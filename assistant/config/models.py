"""The sections of the configuration and their defaults. Times are in seconds, confidences from 0 to 1."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_serializer, field_validator, model_validator

from assistant.config.section import Confidence, FilePath, Folders, Names, Seconds, Section, spelled
from assistant.config.understanding import Llm, Understanding, with_links
from assistant.home.settings import BrokerSettings
from assistant.paths import database
from assistant.server.settings import DEFAULT_PORT, ServerSettings
from assistant.turns.endpoint import EndpointConfig
from assistant.turns.judge import Thresholds
from assistant.turns.loudness import hours
from assistant.wake.calls import Action, Call
from assistant.wake.sensitivity import HOURS, LEAST, MOST
from assistant.yamlfile import YamlFile

WAKE_PHRASE = "hey nova"
WAKE_FORMS = "should be a phrase, {phrase: ..., backend: ...}, or a list of these"
ROUTINES = {
    "good night": ("turn off everything", "close the blinds"), "good morning": ("open the blinds", "what time is it"),
    "movie time": ("set the lights to 20 percent",), "dinner": ("set the lights to 70 percent",),
    "leaving home": ("turn off everything",),
}
PAUSE = EndpointConfig()
SURE = Thresholds()


class Component(Section):
    """Which backend does a job, and its options: ``vad: silero`` or ``vad: {backend: silero, threshold: 0.6}``."""

    backend: str
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        """A bare word is the backend; keys of no field of ours are options of the backend."""
        if isinstance(data, str):
            return {"backend": data}
        if isinstance(data, cls):
            return data
        if not isinstance(data, dict):
            raise ValueError("should be the name of a backend, or {backend: its name, and its options}")
        own = {key: value for key, value in data.items() if key in cls.model_fields and key != "options"}
        return {**own, "options": {str(key): value for key, value in data.items() if key not in own}}


class Vad(Component):
    """Says when somebody speaks."""

    backend: str = "silero"


class Asr(Component):
    """Turns speech into words."""

    backend: str = "moonshine"
    second: Component | None = None
    """Reads again, as open speech, what nothing understood: a larger recogniser, for which orders never wait."""
    second_seconds: float = Field(default=2.0, gt=0, le=6)
    """Its time budget."""


class Tts(Component):
    """Turns words into speech."""

    backend: str = "piper"
    fallback: str | None = "espeak"
    """Speaks when the backend cannot; null: nobody does."""
    lexicon: dict[str, str] = Field(default_factory=dict, max_length=500)
    """How your own words are spoken: ``{Saoirse: SEER-sha}``."""


class Speaker(Component):
    """Says whose voice it is, once somebody is enrolled."""

    backend: str = "trained"


class People(Section):
    """Who lives here, and what they may."""

    rules: FilePath | None = None
    """The file that says who may do what; None: ``people.yaml`` beside the settings, else the one that ships."""
    learn: bool = False
    """Whether it goes on learning how somebody sounds, from turns of whom it is certain; ``assistant people unlearn
    NAME`` undoes it."""


class Wake(Component):
    """A phrase that begins an order. A bare text is the phrase: ``wake: computer``."""

    phrase: str = Field(default=WAKE_PHRASE, min_length=2, max_length=60)
    backend: str = "phrase"
    action: Action = "turn"
    """What it does: an order follows (``turn``), or there is to be silence (``stop``)."""
    person: str = Field(default="", max_length=40)
    """Who calls so: skills are told, and it gives no rights."""
    skill: str = ""
    """Whose sentences an order after it is looked for in first."""

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:
        if not isinstance(data, str | dict | cls):
            raise ValueError(WAKE_FORMS)
        return {"phrase": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _silence_is_no_order(self) -> Wake:
        if self.action == "stop" and (self.person or self.skill):
            raise ValueError("a phrase with `action: stop` takes no order, so it has no person and no skill")
        return self

    @property
    def call(self) -> Call:
        """The phrase and what it does."""
        return Call(self.phrase, self.action, self.person, self.skill)


class Home(Section):
    """Where the devices are."""

    broker: BrokerSettings | None = None
    """None (written ``embedded``): a broker of our own on loopback."""
    household: FilePath | None = None
    """Rooms and devices, beside what the devices announce."""
    simulate: bool = False
    """Whether the household's devices are simulated."""

    @model_validator(mode="before")
    @classmethod
    def _fitting(cls, data: Any) -> Any:
        """With a broker of our own there is nobody on it yet: simulate, unless told otherwise."""
        if not isinstance(data, dict):
            return data
        embedded = data.get("broker", "embedded") in ("embedded", None)
        defaults = {"simulate": embedded, "household": "home.yaml" if embedded else None}
        return {**defaults, **data}

    @field_validator("broker", mode="before")
    @classmethod
    def _embedded(cls, value: Any) -> Any:
        if value == "embedded":
            return None
        if isinstance(value, str):
            raise ValueError("should be 'embedded' or {host: ..., port: ...}")
        return value

    @field_serializer("broker")
    def _show(self, broker: BrokerSettings | None) -> Any:
        return "embedded" if broker is None else broker.model_dump(mode="json", exclude_defaults=True)


class Skills(Section):
    """What it can do."""

    folders: Folders = ()
    """Folders of skills, beside those that ship and those in the data folder."""
    disabled: Names = ()
    """Skills that are not loaded."""
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What their ``skill.yaml`` lets one set, by skill: ``{coffee: {size: large}}``."""


class Source(Section):
    """A microphone or browser tab by its name."""

    area: str = ""
    """Room that an order without a place means."""


class Tls(Section):
    """A certificate of the user's own."""

    certificate: FilePath
    key: FilePath


class Server(Section):
    """The web page."""

    enabled: bool = True
    host: Annotated[str, Field(pattern=r"^[\w.:%\[\]-]+$")] = "127.0.0.1"
    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535)
    """0: any free one."""
    tls: bool | Tls = False
    """True: with a certificate that is made on the first start."""
    names: Names = ()
    """Host names, besides the machine's own, under which browsers may call."""

    @field_validator("tls", mode="before")
    @classmethod
    def _switch_or_files(cls, value: Any) -> Any:
        if isinstance(value, bool | dict | Tls):
            return value if isinstance(value, bool | Tls) else Tls.model_validate(value)
        raise ValueError("should be true, false or {certificate: ..., key: ...}")

    def settings(self, area: str = "", tokens: Path | None = None) -> ServerSettings:
        """As the server wants it."""
        return ServerSettings(host=self.host, port=self.port, names=self.names, area=area, tokens=tokens)


class Audio(Section):
    """The machine's own microphone and loudspeaker."""

    input: str | int | None = "default"
    """Name (or a part of it) or number as ``assistant devices`` shows it; null: no microphone."""
    output: str | int | None = "default"
    echo: bool = True
    """Cancel the assistant's own voice; off where the device does it."""
    follow_noise: bool = False
    """Answer up to 4 dB louder where the room is noisy."""
    night: str = ""
    """Hours in which answers are quieter: ``22:00-07:00``."""
    night_db: float = Field(default=8.0, ge=0, le=30)
    history_seconds: float = Field(default=40.0, ge=10, le=300)
    """Sound that is kept in memory per source."""

    @field_validator("night")
    @classmethod
    def _hours(cls, text: str) -> str:
        try:
            hours(text)
        except ValueError:
            raise ValueError(f"{text!r} are no hours: 22:00-07:00") from None
        return text


class Turns(Section):
    """How a conversation is taken. Confidences are the same in quiet and in noise."""

    ask_back: Confidence = SURE.ask_back
    """From here on: "did you mean ...?"."""
    accept: Confidence = SURE.accept
    """Counts as heard, after the wake phrase."""
    accept_follow_up: Confidence = SURE.accept_follow_up
    """Counts as heard where nobody said the wake phrase."""
    no_speech_seconds: Seconds = 5.0
    """Wait for an order after the wake phrase."""
    follow_up_seconds: Seconds = 5.0
    """Wait for another order after an answer; 0: do not."""
    speculate_seconds: Seconds = PAUSE.speculate
    """Silence after which the sound is read as if the speech had ended."""
    closed_seconds: Seconds = PAUSE.closed
    """Silence that ends a sentence that cannot go on."""
    open_seconds: Seconds = PAUSE.open
    """Silence that ends a whole sentence that could go on, provisionally."""
    incomplete_seconds: Seconds = PAUSE.incomplete
    """Silence that ends anything else."""
    longest_seconds: Seconds = PAUSE.longest
    """Speech that never ends is cut here."""
    chime: bool = True
    """A short sound when it begins to listen."""

    @model_validator(mode="after")
    def _rising(self) -> Turns:
        if not self.ask_back <= self.accept <= self.accept_follow_up:
            raise ValueError("ask_back, accept and accept_follow_up should rise in this order")
        if not max(self.closed_seconds, self.open_seconds) <= self.incomplete_seconds:
            raise ValueError("incomplete_seconds should be the longest pause")
        return self

    @property
    def endpoint(self) -> EndpointConfig:
        return EndpointConfig(
            speculate=self.speculate_seconds, closed=self.closed_seconds, open=self.open_seconds,
            incomplete=self.incomplete_seconds, longest=self.longest_seconds,
        )

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.ask_back, self.accept, self.accept_follow_up)


class Store(Section):
    """What is remembered."""

    path: FilePath | None = None
    """The database; None: in the data folder; ``:memory:``: forgotten at the end."""
    trace_days: int = Field(default=7, ge=0, le=3650)
    """Days for which turns (text and times, no sound) are kept."""
    trace_megabytes: float = Field(default=100, gt=0, le=100_000)
    """Room that they may take; the oldest go first."""


class Recorder(Section):
    """What is kept of the sound of turns. The page shows it while it is on."""

    audio: bool = False
    """Whether any is."""
    days: float = Field(default=7, ge=0, le=3650)
    megabytes: float = Field(default=500, gt=0, le=1_000_000)
    """Room that it may take; the oldest goes first."""


class Log(Section):
    """What is written while it runs."""

    level: Literal["debug", "info", "warning", "error"] = "warning"


class Config(Section):
    """All of it."""

    language: Annotated[str, spelled(r"[a-z]{2,3}(-[A-Za-z]+)?", "a code such as de or pt-BR")] = "en"
    """In which skills are spoken to and answer, where they have it."""
    wake: Annotated[tuple[Wake, ...], Field(strict=False, min_length=1)] = (Wake(),)
    false_accept_hours: float = Field(default=HOURS, ge=LEAST, le=MOST)
    """How readily it listens: about one false accept of a wake phrase in so many hours of other people's talk."""
    wake_review: bool = False
    """Whether the sound of what was nearly taken for a wake phrase, or perhaps wrongly, is kept to be labelled; as
    long, and as much, as ``recorder`` says. The page shows it while it is on."""
    vad: Vad = Vad()
    asr: Asr = Asr()
    tts: Tts = Tts()
    speaker: Speaker = Speaker()
    people: People = People()
    understanding: Understanding = Understanding()
    llm: Llm = Llm()
    home: Home = Field(default_factory=lambda: Home.model_validate({}))
    skills: Skills = Skills()
    routines: dict[str, Names] = Field(default_factory=lambda: dict(ROUTINES))
    """Names that one can say, and the orders that each stands for."""
    sources: dict[str, Source] = Field(default_factory=dict)
    server: Server = Server()
    audio: Audio = Audio()
    turns: Turns = Turns()
    store: Store = Store()
    recorder: Recorder = Recorder()
    log: Log = Log()

    _file: YamlFile | None = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _links_are_written(cls, data: Any) -> Any:
        return with_links(data)

    @field_validator("wake", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        if not isinstance(value, str | dict | list | tuple | Wake):
            raise ValueError(WAKE_FORMS)
        return value if isinstance(value, list | tuple) else [value]

    @property
    def file(self) -> Path | None:
        """The file it was read from; None: defaults alone."""
        return Path(self._file.name) if self._file is not None else None

    @property
    def written(self) -> dict[str, Any]:
        """What the file says, as it stands there; empty for defaults alone."""
        return dict(self._file.data) if self._file is not None and isinstance(self._file.data, dict) else {}

    @property
    def own_routines(self) -> dict[str, Names]:
        """The routines that the file names, those that ship left out."""
        named = self.written.get("routines")
        return {name: self.routines[name] for name in named if name in self.routines} if isinstance(named, dict) else {}

    def where(self, *place: str | int) -> str:
        """``file:line`` of a setting, for errors that show only when it is used."""
        setting = ".".join(str(step) for step in place)
        return self._file.where(place) if self._file is not None else setting

    @property
    def store_path(self) -> Path:
        """The database."""
        return self.store.path or database()

    @property
    def keeps_sound(self) -> bool:
        """Whether the sound of turns is kept; never of turns that are themselves forgotten at the end."""
        return self.recorder.audio and str(self.store.path) != ":memory:"

    @property
    def keeps_doubts(self) -> bool:
        """Whether the sound of doubtful wake phrases is kept."""
        return self.wake_review and str(self.store.path) != ":memory:"

    @property
    def skill_settings(self) -> dict[str, dict[str, Any]]:
        """What is set of skills, by skill; routines are a setting of the skill that runs them."""
        settings = self.skills.settings
        return {**settings, "routines": {"routines": self.routines, **settings.get("routines", {})}}

    def area_of(self, source: str) -> str:
        """Room of a source; empty if none was given."""
        found = self.sources.get(source)
        return found.area if found is not None else ""
