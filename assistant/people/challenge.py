"""Phrases drawn at random, to be read aloud: a recording made before cannot know them."""

from __future__ import annotations

import secrets

WORDS = (
    "amber", "anchor", "apple", "autumn", "balcony", "bamboo", "banana", "basket", "bishop", "blanket", "bottle",
    "bridge", "butter", "camera", "candle", "canyon", "carpet", "castle", "cherry", "circus", "copper", "cotton",
    "cousin", "dancer", "desert", "diamond", "dolphin", "dragon", "eagle", "elbow", "engine", "falcon", "feather",
    "finger", "forest", "garden", "garlic", "ginger", "glacier", "guitar", "hammer", "harbour", "helmet", "honey",
    "island", "jacket", "jungle", "kettle", "kitten", "ladder", "lemon", "lobster", "magnet", "marble", "meadow",
    "melon", "mirror", "monkey", "mountain", "needle", "ocean", "olive", "orange", "oyster", "paper", "parrot",
    "pepper", "pillow", "planet", "pocket", "potato", "puzzle", "rabbit", "ribbon", "river", "rocket", "saddle",
    "sailor", "salmon", "shadow", "silver", "spider", "summer", "sunset", "temple", "thunder", "tiger", "tomato",
    "tractor", "tunnel", "turtle", "valley", "velvet", "village", "violin", "volcano", "walnut", "water", "window",
    "winter",
)
"""Of two syllables or more, that everybody can say and no two of which sound alike."""
LENGTH = 5
"""Words of a phrase: two to three seconds of a voice, one of 9,000 million."""


def phrase() -> str:
    """A phrase; each word of it once."""
    left, drawn = list(WORDS), []
    for _ in range(LENGTH):
        drawn.append(left.pop(secrets.randbelow(len(left))))
    return " ".join(drawn)
