"""Plainer wordings of what was said: "I'd like to know how late it is" asks "how late is it".

People wrap an order in courtesy, doubt and fillers, ask in a subordinate clause, or wish for a thing and leave the verb
out. Each wording here is the same request with less around it; whoever tries them takes the first that has a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST = 24
"""Wordings of one text: each may have to be matched."""
_WISH = r"(?:i|we)(?:'d| would) (?:really |very much )?(?:like|love|prefer|appreciate)|(?:i|we) (?:want|need|wish)"
_POLITE = r"(?: (?:please|kindly|maybe|perhaps|possibly|just|quickly|also|ever so kindly))*"
_YOU = r"(?:could|can|would|will|won't|can't|couldn't) (?:you|u|ya)"
_YOU_KNOW = r"(?<!\bdo )(?<!\bdid )(?<!\bif )(?<!n't )you know"
"""A filler, and not what is asked ("do you know") or supposed ("if you know")."""
_FILLERS = re.compile(
    rf"(?:^|(?<=\s))(?:u+m+|u+h+|e+r+m*|h+m+|{_YOU_KNOW}|kind of|sort of|actually|basically|quickly|real quick|please"
    r"|kindly|just|maybe|perhaps|like(?= \d)|exactly|still|already|currently|on earth|really)(?:,|\.{3})?(?=\s|$)",
    re.IGNORECASE,
)
"""Words that mean nothing wherever they stand."""
_BEFORE = re.compile(
    r"(?:ok|okay|so|hey|hi|hello|well|right|alright|all right|oh|ah|and|also|now|listen|look|excuse me|pardon me|sorry"
    r"|then|yes|yeah|yep|great|good|cool|fine|shh+|wait|hang on|quick question|one more thing|another thing|nova"
    r"|assistant|computer|darling|dear|mate|my dear|by the way|if you can|if possible|oh dear)"
    r"(?:[,.!:]+|\.{3})?\s+", re.IGNORECASE,
)
"""Words before an order that are none of it."""
_AFTER = re.compile(
    r"(?:,|\s)\s*(?:please|thanks|thank you|thanks a lot|then|now|right now|at once|for (?:me|us)|will you|would you"
    r"|can you|could you|if you (?:can|could|would|will|like|please|don't mind)|if possible|when you can|again|though"
    rf"|ok|okay|dear|darling|love|mate|nova|or what|{_YOU_KNOW}|as well|too|or something|at all|already|yet"
    r"|if that's ok(?:ay)?|i think|i guess|tonight then)[.!?]*$", re.IGNORECASE,
)
"""Words after an order that are none of it."""
_REPAIR = re.compile(r"(?:(?:,|\.+|;)\s*no,?|\b(?:no,? wait|wait,? no|scratch that|or rather)),?\s+", re.IGNORECASE)
"""What is said between a slip of the tongue and what was meant."""
_REQUEST = re.compile(
    rf"(?:{_YOU}(?: be so (?:kind|good|nice) (?:as )?to| be kind enough to| mind to)?{_POLITE}"
    r"|(?:could|can|may|might|shall) (?:i|we|somebody|someone)"
    r"|(?:do|don't) you think you (?:could|can)|(?:is there )?any chance (?:that )?you (?:could|can)"
    r"|be (?:so kind|so good|a dear|an angel)(?: as to| and)"
    r"|(?:is|would) it (?:be )?(?:possible|ok(?:ay)?)(?: for you)? to"
    r"|(?:it would|it'd|that would) be (?:great|nice|good|lovely|helpful) if you (?:could|would)"
    rf"|(?:{_WISH})(?: it if)?(?: for)?(?: you)?(?: (?:to|could|would))"
    r"|(?:i'm|i am|we're|we are) (?:trying|going|hoping) to|(?:i|we) (?:have|need|ought|got) to|let's|let us|let me"
    r"|(?:please )?make sure(?: that)?(?: you| to)?|see (?:to it )?that(?: you)?"
    r"|go ahead and|do me a favou?r(?: and|,)?"
    r"|why don't (?:you|we)|you (?:can|could|may|should|might|must)|it's time to|time to|help me(?: to)?|remember to"
    r"|feel free to|please|be sure to|if you could|how (?:do|can|could) (?:i|we) get you to"
    rf"){_POLITE},?\s+", re.IGNORECASE,
)
"""Before a verb."""
_DOING = re.compile(
    r"(?:(?:would|do) you mind|mind|how about|what about|i'd appreciate you|thanks for|start|begin) (\w+?)ing\b",
    re.IGNORECASE,
)
"""Before a verb that ends in -ing."""
_ASK = re.compile(
    rf"(?:{_YOU}{_POLITE} (?:(?:tell|show|remind|inform) (?:me|us)|say|check|find out|look up|see|let (?:me|us) know)"
    rf"|(?:(?:{_WISH}) to|i must|i should) (?:know|find out|check|hear)|i (?:just )?wonder|(?:i was|i'm) wondering"
    r"|(?:do|does|did) (?:you|anybody|anyone|somebody)(?: happen to)?(?: still| even)? (?:know|remember|recall)"
    r"|(?:have you |do you have )?any idea|(?:please )?(?:tell|show|remind) (?:me|us)|(?:please )?let (?:me|us) know"
    r"|(?:i'm|i am|we're) not (?:sure|certain)|(?:i|we) (?:don't|can't|cannot|do not) (?:know|remember|recall|tell)"
    r"|(?:i|we)(?:'ve| have)? forg[eo]t(?:ten)?|(?:\w+ ){1,2}wants? to know|(?:please )?(?:check|find out|look up)"
    r"|what(?: do)? you think"
    rf"){_POLITE},?\s+(?=(?:what|when|where|who|which|why|how|if|whether|on|at|what's|how's|when's|where's|who's)\b)",
    re.IGNORECASE,
)
"""Before a question."""
_WANT = re.compile(
    rf"(?:(?:{_WISH})(?: to (?:have|get|see|hear))?"
    r"|(?:could|can|may|might) (?:i|we)(?: please)?(?: just)? (?:have|get|see)"
    r"|(?:please )?(?:give|get|bring) (?:me|us)|(?:let's|let us|let me) have|how about"
    r"|(?:is there|do you have|have you)(?: got)?"
    r"|i'm looking for|i am looking for|show me|we could do with|i could do with|there should be"
    rf"|{_YOU}{_POLITE} (?:give|get|show|bring|make|do) (?:me|us))\s+", re.IGNORECASE,
)
"""Before a thing that somebody wishes for."""
_ARTICLE = re.compile(r"(?:an?|the|some|my|our|another|any)\s+", re.IGNORECASE)
_NO_THING = re.compile(r"(?:to|you|know|that|if|it)\b", re.IGNORECASE)
_VERBS = ("set", "tell me", "what's", "give me")
"""What a thing wished for may lack."""
_MADE_SO = re.compile(
    r"(.{2,60}?) (?:to be |to get |be |being )?(turned|switched|put|set|closed|opened|locked|dimmed|shut|paused|stopped"
    r"|added|deleted|removed|cancelled|canceled|taken|raised|lowered|started)\b ?(.*)$", re.IGNORECASE,
)
_TO_DO = re.compile(r"(.{2,60}?) to (close|open|stop|turn|go|start|be) ?(.*)$", re.IGNORECASE)
_STEMS = {
    "turned": "turn", "switched": "switch", "closed": "close", "opened": "open", "locked": "lock", "dimmed": "dim",
    "paused": "pause", "stopped": "stop", "added": "add", "deleted": "delete", "removed": "remove",
    "cancelled": "cancel", "canceled": "cancel", "taken": "take", "raised": "raise", "lowered": "lower",
    "started": "start", "go": "turn", "be": "turn",
}
_TOLD = re.compile(
    rf"(?:(?:{_WISH}) to be|(?:could|can) i be|(?:i|we) (?:have|need) to be|wants? to be) "
    r"(woken(?: up)?|awake|reminded|told|up)\b", re.IGNORECASE,
)
_TELLERS = {"woken": "wake me", "woken up": "wake me up", "awake": "wake me", "reminded": "remind me",
            "told": "tell me", "up": "wake me up"}
_FINITE = re.compile(
    r"(?:is|are|was|were|will|would|can|could|does|do|did|has|have|should|isn't|aren't)$", re.IGNORECASE)
_IF = re.compile(r"(?:if|whether)\s+", re.IGNORECASE)
_ASKING = re.compile(r"(?:how|what|when|where|who|which|why)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:what|who|where|when|which|why|how|whose)\b(?! about\b)"
    r"|(?:is|are|am|was|were|does|did|has|had|will|would|can|could|shall|should|may|might|must)(?:n't)?\b|won't\b|can't\b"
    r"|(?:do|don't|have|haven't) (?:i|you|we|they|it|any\w*|some(?:body|one))\b",
    re.IGNORECASE,
)
"""How a question begins, where the courtesy before it is gone: "do" and "have" begin orders too."""
_COLLOQUIAL: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"(?:{said})(?= )", re.IGNORECASE), plain) for said, plain in (
        ("chuck|bung|whack|pop|stick|throw|shove|slap|fling", ("put",)),
        ("bin|ditch|scrap|axe|dump|lose|get rid of|do away with|call off|kill|drop", ("delete", "cancel", "turn off")),
        ("bump|crank|flick|flip|knock", ("turn",)),
        ("gimme", ("give me",)),
        ("fire up|start up|boot up|get going", ("turn on",)),
        ("blast|spin", ("play",)),
        ("tack on|stick on|chuck on", ("add",)),
        ("let's (?:do|go (?:with|for)|make it)|go (?:with|for)|make it", ("set",)),
        ("(?:i|we)'ve got to|(?:i|we) gotta", ("I have to",)),
        ("(?:i|we) fancy|how about", ("I want", "play")),
        ("(?:i|we) could do with|(?:i|we)'re short of", ("I need",)),
        ("any (?:idea|clue)|have you (?:got )?(?:any|an) (?:idea|clue)", ("do you know",)),
        ("what else is there|what have (?:i|we) got", ("what is there", "what do I have")),
    )
)
"""What people say for a verb, and the verb."""
MOST_ASKING = 5
"""Words of an asking phrase: "which day of the week"."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it plainly."""

    text: str
    added: bool = False
    """Whether a word stands in it that nobody said: no open slot should take it up."""


