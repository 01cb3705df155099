"""Another backend hears voices otherwise: who left recordings is enrolled anew from them, others are asked to."""

from __future__ import annotations

import logging

from assistant.errors import AssistantError
from assistant.people.enrolment import Embed, Enrolment
from assistant.people.register import Register
from assistant.speaker.calibration import Calibration
from assistant.vad.base import Vad

log = logging.getLogger(__name__)


async def renew(register: Register, embed: Embed, calibration: Calibration, vad: Vad) -> list[str]:
    """Enrol again, with the embedder of today, everybody whose voice only others have heard.

    Returns:
        Those of whom there is no recording that will do: they have to read again.
    """
    left = []
    for person in await register.all():
        if not person.voices or calibration.name in person.voices:
            continue
        try:
            enrolment = Enrolment(embed, calibration, vad)
            for sound in await register.recordings.of(person):
                await enrolment.take(sound)
            await register.keep(person, enrolment.voice())
            log.info("the voice of %s was learned anew from recordings, for %s", person.name, calibration.name)
        except AssistantError as error:
            log.warning("the voice of %s has to be enrolled again: %s", person.name, error)
            left.append(person.name)
    return left
