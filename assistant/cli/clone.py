"""``assistant voices clone``: a voice from recordings of a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NameOf = Annotated[str, typer.Argument(metavar="NAME", help="Name of the voice.")]


def clone(
    name: NameOf,
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="Recordings of one person, 10 s and more.")],
    person: Annotated[str, typer.Option("--person", help="Whose voice it is; none: the voice's name.")] = "",
) -> None:
    """Make a voice that resembles a person. Run again after a break, it goes on where it was."""
    import asyncio

    from assistant.errors import ModelError
    from assistant.tts.clone.make import make_voice
    from assistant.tts.clone.profile import PROFILE_FILE, voice_folder

    folder = voice_folder(name)
    if (folder / PROFILE_FILE).exists():
        raise ModelError(f"there is a voice {name!r} already", where=str(folder), mend="take another name")
    typer.echo("Grade: fitted (a Kokoro style moved to the speaker; a few minutes).")
    profile, recordings = asyncio.run(make_voice(name, source, folder, _tell))
    for fault in recordings.faults:
        typer.echo(f"not used: {fault.path.name} {fault.what}")
    typer.echo(f"Made of {profile.source}. It resembles the person and is not a convincing copy.")
    for what, value in profile.measured.items():
        typer.echo(f"  {what.replace('_', ' ')}: {value:.2f}")
    if "likeness_of_the_voice" not in profile.measured:
        from assistant.extras import install_command

        typer.echo(f"  likeness: not measured; {install_command('clone-verdict')} brings an independent judge")
    typer.echo(f"Listen: {folder}/sample-1.wav\nUse it: assistant voices use {name}")
    _ask(name, person or name)


def consent(
    name: NameOf, reading: Annotated[Path, typer.Option("--reading", metavar="FILE", help="The sentence, read aloud.")],
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="The recordings it was made of.")],
) -> None:
    """Prove that the person agrees: the sentence that `clone` showed, read aloud."""
    from dataclasses import replace

    from assistant.asr.moonshine.recognizer import MoonshineRecognizer
    from assistant.audio.files import read_sound
    from assistant.audio.frames import Pcm
    from assistant.errors import ModelError
    from assistant.tts.clone.consent import asked, check
    from assistant.tts.clone.judge import Judge
    from assistant.tts.clone.profile import find_voice, read_profile, write_profile
    from assistant.tts.clone.recordings import look_through

    folder = find_voice(name)
    request, judge = asked(folder), Judge()

    def write(pcm: Pcm) -> str:
        stream = MoonshineRecognizer().stream(None)
        stream.feed(pcm, 0)
        return stream.decode().free_text

    references = [read_sound(path) for path in look_through(source, judge).paths]
    why = check(request, read_sound(reading), references, judge, write)
    if why:
        raise ModelError(f"no consent: {why}", where=str(reading), mend=f"read aloud: {request.sentence}")
    said = f"{request.name}, {request.day.isoformat()}, word {request.word}"
    write_profile(folder, replace(read_profile(folder), consent=said))
    typer.echo(f"{name}: {said}")


def export(
    name: NameOf, target: Annotated[Path, typer.Argument(metavar="DIR", help="Where the voice's folder is copied to.")]
) -> None:
    """Copy a voice for another machine, with its consent."""
    from assistant.tts.clone.profile import export as copy

    copy(name, target)
    typer.echo(f"{target / name}")


def use(name: NameOf) -> None:
    """Speak with a voice that was made here, from the next start on."""
    from assistant.config.voice_line import set_voice
    from assistant.tts.clone.profile import find_voice

    find_voice(name)
    typer.echo(f"{set_voice(f'{{backend: kokoro, style: {name}}}')}: tts: {{backend: kokoro, style: {name}}}")


def _tell(heard: int, of: int, best: float) -> None:
    typer.echo(f"{heard} of {of} voices heard; the search's own judge, which flatters: {best:.2f}")


def _ask(name: str, person: str) -> None:
    """Show the sentence of consent."""
    from datetime import date

    from assistant.tts.clone.consent import ask, request
    from assistant.tts.clone.profile import voice_folder

    asked = request(person, date.today())
    ask(voice_folder(name), asked)
    typer.echo("Until the person has read this aloud, the voice stays private:")
    typer.echo(f"  {asked.sentence}\n  assistant voices consent {name} --from RECORDINGS --reading FILE")