def plainer(words: str) -> Iterator[Wording]:
    """Plainer wordings of a text, those nearest to it first; empty where nothing stands around it."""
    todo, seen = [Wording(words.strip())], {words.strip().lower()}
    while todo and len(seen) <= MOST:
        one = todo.pop(0)
        for text, added in _steps(one.text):
            text = text.strip(" ,.;:!?")
            if text and text.lower() not in seen:
                seen.add(text.lower())
                todo.append(Wording(text, one.added or added))
                yield todo[-1]


def unasked(words: str) -> str:
    """An order without the courtesy before and after it."""
    request = _REQUEST.match(words)
    return _AFTER.sub("", words[request.end() :] if request else words)


def asks(words: str) -> bool:
    """Whether words are a question, and no order in the form of one ("do you mind closing the blinds")."""
    before = _BEFORE.match(words)
    plain = words[before.end() :] if before else words
    return _DOING.match(plain) is None and _QUESTION.match(unasked(plain)) is not None


def _steps(text: str) -> Iterator[tuple[str, bool]]:
    """Each wording that is one step plainer, and whether a word was added."""
    for found in (*_taken_away(text), *_put_otherwise(text)):
        if found != text:
            yield found, False
    if (wish := _WANT.match(text)) and not _NO_THING.match(text, wish.end()):
        yield from ((f"{verb} {text[wish.end() :]}", True) for verb in _VERBS)


