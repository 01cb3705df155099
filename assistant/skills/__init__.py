"""The skill kit. A skill's author needs what is exported here, and nothing else.

This is imported by every skill's process at its start: keep it light.
"""

from assistant.skills.context import Context, Conversation, Device, Outcome, Reply, Timer
from assistant.skills.kit import Skill, intent
from assistant.skills.messages import Answer

__all__ = ["Answer", "Context", "Conversation", "Device", "Outcome", "Reply", "Skill", "Timer", "intent"]
