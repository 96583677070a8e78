"""How pictures travel between the bot and the process that draws them: frames with a length before each."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec

from pictures.content import BackgroundFile, Picture

__all__ = [
    "HEADER_BYTES",
    "Reply",
    "Request",
    "pack_frame",
    "pack_reply",
    "pack_request",
    "read_length",
    "unpack_reply",
    "unpack_request",
]

HEADER_BYTES = 4
LARGEST_FRAME_BYTES = 64_000_000

Request = Picture | BackgroundFile

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Request)}


class _Envelope(msgspec.Struct, array_like=True):
    kind: str
    body: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Reply:
    """What the drawing process answers.

    Attributes:
        kind: ``ready`` once at the start, then ``picture`` or ``error`` for each request.
        body: A PNG file, or what is wrong; for ``ready``, whether text is shaped (b"shaped" or b"plain").
    """

    kind: Literal["ready", "picture", "error"]
    body: bytes


_KIND_BYTES: dict[Literal["ready", "picture", "error"], bytes] = {
    "ready": b"R",
    "picture": b"P",
    "error": b"E",
}


def pack_frame(payload: bytes) -> bytes:
    """Return a payload with its length before it."""
    return struct.pack(">L", len(payload)) + payload


def read_length(header: bytes) -> int:
    """Return the length that a header announces.

    Raises:
        ValueError: It is larger than any frame.
    """
    length: int = struct.unpack(">L", header)[0]
    if length > LARGEST_FRAME_BYTES:
        raise ValueError(f"a frame of {length} bytes: this is no picture")
    return length


def pack_request(request: Request) -> bytes:
    """Return a request as bytes."""
    body = msgspec.Raw(msgspec.msgpack.encode(request))
    return msgspec.msgpack.encode(_Envelope(kind=type(request).__name__, body=body))


def unpack_request(payload: bytes) -> Request:
    """Return what is asked for.

    Raises:
        msgspec.DecodeError: The payload is no request.
        KeyError: There is no such request.
    """
    envelope = msgspec.msgpack.decode(payload, type=_Envelope)
    request: Request = msgspec.msgpack.decode(envelope.body, type=_KINDS[envelope.kind])
    return request


def pack_reply(reply: Reply) -> bytes:
    """Return an answer as bytes."""
    return _KIND_BYTES[reply.kind] + reply.body


def unpack_reply(payload: bytes) -> Reply:
    """Return an answer.

    Raises:
        ValueError: It is none.
    """
    for kind, mark in _KIND_BYTES.items():
        if payload[:1] == mark:
            return Reply(kind, payload[1:])
    raise ValueError(f"an answer that begins with {payload[:1]!r}")
