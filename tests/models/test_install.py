"""Installing, mending, removing and verifying whole models, from a server that behaves and from one that does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.errors import ModelError
from assistant.models.catalogue import MIT, Licence, Model, offered
from assistant.models.folder import model_folder
from assistant.models.install import install, remove
from assistant.models.lock import alone, damage, lock_file, models_dir, read_lock
from assistant.models.sources.hub import Hub
from assistant.registry import Registry
from tests.models.server import Server, breaking_off, index, refusing, whole
from tests.models.test_sources import REVISION, hub_index

FILES = {"model.bin": bytes(range(256)) * 1000, "config.json": b"{}"}
PATH = f"/me/it/resolve/{REVISION}"


def no_tell(name: str, here: int, total: int | None) -> None:
    pass


@pytest.fixture
def model(server: Server, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model of two files on the test's hub, pinned to a branch."""
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    server.answers["/api/models/me/it/revision/main"] = index(hub_index(FILES))
    server.answers[f"/api/models/me/it/revision/{REVISION}"] = index(hub_index(FILES))
    for name, content in FILES.items():
        server.answers[f"{PATH}/{name}"] = whole(content)
    made = Model("it", "asr", "faster-whisper", MIT, Hub("me/it", "main", tuple(FILES)), 1, "asr: it", "a test")
    for module in ("catalogue", "install"):
        monkeypatch.setattr(f"assistant.models.{module}.MODELS", (made,))
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def nothing_installed() -> bool:
    return not read_lock() and not [path for path in models_dir().glob("*") if not path.name.startswith(".")]


