"""Whether sentences, recogniser and voice know the household's language."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.config import Config
from assistant.config.speaking import espeak_language, voices
from assistant.doctor.finding import Finding, good, note
from assistant.extras import install_command

ENGLISH_ONLY = ("moonshine", "pocketsphinx")
"""Recognisers of one language."""
MODELS = "https://alphacephei.com/vosk/models"


def language(config: Config) -> Iterator[Finding]:
    """What of another language than English is understood, heard and spoken, and how to get what is missing."""
    from assistant.home_assistant.package import PACKAGE, language_of, languages

    wanted = config.language
    if wanted.split("-")[0] == "en":
        return
    if not config.understanding.home_assistant:
        yield note("language", f"{wanted}: only skills with sentences of it", "understanding: {home_assistant: true}")
    elif found := language_of(wanted):
        yield good("language", f"{wanted}: the sentences {found} of {PACKAGE}")
    else:
        yield note("language", f"{PACKAGE} has no sentences in {wanted!r}", f"one of: {', '.join(languages())}")
    yield _heard(config)
    yield _spoken(config)


def _heard(config: Config) -> Finding:
    backend, options, wanted = config.asr.backend, config.asr.options, config.language.split("-")[0]
    unsaid = "en" if backend == "faster-whisper" else ""
    heard = "en" if backend in ENGLISH_ONLY else str(options.get("language", unsaid))
    if heard in ("", wanted):
        return good("language", f"the recogniser {backend} is to hear it")
    mend = (
        f"{install_command('vosk')}, unpack a model of {wanted} from {MODELS} and name its folder: "
        f"asr: {{backend: vosk, model: FOLDER, language: {wanted}}}"
    )
    return note("language", f"the recogniser {backend} hears English only; orders in {wanted} can be typed", mend)


def _spoken(config: Config) -> Finding:
    (backend, options), *_ = voices(config)
    if (backend, options) != (config.tts.backend, dict(config.tts.options)):
        return good("language", f"{backend} speaks it; a Piper voice of it sounds better: assistant voices list")
    if espeak_language(config.language) or config.tts.options:
        return good("language", f"the voice of the settings, {backend}, is to speak it")
    return note("language", f"espeak-ng has no voice for {config.language!r}",
                "name a voice that speaks it: tts: {backend: piper, model: FILE.onnx}")
