"""Which voices speak: those of the settings, in the household's language as far as they can."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.config.models import Config

ENGLISH = ("en",)
SAME = {"zh": "cmn", "no": "nb", "zh-hk": "yue"}
"""Languages that espeak-ng knows under another name."""
Voice = tuple[str, dict[str, Any]]
"""Backend and options."""


def voices(config: Config) -> list[Voice]:
    """The voice, and the one that speaks where it cannot, if there is one.

    Piper's packaged voice speaks English only: in another language espeak-ng takes its place, unless one was chosen.
    """
    tts, spoken = config.tts, espeak_language(config.language)
    options = dict(tts.options)
    if spoken and (tts.backend, options) in (("piper", {}), ("espeak", {})):
        chosen: list[Voice] = [("espeak", {"voice": spoken})]
    else:
        chosen = [(tts.backend, options)]
    if tts.fallback is not None:
        chosen.append((tts.fallback, {"voice": spoken} if spoken and tts.fallback == "espeak" else {}))
    return chosen


def reading(config: Config) -> dict[str, Any]:
    """How a text becomes words, as the voice's process takes it."""
    english = config.language.split("-")[0].lower() in ENGLISH
    return {"english": english, "lexicon": dict(config.tts.lexicon)}


def espeak_language(language: str) -> str:
    """espeak-ng's name of another language than English; empty for English, and for one that it does not speak."""
    whole, base = language.lower(), language.split("-")[0].lower()
    if base in ENGLISH:
        return ""
    names = (SAME.get(whole, whole), SAME.get(base, base))
    return next((name for name in names if name in _spoken()), "")


@cache
def _spoken() -> frozenset[str]:
    spec = find_spec("espeakng_loader")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    found = (file for folder in folders for file in Path(folder).glob("espeak-ng-data/lang/*/*"))
    return frozenset(file.name.lower() for file in found)
