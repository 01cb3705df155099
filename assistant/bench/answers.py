"""Things the assistant says, for benchmarks that let it speak for hours: short confirmations and long explanations."""

from __future__ import annotations

import numpy as np

NAMES = (
    "kitchen light", "bedroom lamp", "living room blinds", "front door lock", "hall light", "garage door", "heating",
    "desk lamp", "coffee machine", "reading light", "office fan", "garden lights",
)
SHORT = (
    "The {name} is on.",
    "The {name} was already off.",
    "I turned off the {name}.",
    "The {name} did not answer.",
    "Okay, the {name} is now at {large} percent.",
    "All the lights downstairs are off, except for the {name}.",
    "I can't reach the home right now, so the {name} stays as it is.",
    "Did you mean the {name}, or the other one in the guest room?",
    "You asked me {large} minutes ago to switch the {name} off, and it has been off since then.",
)
LONG = (
    "Your pasta timer for {large} minutes is running, with about {small} minutes left.",
    "It is {large} minutes past {small}.",
    "The temperature in the bathroom is {small} point five degrees, and it is {large} percent humid.",
    "You can say: turn on the kitchen light, set a timer for {large} minutes, or what time is it.",
    "I have set {small} timers: one for the eggs, one for the laundry, and one for {large} minutes without a name.",
    "Today is Tuesday, the {small}th of March, and the sun sets at {large} past six.",
    "I heard something about number {large}, but I can't do that here. You could ask for lights, blinds, heating, "
    "timers, the time, or the date.",
    "A long time ago, in the year nineteen {large}, people had to walk through every room in the evening to switch "
    "the lights off, one after another, and nobody thought that this was strange.",
    "Your shopping list has {small} things on it: milk, bread, butter, two kilos of potatoes, and a bottle of olive "
    "oil.",
)


def answers(count: int, seed: int) -> list[str]:
    """``count`` different-looking answers, short and long in turn."""
    generator = np.random.default_rng(seed)
    texts = []
    for number in range(count):
        templates = LONG if number % 2 else SHORT
        template = templates[int(generator.integers(len(templates)))]
        name = NAMES[int(generator.integers(len(NAMES)))]
        large, small = int(generator.integers(13, 60)), int(generator.integers(4, 12))
        texts.append(template.format(name=name, large=large, small=small))
    return texts
