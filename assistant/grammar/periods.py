"""``{period}``: a stretch of time as people say it, the words; ``assistant.skills.periods`` says when it is."""

from __future__ import annotations

from assistant.grammar.base import Phrase, Value
from assistant.grammar.days import PARTS_OF_DAY, WEEKDAYS

PARTS = [*(Value(part, part) for part in PARTS_OF_DAY), Value("(lunchtime|lunch time|noon|midday)", "noon")]
COMING = [
    Value(f"([on] (this|the) (coming|next)|on next) {name}", f"w{number}") for number, name in enumerate(WEEKDAYS)
]
_FOR = "[(on|over|at|for|during)]"
STRETCHES = [
    Value("(tonight|this night)", "night"),
    *(Value(f"this {part}", part) for part in PARTS_OF_DAY[:3]),
    Value("(later|later today|later on|[for] the rest of the day)", "rest"),
    Value("today and tomorrow", "two days"),
    Value(f"{_FOR} (the|this|this coming|the coming) weekend", "weekend"),
    Value(f"{_FOR} next weekend", "next weekend"),
    Value(f"{_FOR} (this week|the week|the rest of the week)", "week"),
    Value(f"{_FOR} (next week|the coming week|the week ahead)", "next week"),
    Value(f"{_FOR} (this month|the rest of the month)", "month"),
    Value(f"{_FOR} next month", "next month"),
    Value(f"{_FOR} (the next|the coming|the next few|the coming few) days", "few days"),
]
PERIOD = Phrase((
    "({date:day}|{coming_day:day})",
    "({date:day}|{coming_day:day}) [(at|around|in the|during the)] {part_of_day:part}",
    "in the {part_of_day:part} [of] ({date:day}|{coming_day:day})",
    "({date:day}|{coming_day:day}) [(at|around)] {time_of_day:clock}",
    "[(at|around)] {time_of_day:clock} ({date:day}|{coming_day:day})",
    "(at|around) {time_of_day:clock}",
    "{stretch}",
    "[(over|in|for|during)] the next {2..14:days} days",
    "in {duration:later}",
    "[(in|over|for|during)] the next {duration:long}",
))