def _taken_away(text: str) -> Iterator[str]:
    yield " ".join(_FILLERS.sub(" ", text).split())
    for pattern in (_BEFORE, _ASK, _REQUEST):
        if found := pattern.match(text):
            yield text[found.end() :]
    yield _AFTER.sub("", text)
    for colloquial, verbs in _COLLOQUIAL:
        if found := colloquial.match(text):
            yield from (verb + text[found.end() :] for verb in verbs)
    for found in _REPAIR.finditer(text):
        yield text[found.end() :]


def _put_otherwise(text: str) -> Iterator[str]:
    if found := _TOLD.match(text):
        yield _TELLERS[found[1].lower()] + text[found.end() :]
    if found := _DOING.match(text):
        yield from (stem + text[found.end() :] for stem in _stems(found[1]))
    if found := _ASK.match(text):
        yield from _direct(text[found.end() :])
    if (found := _WANT.match(text)) and not _NO_THING.match(text, found.end()):
        yield from _wished(text[found.end() :])


def _wished(thing: str) -> Iterator[str]:
    """Orders to bring about a thing that is wished for."""
    for pattern in (_MADE_SO, _TO_DO):
        if made := pattern.match(thing):
            yield f"{_STEMS.get(made[2].lower(), made[2])} {made[1]} {made[3]}"
    yield thing
    yield _ARTICLE.sub("", thing, count=1) if _ARTICLE.match(thing) else thing


def _stems(verb: str) -> Iterable[str]:
    """What a verb may be without its -ing."""
    yield verb
    yield f"{verb}e"
    if len(verb) > 2 and verb[-1] == verb[-2]:
        yield verb[:-1]


def _direct(text: str) -> Iterator[str]:
    """Questions in the order of words of a main clause: "how late it is" asks "how late is it"."""
    condition = _IF.match(text)
    asked = text[condition.end() :] if condition else text
    words = asked.replace("\u2019s ", "'s ").split()
    for at, word in enumerate(words):
        if at and _FINITE.match(word) and (condition or _ASKING.match(asked)):
            for front in (0,) if condition else range(1, min(at, MOST_ASKING + 1)):
                yield " ".join((*words[:front], word, *words[front:at], *words[at + 1 :]))
            return

