"""Enrols people: with an embedder of the command's own for files, with the running one for what is read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.audio.frames import Pcm
from assistant.errors import ConfigError, StoreError
from assistant.people.enrolment import Enrolment, Verdict
from assistant.people.register import Register, grouped
from assistant.registry import Registry
from assistant.speaker.base import Embedding, SpeakerEmbedder
from assistant.speaker.calibration import calibration_of

if TYPE_CHECKING:
    from assistant.config import Config


async def enrolment_by(config: Config) -> tuple[Enrolment, SpeakerEmbedder]:
    """An enrolment by the configured embedder, in this process; the embedder is to be closed.

    Raises:
        AssistantError: it cannot be built, or was never calibrated.
    """
    registry = Registry()
    embedder: SpeakerEmbedder = registry.build("speaker", config.speaker.backend, config.speaker.options)

    async def embed(pcm: Pcm) -> Embedding:
        return embedder.embed(pcm)

    vad = registry.build("vad", config.vad.backend, config.vad.options)
    return Enrolment(embed, calibration_of(embedder.name), vad), embedder


async def check(register: Register, name: str, groups: Sequence[str]) -> None:
    """Before anybody reads anything: whether the person can be kept so.

    Raises:
        ConfigError: the name or a group is none.
    """
    grouped(groups)
    try:
        await register.find(name)
    except ConfigError:
        await register.free(name)


async def keep(
    register: Register, enrolment: Enrolment, name: str, groups: Sequence[str] = (), *, recordings: bool = False
) -> Verdict:
    """Keep the voice, for somebody who is added where nobody has the name; whole, or nothing at all.

    Args:
        groups: beside those that somebody is in already.
        recordings: keep what was read as well, so that another embedder can learn from it.

    Raises:
        SoundError: there is not enough of it.
        StoreError: it cannot be written.
    """
    voice = enrolment.voice()
    others = {known: other for known, other in (await register.voices(voice.embedder)).items()
              if known.casefold() != name.strip().casefold()}
    verdict = enrolment.test(others)
    try:
        person, added = await register.find(name), False
    except ConfigError:
        person, added = await register.add(name, groups), True
    try:
        if groups and not added:
            person = await register.regroup(person, (*person.groups, *groups))
        if recordings:
            await register.recordings.keep(person, enrolment.sounds)
        await register.keep(person, voice)
    except StoreError:
        if added:
            await register.drop(person)
        raise
    return verdict
