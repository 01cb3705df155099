"""A finished text as a sentence of the grammar."""

from __future__ import annotations

import string

from assistant.asr.base import Reading
from assistant.asr.text.base import Transcript
from assistant.grammar.base import Constraints, TokenConstraint, View, Vocabulary

LETTERS = Vocabulary(pieces=("", *string.ascii_letters, *string.digits, *" '-.,:;?!%/°&"), eos=0)
"""Letter by letter every text can be spelled: the grammar is walked along what was written."""
Allowed = tuple[TokenConstraint, int] | None
"""What may be said, and the grammar's version; None for open dictation."""


def allowed_by(grammar: Constraints | None, view: View | None) -> Allowed:
    """What a view allows to be said."""
    if view is None or grammar is None:
        return None
    return grammar.constraint(LETTERS, view), grammar.version


def reading_of(transcript: Transcript, constraint: TokenConstraint) -> Reading | None:
    """The reading that a text is, or None where no sentence begins like it.

    There is no second best: what was written is either a sentence or it is not, so its margin is 0 and it is as sure
    as the text.
    """
    state = constraint.advance(constraint.start, transcript.text) if transcript.text else None
    if state is None:
        return None
    return Reading(
        text=transcript.text, margin=0.0, confidence=transcript.surety, complete=constraint.is_final(state),
        can_go_on=constraint.can_go_on(state),
    )
