"""Which part of the grammar may be said when."""

from __future__ import annotations

from assistant.grammar.base import FREE, View

ORDERS = View(scopes=("order",))
"""After the wake word."""
FOLLOW_UPS = View(scopes=("order", "follow_up", "stop"))
"""After an answer."""
TYPED = View(scopes=(*FOLLOW_UPS.scopes, FREE, "written"))
"""Typed: also sentences that begin with anything at all, for which nobody should listen."""
OVER_ANSWER = View(scopes=("order", "stop"))
"""While an answer is being spoken."""
YES_NO = View(scopes=("yes_no", "stop"))
"""After a question for a yes."""
NAMES = View(scopes=(), sentences=("{name}", "{area}", "{group}", "{floor}"))
"""A name of the household alone."""
WHICH = View(scopes=("which", "yes_no", "order", "stop"))
"""After "did you mean this, or that?"; the order may also be said again."""
