"""Wyoming: with a real service, and with services that are away, slow, broken or something else altogether."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assistant.asr.base import Recognizer
from assistant.asr.fold import fold
from assistant.asr.wyoming.recognizer import Wyoming, WyomingConfig
from assistant.audio.frames import Pcm
from assistant.errors import BackendError
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.registry import Registry
from assistant.testing.conformance.asr import ORDER, AsrConformance, feed, grammar, spoken
from tests.asr.wyoming_service import service

SHORT = 0.4
"""Seconds after which a service that does not answer is given up."""
Behaviour = Callable[[socket.socket], object]


def clearly(text: str) -> Pcm:
    """A little slower and from the first sample on: else Moonshine, whom the service asks, hears "purn on"."""
    return spoken(text, before=0.0, speed=0.95)


class TestWyoming(AsrConformance):
    uri = ""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _service(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        with service(f"unix://{tmp_path_factory.mktemp('wyoming') / 'asr'}") as cls.uri:
            yield

    def spoken(self, text: str) -> Pcm:
        return clearly(text)

    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return Wyoming(WyomingConfig(self.uri, timeout=120.0, partials=True), grammar=grammar)


def hear(uri: str, timeout: float = SHORT, seconds: float = 0.0) -> str:
    """What a service makes of an order; with ``seconds``, of so much noise."""
    stream = Wyoming(WyomingConfig(uri, timeout=timeout), grammar=grammar()).stream(View())
    if seconds:
        stream.feed(np.random.default_rng(0).integers(-3000, 3000, round(seconds * 16_000)).astype(np.int16), 0)
    else:
        feed(stream, clearly(ORDER))
    assert stream.partial() == ("", 0), "without the setting a partial asks nobody"
    return stream.decode().free_text


@contextmanager
def behaving(*behaviours: Behaviour, path: Path | None = None) -> Iterator[str]:
    """A service that treats one connection after the other in such a way; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0)) if path is None else socket.socket(socket.AF_UNIX)
    if path is not None:
        listening.bind(str(path))
        listening.listen()

    def serve() -> None:
        for behave in behaviours:
            connection, _ = listening.accept()
            with connection:
                behave(connection)

    thread = threading.Thread(target=serve, name="a service")
    thread.start()
    try:
        yield f"unix://{path}" if path is not None else f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        thread.join()
        listening.close()


def heard_out(connection: socket.socket) -> None:
    """Take the whole request; its last event has data."""
    request = b""
    while b'"audio-stop"' not in request or not request.endswith(b"}"):
        piece = connection.recv(1 << 16)
        assert piece, "the connection was closed in the middle of the request"
        request += piece


def saying(answer: bytes) -> Behaviour:
    """Take the request and answer."""
    def behave(connection: socket.socket) -> None:
        heard_out(connection)
        connection.sendall(answer)
    return behave


def event(kind: str, **data: object) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def test_a_service_over_tcp_takes_an_order() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with service(f"tcp://127.0.0.1:{port}") as uri:
        assert fold(hear(uri, 120.0)) == ORDER


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", r"an event is no JSON: b'HTTP/1\.1 400.*is that of a Wyoming service"),
        (b"\xff\xfe\x00\n", "an event is no JSON"),
        (b"[" * 100_000 + b"\n", "an event is no JSON"),
        (b"[]\n", "an event is no JSON object"),
        (b'{"data": {}}\n', "an event has no type"),
        (b'{"type": "transcript", "data": [1]}\n', "data that is no object"),
        (b'{"type": "transcript", "data_length": -1}\n', "data_length is no number of bytes"),
        (b'{"type": "transcript", "data_length": "9"}\n', "data_length is no number of bytes"),
        (b'{"type": "transcript", "data_length": true}\n', "data_length is no number of bytes"),
        (b'{"type": "transcript", "payload_length": 999999999999}\n', "payload_length is no number of bytes"),
        (b'{"type": "transcript", "data_length": 4}\nhey!', "data is no JSON: b'hey!'"),
        (b'{"type": "transcript"}\n', "the transcript has no text"),
        (event("transcript", text=7), "the transcript has no text"),
        (event("error", text="out of memory"), "the service says: out of memory"),
        (event("error"), "the error has no text"),
        (b"x" * ((1 << 20) + 1), "an event without end"),
        (b"", "closed the connection without an answer"),
        (b'{"type": "tran', "closed the connection in the middle of an answer"),
        (b'{"type": "transcript", "data_length": 14}\n{"text"', "closed the connection in the middle of an answer"),
        (event("transcript-start") + event("transcript-chunk", text="turn"), "closed the connection without an answer"),
    ],
)
def test_what_is_no_answer_is_named(answer: bytes, message: str) -> None:
    with behaving(saying(answer)) as uri, pytest.raises(BackendError, match=message) as caught:
        hear(uri, 5.0)
    assert caught.value.where == uri and caught.value.mend


