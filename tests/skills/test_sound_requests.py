"""What skills ask to be said where nobody ordered anything."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from assistant.errors import SkillError
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Effects
from assistant.skills.manifest import Manifest
from assistant.skills.messages import HandleRequest
from assistant.skills.sound_requests import SoundRequests, SourcePort


async def test_only_one_thing_of_a_skill_waits_to_be_said() -> None:
    said, over = list[str](), asyncio.Event()

    async def announce(text: str) -> bool:
        said.append(text)
        return await over.wait()

    source = cast(SourcePort, SimpleNamespace(name="hall", area="hall", silent=False, announce=announce))
    requests = SoundRequests(lambda name: None, lambda: [source])
    order = HandleRequest(skill="bell", intent="", slots={}, text="", source="", turn="", area="", conversation={})
    call = SkillCall(order, Manifest(name="bell", grants=("speak",)), Effects(""), unasked=True)
    first = asyncio.create_task(requests.speak(call, {"text": "one", "area": ""}))
    await asyncio.sleep(0)
    with pytest.raises(SkillError, match="still to be said"):
        await requests.speak(call, {"text": "two", "area": ""})
    over.set()
    await first
    await requests.speak(call, {"text": "three", "area": ""})
    assert said == ["one", "three"]
