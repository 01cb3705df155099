"""What speaks against a wake phrase, in words: none of it forbids the phrase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant.asr.constrained.pieces import Pieces
from assistant.asr.fold import fold
from assistant.errors import AssistantError
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.grammar.symbols import GAP, symbols_of
from assistant.grammar.walker import NOWHERE
from assistant.skills.builtin import STOP_PHRASES
from assistant.wake.calls import Call
from assistant.wake.frequency import hourly
from assistant.wake.pronunciation import Word, distance, pronounced

LEAST_SOUNDS, LEAST_SYLLABLES = 4, 2
"""A phrase of less is in the middle of much that is said."""
OFTEN = 0.3
"""Times an hour that a phrase is said by chance from which it is an everyday one: of single words the 3,000 most
frequent."""
NEAR = 0.3
"""Distance, per sound of the longer one, up to which two phrases are taken for each other."""
MOST_PIECES = 3
"""Pieces of one word beyond which the recogniser hardly ever writes it whole."""
SAID = View(scopes=("order", "follow_up", "yes_no", "stop"))


def advice(
    phrase: Word, rivals: Sequence[Word], grammar: Grammar | None = None, pieces: Pieces | None = None
) -> list[str]:
    """What speaks against a phrase, the gravest first; empty if nothing does.

    Args:
        rivals: other wake phrases in use, and words that silence an answer.
        grammar: of the loaded skills; None: not looked at.
        pieces: what the recogniser writes with; None: a detector of its own hears the phrase.
    """
    return [
        *_short(phrase), *_common(phrase.text), *_near(phrase, rivals),
        *(clash(phrase.text, grammar) if grammar is not None else ()),
        *(_odd(phrase.text, pieces) if pieces is not None else ()),
    ]


def advise(call: Call, others: Iterable[Call], grammar: Grammar | None = None, *, typed: bool = True) -> list[str]:
    """``advice`` about a phrase beside the others that are in use; takes about a second, for its pronunciation.

    Args:
        typed: whether the recogniser hears it, or a detector of its own.
    """
    rivals = [other.phrase for other in others if fold(other.phrase) != fold(call.phrase)]
    if call.action != "stop":
        rivals += [word for word in STOP_PHRASES if fold(word) != fold(call.phrase)]
    try:
        phrase, *spoken = pronounced([call.phrase, *rivals])
        pieces = recogniser_pieces() if typed else None
    except AssistantError as error:
        return [f"nothing is known of it: {error}"]
    return advice(phrase, spoken, grammar, pieces)


def clash(phrase: str, grammar: Grammar) -> Iterator[str]:
    """Why a phrase is in the way of orders, if it is."""
    matches = grammar.match(phrase, SAID)
    if matches:
        yield f"it is something that one says to the skill {matches[0].skill} already"
        return
    if grammar.walker.follow(grammar.start(SAID), symbols_of(phrase) + GAP) != NOWHERE:
        yield "orders begin with it: what follows is hard to tell from the rest of one"


def _short(phrase: Word) -> Iterator[str]:
    sounds, syllables = phrase.count, phrase.syllables
    if sounds < LEAST_SOUNDS or syllables < LEAST_SYLLABLES:
        counted = f"{sounds} {'sound' if sounds == 1 else 'sounds'}" if sounds < LEAST_SOUNDS else "one syllable"
        yield f"it is short ({counted}): much that people say sounds like it; two words are better"


def _common(phrase: str) -> Iterator[str]:
    often = hourly(phrase)
    if often >= OFTEN:
        times = "once" if often < 1.5 else f"{often:.0f} times"
        hours = f"{1 / often:.0f} hours" if often < 0.67 else "an hour"
        yield f"it is an everyday word: in talk it is said about {times} in {hours}, and then nobody is called"


def _near(phrase: Word, rivals: Sequence[Word]) -> Iterator[str]:
    for rival in rivals:
        longer = max(len(phrase.sounds), len(rival.sounds), 1)
        if distance(phrase.sounds, rival.sounds, NEAR * longer) <= NEAR * longer:
            yield f"it sounds like “{rival.text}”, which means something else here"


def _odd(phrase: str, pieces: Pieces) -> Iterator[str]:
    for word in fold(phrase).split():
        count = _fewest(word, pieces)
        if count > MOST_PIECES:
            yield (f"the recogniser has to put “{word}” together from {count} pieces and may write it otherwise; "
                   "spell it as common words that sound like it")


def _fewest(word: str, pieces: Pieces) -> int:
    """Pieces that a word takes at least."""
    known = {piece.strip() for piece in pieces.folded}
    fewest = [0]
    for end in range(1, len(word) + 1):
        ways = [fewest[start] + 1 for start in range(end) if word[start:end] in known]
        fewest.append(min(ways, default=len(word) + 1))
    return fewest[-1]


def recogniser_pieces() -> Pieces:
    """What the recogniser of typed phrases writes with.

    Raises:
        ModelError: its package is missing or damaged.
    """
    from assistant.asr.moonshine.files import TOKENIZER, model_files
    from assistant.asr.moonshine.vocabulary import MoonshineVocabulary

    found: Path = model_files()[TOKENIZER]
    return MoonshineVocabulary.load(found)