def test_a_transcript_comes_in_any_of_the_protocols_forms() -> None:
    data = json.dumps({"text": "turn on the\nkitchen light "}).encode()
    header = json.dumps({"type": "transcript", "data_length": len(data), "payload_length": 3, "version": "9"}).encode()
    before = event("transcript-start") + event("transcript-chunk", text="turn") + event("pong")
    with behaving(saying(before + header + b"\n" + data + b"abc")) as uri:
        assert hear(uri, 5.0) == ORDER


def test_a_service_that_is_away_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for uri in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path / 'nobody'}", "tcp://no-such-machine.invalid:10300"):
        with pytest.raises(BackendError, match=r"the service is away.*start the service"):
            hear(uri)


def waits(seconds: float) -> Behaviour:
    return lambda connection: time.sleep(seconds)


def drips(connection: socket.socket) -> None:
    """An answer that would take a minute."""
    heard_out(connection)
    try:
        for letter in event("transcript", text="turn on the kitchen light" * 10):
            connection.sendall(bytes([letter]))
            time.sleep(0.1)
    except OSError:
        pass  # it was given up, as it should be


@pytest.mark.parametrize("behave", [waits(2 * SHORT), drips])
def test_a_service_that_is_too_slow_is_given_up_in_time(behave: Behaviour) -> None:
    with behaving(behave) as uri:
        began = time.monotonic()
        with pytest.raises(BackendError, match=r"no answer within 0\.4 s"):
            hear(uri)
        assert time.monotonic() - began < 2 * SHORT + 1.0


def test_a_service_that_takes_no_sound_is_given_up_in_time(tmp_path: Path) -> None:
    with behaving(waits(3 * SHORT), path=tmp_path / "deaf") as uri, pytest.raises(BackendError, match="no answer"):
        hear(uri, seconds=60.0)


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next() -> None:
    def late(connection: socket.socket) -> None:
        heard_out(connection)
        time.sleep(1.5 * SHORT)
        with contextlib.suppress(OSError):  # nobody waits for it
            connection.sendall(event("transcript", text="close the blinds"))
    with behaving(late, saying(event("transcript", text=ORDER))) as uri:
        stream = Wyoming(WyomingConfig(uri, timeout=SHORT), grammar=grammar()).stream(View())
        feed(stream, clearly(ORDER))
        with pytest.raises(BackendError, match="no answer"):
            stream.decode()
        best = stream.decode().best
        assert best is not None and best.text == ORDER and best.confidence == WyomingConfig().surety


def test_settings_that_cannot_be_are_named() -> None:
    for uri in ("localhost:10300", "tcp://nowhere", "tcp://somewhere:70000", "unix://", "stdio://", ""):
        with pytest.raises(BackendError, match=r"no address of a Wyoming service \(write tcp://HOST:PORT"):
            Wyoming(WyomingConfig(uri))
    (mistake,) = Registry().mistakes("asr", "wyoming", {"timeout": 0})
    assert "timeout" in mistake.what
