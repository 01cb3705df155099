"""The line between a worker and its parent: msgpack messages behind a four-byte length, and errors as plain data.

A message is a list that begins with its kind:

    parent to worker: init(settings) call(id, method, args) send(method, args) stream(id, method, args, credit)
                      more(id, count) cancel(id) ping(number) answer(request, ok, value) bye()
    worker to parent: ready(settings) failed(error) result(id, value) error(id, error) item(id, value) end(id)
                      pong(number) request(request, call, name, args)
"""

from __future__ import annotations

import struct
from typing import Any

import msgpack

from assistant.errors import AssistantError, WorkerError

HEADER = struct.Struct(">I")
MAX_MESSAGE = 32 << 20
"""Bytes. A minute of 16 kHz sound is 2 MB; whatever is larger is a mistake."""
STREAM_CREDIT = 8
"""Items that a worker may produce ahead of the reader of a stream."""

Message = list[Any]


def pack(message: Message) -> bytes:
    """The message with its length in front.

    Raises:
        WorkerError: it holds something other than plain data, or is larger than ``MAX_MESSAGE``.
    """
    try:
        body = msgpack.packb(message, use_bin_type=True)
    except (TypeError, ValueError, OverflowError) as error:
        raise WorkerError(f"only plain data can cross to a worker: {error}", where=_title(message)) from error
    check_size(len(body), _title(message))
    return HEADER.pack(len(body)) + bytes(body)


def unpack(body: bytes) -> Message:
    """The message of these bytes.

    Raises:
        WorkerError: they are no message.
    """
    try:
        message = msgpack.unpackb(body, raw=False, strict_map_key=False)
    except (ValueError, TypeError, msgpack.exceptions.UnpackException) as error:  # TypeError: a list as a key
        raise WorkerError(f"not a message: {error}") from error
    if not isinstance(message, list) or not message or not isinstance(message[0], str):
        raise WorkerError("not a message: it is no list that begins with its kind")
    return message


def check_size(size: int, where: str = "") -> None:
    """Raises WorkerError when a message of ``size`` bytes is too large."""
    if size > MAX_MESSAGE:
        raise WorkerError(f"a message of {size} bytes is larger than {MAX_MESSAGE}", where=where)


def _title(message: Message) -> str:
    return " ".join(part for part in message[:3] if isinstance(part, str))


def encode_error(error: BaseException, where: str) -> dict[str, str]:
    """An error as plain data; the other side gets its own AssistantErrors back, others as a WorkerError."""
    if isinstance(error, AssistantError):
        return {"kind": type(error).__name__, "what": error.what, "where": error.where, "mend": error.mend}
    return {"kind": "WorkerError", "what": f"{type(error).__name__}: {error}"[:2000], "where": where, "mend": ""}


def decode_error(data: Any) -> AssistantError:
    """The error that ``encode_error`` wrote, of the same class where this side knows it."""
    if not isinstance(data, dict):
        return WorkerError("an error without a description")
    kinds = {kind.__name__: kind for kind in _kinds(AssistantError)}
    kind = kinds.get(str(data.get("kind")), WorkerError)
    return kind(str(data.get("what")), where=str(data.get("where", "")), mend=str(data.get("mend", "")))


def _kinds(kind: type[AssistantError]) -> list[type[AssistantError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _kinds(child))]
