"""The wire format of protocol buffers: a message is a row of numbered fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Field = tuple[int, int, bytes | memoryview]
"""Number, wire type, content."""


def read(data: memoryview) -> Iterator[Field]:
    """The fields of a message.

    Raises:
        ValueError, IndexError: it is none.
    """
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == VARINT:
            _, end = _read_varint(data, at)
        elif kind == BYTES:
            size, at = _read_varint(data, at)
            end = at + size
        elif kind in (FIXED64, FIXED32):
            end = at + (8 if kind == FIXED64 else 4)
        else:
            raise ValueError(f"unknown wire type {kind}")
        if end > len(data):
            raise ValueError("the file is cut short")
        yield number, kind, data[at:end]
        at = end


def write(fields: Iterable[Field]) -> bytes:
    """A message of these fields."""
    parts: list[bytes | memoryview] = []
    for number, kind, body in fields:
        parts.append(varint(number << 3 | kind))
        if kind == BYTES:
            parts.append(varint(len(body)))
        parts.append(body)
    return b"".join(parts)


def varint(value: int) -> bytes:
    """A number of 0 or more."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