def test_a_model_is_installed_locked_and_found(model: Model) -> None:
    with pytest.raises(ModelError, match="it is not installed") as raised:
        model_folder("it")
    assert raised.value.mend == "assistant models install it"
    entry = install(model, no_tell)
    assert entry is not None and entry.revision == REVISION
    assert contents(model_folder("it")) == FILES
    lock = json.loads(lock_file().read_text())
    assert lock["models"]["it"]["files"]["config.json"] == {
        "size": 2, "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    }
    assert lock["models"]["it"]["revision"] == REVISION
    assert not list((models_dir() / ".fetching").iterdir()), "nothing is left lying about"


def test_what_is_whole_is_not_fetched_again(model: Model, server: Server) -> None:
    install(model, no_tell)
    server.asked.clear()
    assert install(model, no_tell) is None
    assert server.asked == []


def test_a_damaged_file_alone_is_fetched_again_and_from_the_locked_commit(model: Model, server: Server) -> None:
    install(model, no_tell)
    (models_dir() / "it" / "config.json").write_bytes(b"{!")
    assert damage("it", read_lock()["it"], thorough=True) == ["config.json is damaged"]
    assert damage("it", read_lock()["it"], thorough=False) == [], "the size alone does not tell"
    server.answers["/api/models/me/it/revision/main"] = index({**hub_index(FILES), "sha": "9" * 40})
    server.asked.clear()
    assert install(model, no_tell) is not None
    assert contents(model_folder("it")) == FILES
    assert [path for path, _ in server.asked] == [f"/api/models/me/it/revision/{REVISION}", f"{PATH}/config.json"]


def test_a_file_that_was_cut_short_is_noticed_when_it_is_used(model: Model) -> None:
    install(model, no_tell)
    (models_dir() / "it" / "model.bin").write_bytes(b"short")
    with pytest.raises(ModelError, match=r"it: model\.bin is damaged"):
        model_folder("it")
    (models_dir() / "it" / "model.bin").unlink()
    with pytest.raises(ModelError, match=r"it: model\.bin is missing"):
        model_folder("it")


@pytest.mark.parametrize("answer", [refusing(401), refusing(404), refusing(500), whole(b"other"),
                                    whole(bytes(256_000)), breaking_off(FILES["model.bin"], 10, 99)])
def test_nothing_is_ever_half_installed(model: Model, server: Server, answer: Any) -> None:
    server.answers[f"{PATH}/model.bin"] = answer
    with pytest.raises(ModelError) as raised:
        install(model, no_tell)
    assert raised.value.where == "127.0.0.1" and raised.value.mend
    assert nothing_installed()
    server.answers[f"{PATH}/model.bin"] = whole(FILES["model.bin"])
    install(model, no_tell)
    assert contents(model_folder("it")) == FILES


def test_a_mending_that_fails_leaves_what_was_there(model: Model, server: Server) -> None:
    install(model, no_tell)
    (models_dir() / "it" / "config.json").write_bytes(b"{!")
    server.answers[f"{PATH}/config.json"] = refusing(500)
    with pytest.raises(ModelError):
        install(model, no_tell)
    assert contents(models_dir() / "it") == {**FILES, "config.json": b"{!"}


def test_a_killed_command_is_gone_on_with(model: Model, server: Server) -> None:
    """The process dies in the middle of a file: the next one asks for the rest."""
    server.answers[f"{PATH}/model.bin"] = breaking_off(FILES["model.bin"], 100_000, 1)
    script = f"""
import os
from assistant.models import download
from assistant.models.catalogue import MIT, Model
from assistant.models.install import install
from assistant.models.sources.hub import Hub
from assistant.registry import Registry
download.time.sleep = lambda seconds: os.kill(os.getpid(), 9)
install(Model("it", "asr", "x", MIT, Hub("me/it", "main", {tuple(FILES)!r}), 1, "", ""), lambda *_: None)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert nothing_installed()
    server.asked.clear()
    install(model, no_tell)
    assert (f"{PATH}/model.bin", 100_000) in server.asked
    assert contents(model_folder("it")) == FILES


def test_too_little_room_is_said_before_anything_is_fetched(
    model: Model, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    with pytest.raises(ModelError, match="1 MB are needed, 0 MB are free"):
        install(model, no_tell)
    assert f"{PATH}/model.bin" not in [path for path, _ in server.asked]


def test_a_folder_that_cannot_be_written_is_named(
    model: Model, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").write_text("no folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(own_folders / "file"))
    with pytest.raises(ModelError, match="cannot be written") as raised:
        install(model, no_tell)
    assert str(own_folders / "file") in raised.value.where


def test_two_commands_do_not_meet(model: Model) -> None:
    with alone(), pytest.raises(ModelError, match="another command"):
        install(model, no_tell)
    install(model, no_tell)


def test_a_non_commercial_licence_has_to_be_accepted(model: Model, server: Server) -> None:
    bound = Model("it", "asr", "faster-whisper", Licence("ForFriends", True, "https://example.org/words"),
                  model.source, 1, "", "")
    for accepted in ("", "MIT"):
        with pytest.raises(ModelError, match=r"not for commercial use.*https://example\.org/words") as raised:
            install(bound, no_tell, accepted=accepted)
        assert "--accept-licence ForFriends" in raised.value.mend
    assert server.asked == []
    entry = install(bound, no_tell, accepted="ForFriends")
    assert entry is not None and entry.licence == "ForFriends"


def test_removing_gives_the_room_back(model: Model, server: Server) -> None:
    entry = install(model, no_tell)
    assert entry is not None and remove("it") == entry.megabytes == pytest.approx(0.256, abs=0.001)
    assert nothing_installed()
    assert remove("it") is None
    server.answers[f"{PATH}/model.bin"] = breaking_off(FILES["model.bin"], 10, 99)
    with pytest.raises(ModelError):
        install(model, no_tell)
    assert remove("it") is None
    assert not list((models_dir() / ".fetching").iterdir()), "what broke off goes too"


def test_removing_takes_no_folder_that_was_not_installed(model: Model) -> None:
    install(model, no_tell)
    keep = models_dir() / "mine"
    keep.mkdir()
    for name in ("..", ".", "", "mine", "../voice-assistant", str(keep), ".fetching"):
        assert remove(name) is None
    assert keep.is_dir() and contents(model_folder("it")) == FILES


def test_a_lock_file_that_cannot_be_read_is_named(model: Model) -> None:
    install(model, no_tell)
    good = lock_file().read_text()
    for bad in ("", "[]", "{}", good.replace('"size"', '"sise"'), good.replace('"version": 1', '"version": 2')):
        lock_file().write_text(bad)
        with pytest.raises(ModelError, match=r"models\.lock\.json"):
            read_lock()


def test_any_other_name_is_a_folder(own_folders: Path) -> None:
    assert model_folder("~/mine") == Path("~/mine").expanduser()


@pytest.mark.parametrize("wanted", offered(), ids=lambda wanted: wanted.id)
def test_a_backend_asks_for_the_model_that_the_catalogue_offers_for_it(own_folders: Path, wanted: Model) -> None:
    setting = dict(yaml.safe_load(wanted.setting)[wanted.kind])
    with pytest.raises(ModelError, match=f"{wanted.id} is not installed") as raised:
        Registry().build(wanted.kind, setting.pop("backend"), setting)
    assert raised.value.mend == f"assistant models install {wanted.id}"
