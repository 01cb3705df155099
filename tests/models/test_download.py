"""Fetching one file from servers that behave and from those that do not."""

from __future__ import annotations

import errno
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ModelError
from assistant.models.download import TRIES, fetch
from tests.models.server import Answer, Server, breaking_off, ignoring_range, redirecting, refusing, send, whole

CONTENT = bytes(range(256)) * 2000


def no_tell(name: str, here: int, total: int | None) -> None:
    pass


def test_a_file_arrives_whole_and_its_progress_is_told(server: Server, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    target = tmp_path / "file.bin"
    fetch(server.remote(CONTENT, whole(CONTENT)), target, lambda *said: told.append(said))
    assert target.read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]
    assert told[0][1] == 0 and told[-1] == ("file.bin", len(CONTENT), len(CONTENT))
    assert [here for _, here, _ in told] == sorted(here for _, here, _ in told)


def test_a_file_that_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(CONTENT)
    fetch(server.remote(CONTENT, whole(CONTENT)), tmp_path / "file.bin", no_tell)
    assert server.asked == []


def test_it_goes_on_where_it_broke_off(server: Server, tmp_path: Path) -> None:
    fetch(server.remote(CONTENT, breaking_off(CONTENT, 100_000, 2)), tmp_path / "file.bin", no_tell)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert [start for _, start in server.asked] == [None, 100_000, 200_000]


def test_the_next_command_goes_on_where_the_last_one_stopped(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"broke off {TRIES} times") as raised:
        fetch(server.remote(CONTENT, breaking_off(CONTENT, 10_000, TRIES)), tmp_path / "file.bin", no_tell)
    assert "goes on" in raised.value.mend
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin.part"]
    server.asked.clear()
    fetch(server.remote(CONTENT, whole(CONTENT)), tmp_path / "file.bin", no_tell)
    assert server.asked == [("/file.bin", 10_000 * TRIES)]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_server_that_ignores_range_is_read_from_the_beginning(server: Server, tmp_path: Path) -> None:
    fetch(server.remote(CONTENT, breaking_off(CONTENT, 1000, 1, resuming=False)), tmp_path / "file.bin", no_tell)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_range_from_another_place_is_not_believed(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:5000])

    def elsewhere(request: Any) -> None:
        send(request, CONTENT, status=206, Content_Range=f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")

    fetch(server.remote(CONTENT, elsewhere), tmp_path / "file.bin", no_tell)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_without_a_size_nothing_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(b"x" * 3 * len(CONTENT))
    fetch(server.remote(CONTENT, whole(CONTENT), size=None), tmp_path / "file.bin", no_tell)
    assert server.asked == [("/file.bin", None)]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_part_that_is_whole_is_only_proved(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT)
    fetch(server.remote(CONTENT, whole(CONTENT)), tmp_path / "file.bin", no_tell)
    assert server.asked == [] and (tmp_path / "file.bin").exists()


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (ignoring_range(CONTENT), len(CONTENT) + 1),
        (lambda request: send(request, CONTENT, length=len(CONTENT) // 2), -1),
    ],
    ids=["the index lies", "the server lies"],
)
def test_another_size_than_announced_is_refused(server: Server, tmp_path: Path, answer: Answer, size: int) -> None:
    with pytest.raises(ModelError, match="bytes where its index says"):
        fetch(server.remote(CONTENT, answer, size=size), tmp_path / "file.bin", no_tell)
    assert not (tmp_path / "file.bin").exists()


def test_a_server_that_never_stops_is_stopped(server: Server, tmp_path: Path) -> None:
    def endless(request: Any) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(CONTENT * 3)

    with pytest.raises(ModelError, match="more than"):
        fetch(server.remote(CONTENT, endless), tmp_path / "file.bin", no_tell)
    assert not (tmp_path / "file.bin").exists()


def test_a_damaged_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    damaged = CONTENT[:-1] + b"!"
    with pytest.raises(ModelError, match="arrived damaged: its sha256"):
        fetch(server.remote(CONTENT, whole(damaged)), tmp_path / "file.bin", no_tell)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "wants an account"), (403, "does not let us in"), (404, "does not have it"), (429, "too many"),
     (500, "out of order"), (503, "out of order")],
)
def test_a_refusal_is_said_in_one_sentence(server: Server, tmp_path: Path, status: int, said: str) -> None:
    with pytest.raises(ModelError, match=said) as raised:
        fetch(server.remote(CONTENT, refusing(status)), tmp_path / "file.bin", no_tell)
    assert str(status) in raised.value.what and raised.value.where == "127.0.0.1" and raised.value.mend
    assert list(tmp_path.iterdir()) == []


def test_redirections_are_followed(server: Server, tmp_path: Path) -> None:
    server.answers["/elsewhere"] = whole(CONTENT)
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:7])
    fetch(server.remote(CONTENT, redirecting("/elsewhere")), tmp_path / "file.bin", no_tell)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert server.asked[-1] == ("/elsewhere", 7)


def test_redirections_in_a_circle_end(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="round in circles"):
        fetch(server.remote(CONTENT, redirecting("/file.bin")), tmp_path / "file.bin", no_tell)


def test_a_machine_without_network_says_what_to_do(tmp_path: Path, server: Server) -> None:
    remote = server.remote(CONTENT, whole(CONTENT))
    gone = type(remote)("http://127.0.0.1:9/file.bin", remote.name, remote.checksum, remote.size)
    with pytest.raises(ModelError, match="cannot be reached: Connection refused") as raised:
        fetch(gone, tmp_path / "file.bin", no_tell)
    assert "nothing needs the network" in raised.value.mend


def test_a_full_disk_is_said_and_given_back(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(FileIO):
        def write(self, data: Any) -> int:
            if self.tell() > 100_000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    monkeypatch.setattr("assistant.models.download.FileIO", Full)
    with pytest.raises(ModelError, match="the disk is full"):
        fetch(server.remote(CONTENT, whole(CONTENT)), tmp_path / "file.bin", no_tell)
    assert list(tmp_path.iterdir()) == []
