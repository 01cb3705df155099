"""The household: floors, areas and devices. One schema for the configuration, the simulated home and the benchmarks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from assistant.errors import ConfigError, together
from assistant.home.players import PlayerTopics
from assistant.yamlfile import YamlFile, load_yaml, nearest

Kind = Literal[
    "light", "switch", "cover", "climate", "lock", "sensor", "binary_sensor", "fan", "scene", "media_player"
]

STATE_KEYS: dict[str, tuple[str, ...]] = {
    "light": ("on", "brightness", "rgb", "colour", "kelvin"),
    "switch": ("on",),
    "cover": ("open", "position", "moving"),
    "climate": ("mode", "temperature", "current_temperature", "action", "on"),
    "lock": ("locked", "moving", "jammed"),
    "sensor": ("value",),
    "binary_sensor": ("on",),
    "fan": ("on", "percentage", "preset", "oscillating", "direction"),
    "scene": (),
    "media_player": ("playback", "volume", "muted", "shuffle", "repeat", "title", "artist", "album"),
}
"""What a device of a kind reports; a missing key or None is unknown.

``on``, ``open``, ``locked``, ``jammed``: bool. ``brightness``, ``position``: percent. ``rgb``: three of 0 to 255;
``colour``: its nearest name. ``temperature``: the target, in degrees Celsius. ``moving``: ``opening``, ``closing``,
``locking``, ``unlocking`` or empty. ``value``: number or text. ``percentage`` (a fan's speed), ``volume``: percent.
``direction``: ``forward`` or ``reverse``. ``playback``: ``playing``, ``paused`` or ``stopped``."""

UNSAID: Any = ""
"""The kind of a device that is in a household only to give other names or a room to one that announces itself."""

LONGEST_NAME = 64
"""Characters; a name that nobody can say in one breath is no name."""
_MARKUP = re.compile(r"[<>\x7f]")


def clean_name(text: str) -> str:
    """A name as one line of plain text.

    Raises:
        ValueError: it is empty, too long, or holds control characters or markup.
    """
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in text):
        raise ValueError("a name must not hold control characters")
    if _MARKUP.search(text):
        raise ValueError("a name must not hold markup")
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise ValueError("a name must not be empty")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"a name must not be longer than {LONGEST_NAME} characters")
    return name


def slug(text: str) -> str:
    """A name as an identifier: ``Kitchen light`` is ``kitchen_light``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "device"


Name = Annotated[str, AfterValidator(clean_name)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Named = TypeVar("Named", bound="Area | Floor")


class Floor(_Part):
    """A storey."""

    name: Name
    aliases: tuple[Name, ...] = ()


class Area(_Part):
    """A room or another place; its name identifies it."""

    name: Name
    aliases: tuple[Name, ...] = ()
    floor: str = ""
    """Name of its floor."""


class Capabilities(_Part):
    """What a device can do beyond on and off."""

    brightness: bool = False
    colour: bool = False
    kelvin: tuple[int, int] | None = None
    """Lowest and highest colour temperature."""
    position: bool = False
    stop: bool = False
    modes: tuple[str, ...] = ()
    min_temperature: float = 7.0
    max_temperature: float = 35.0
    step: float = Field(default=0.5, gt=0)
    unit: str = ""
    """Unit of a sensor's value."""
    speeds: int = Field(default=0, ge=0)
    """How many speeds a fan has; 0: none that could be set."""
    presets: tuple[str, ...] = ()
    oscillation: bool = False
    direction: bool = False
    commands: tuple[str, ...] = ()
    """What a media player can be told: ``play``, ``pause``, ``stop``, ``next``, ``previous``, ``play_media``,
    ``set_volume``, ``mute``, ``shuffle``, ``repeat``."""


class Device(_Part):
    """One thing that can be named. At run time ``Home`` hands out new copies as its state changes."""

    id: str = Field(default="", max_length=256)
    """Identifier; in a file the device's ``unique_id`` or ``object_id`` in discovery. Left out: made from the name."""
    name: Name
    aliases: tuple[Name, ...] = ()
    area: str = ""
    """Name of its area."""
    kind: Kind = UNSAID
    """What it is. Empty only in a household's file: it adds to a device that announces itself, and is none alone."""
    device_class: str = ""
    """Home Assistant's device class: ``blind``, ``garage``, ``outlet``, ``temperature``, ``motion`` ..."""
    capabilities: Capabilities = Capabilities()
    state: dict[str, Any] = Field(default_factory=dict)
    """By ``STATE_KEYS``; in a file the state that a simulated device starts with."""
    available: bool = True
    """False while the device says that it is not there, or is configured and was never announced."""
    spoken: bool = True
    """False for what people do not talk about: diagnostics and settings."""
    mqtt: PlayerTopics | None = None
    """In a file: the topics of a media player, which announces none."""
    problems: tuple[str, ...] = ()
    """What of its announcement is not understood; the rest works."""
    manufacturer: str = ""
    model: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Device:
        if not self.id:
            object.__setattr__(self, "id", slug(self.name))
        if self.state and not self.kind:
            raise ValueError("a state is for a device of a kind; add its kind")
        if self.mqtt is not None and self.kind != "media_player":
            raise ValueError("topics under mqtt are for kind: media_player; others announce themselves")
        for key in self.state:
            if key not in STATE_KEYS[self.kind]:
                raise ValueError(f"a {self.kind} has no state {key!r}; {nearest(key, STATE_KEYS[self.kind])}")
        return self

    @property
    def on(self) -> bool | None:
        """Whether it is on (light, switch, climate, fan, binary sensor), None if unknown or no such thing."""
        value = self.state.get("on")
        return value if isinstance(value, bool) else None


class Group(_Part):
    """Devices that have one name together."""

    name: Name
    aliases: tuple[Name, ...] = ()
    devices: tuple[Name, ...] = Field(min_length=1)
    """Identifiers, names or aliases of its devices, whether they stand in the file or announce themselves."""

    @property
    def id(self) -> str:
        return slug(self.name)

    def holds(self, device: Device) -> bool:
        """Whether a device belongs to it."""
        names = {said.casefold() for said in (device.id, device.name, *device.aliases)}
        return any(member.casefold() in names for member in self.devices)


class Household(_Part):
    """Everything that has a name at home."""

    floors: tuple[Floor, ...] = ()
    areas: tuple[Area, ...] = ()
    devices: tuple[Device, ...] = ()
    groups: tuple[Group, ...] = ()

    @classmethod
    def load(cls, path: Path | str) -> Household:
        """Read a household file.

        Raises:
            ConfigError: names file and line, what was expected and the nearest name.
        """
        return cls.read(load_yaml(path))

    @classmethod
    def read(cls, file: YamlFile) -> Household:
        """The household in a file already loaded; raises like ``load``."""
        household = file.validate(cls)
        mistakes = [
            *_doubles(file, "floors", [(floor.name, *floor.aliases) for floor in household.floors]),
            *_doubles(file, "areas", [(area.name, *area.aliases) for area in household.areas]),
            *_doubles(file, "devices", [(device.id,) for device in household.devices]),
            *_unknown(file, "areas", "floor", [area.floor for area in household.areas], household.floors),
            *_unknown(file, "devices", "area", [device.area for device in household.devices], household.areas),
            *_doubles(file, "groups", [(group.name, *group.aliases) for group in household.groups]),
        ]
        if mistakes:
            raise together(mistakes)
        areas = tuple(
            area.model_copy(update={"floor": _full_name(area.floor, household.floors)}) for area in household.areas
        )
        devices = tuple(
            device.model_copy(update={"area": _full_name(device.area, areas)}) for device in household.devices
        )
        return household.model_copy(update={"areas": areas, "devices": devices})

    def device(self, device: str) -> Device | None:
        """The device with that identifier."""
        return next((found for found in self.devices if found.id == device), None)

    def area(self, name: str) -> Area | None:
        """The area of that name or alias, whatever its case."""
        return find_named(name, self.areas)

    def floor(self, name: str) -> Floor | None:
        """The floor of that name or alias, whatever its case."""
        return find_named(name, self.floors)


def find_named(name: str, things: Iterable[Named]) -> Named | None:
    """The one of that name or alias; case and underscores are free."""
    word = name.replace("_", " ").strip().casefold()
    return next((one for one in things if word in (said.casefold() for said in (one.name, *one.aliases))), None)


def _full_name(name: str, things: Sequence[Area | Floor]) -> str:
    """The name of the thing that is meant by a name or an alias; what is unknown or empty stays."""
    found = find_named(name, things) if name else None
    return found.name if found is not None else name


def _unknown(
    file: YamlFile, section: str, key: str, names: Sequence[str], things: Sequence[Area | Floor]
) -> Iterator[ConfigError]:
    """A mistake for each name that no thing has."""
    for at, name in enumerate(names):
        if name and find_named(name, things) is None:
            yield ConfigError(f"there is no {key} {name!r}", where=file.where((section, at, key)),
                              mend=nearest(name, [thing.name for thing in things]))


def _doubles(file: YamlFile, section: str, names: list[tuple[str, ...]]) -> Iterator[ConfigError]:
    """A mistake for each name that was given before."""
    seen: dict[str, int] = {}
    for at, said in enumerate(names):
        for name in said:
            if name.casefold() in seen:
                first = file.line((section, seen[name.casefold()]))
                yield ConfigError(f"{name!r} was already given in line {first}", where=file.where((section, at)),
                                  mend="each name may stand once")
        seen.update({name.casefold(): at for name in said})


def by_id(devices: Iterable[Device]) -> Mapping[str, Device]:
    """Devices by identifier."""
    return {device.id: device for device in devices}
