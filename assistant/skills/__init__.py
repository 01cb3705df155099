"""The skill kit. A skill's author needs what is exported here, and nothing else (docs/skills.md).

This is imported by every skill's process at its start: keep it light.
"""

from assistant.errors import WebError
from assistant.skills.context import Context
from assistant.skills.endings import Cancelled, Refusal
from assistant.skills.kit import Skill, intent
from assistant.skills.messages import Answer
from assistant.skills.periods import Period
from assistant.skills.schedule import daily, every, on_event, on_mqtt
from assistant.skills.slots import Between
from assistant.skills.things import Alarm, Conversation, Device, Outcome, Page, Person, Reply, Room, Timer

__all__ = [
    "Alarm", "Answer", "Between", "Cancelled", "Context", "Conversation", "Device", "Outcome", "Page", "Period",
    "Person", "Refusal", "Reply", "Room", "Skill", "Timer", "WebError", "daily", "every", "intent", "on_event",
    "on_mqtt",
]
