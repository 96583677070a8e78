"""The process that draws: reads requests from standard input, answers on standard output, until input ends.

It has no network, no token and no database, so a picture file that breaks a decoder breaks nothing else;
the studio starts another one.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import BinaryIO

from leveling_core.errors import ContentError
from pictures.artist import Artist
from pictures.text.shaping import can_shape
from pictures.wire import HEADER_BYTES, Reply, pack_frame, pack_reply, read_length, unpack_request

__all__ = ["main", "serve"]

_NICENESS = 5
"""Messages come before pictures where both want the same processor."""


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until there are no more."""
    try:
        artist = Artist()
    except ContentError as error:
        _send(target, Reply("error", str(error).encode()))
        return
    _send(target, Reply("ready", b"shaped" if can_shape() else b"plain"))
    while len(header := source.read(HEADER_BYTES)) == HEADER_BYTES:
        _send(target, _answer(artist, source.read(read_length(header))))


def _answer(artist: Artist, payload: bytes) -> Reply:
    try:
        return Reply("picture", artist.answer(unpack_request(payload)))
    except Exception as error:  # noqa: BLE001 -- one picture that fails must not end the others' process
        return Reply("error", f"{type(error).__name__}: {error}".encode())


def _send(target: BinaryIO, reply: Reply) -> None:
    target.write(pack_frame(pack_reply(reply)))
    target.flush()


def main() -> None:
    """Serve the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the bot ends this process, not a key in its terminal
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not print into an answer
    serve(sys.stdin.buffer, target)


if __name__ == "__main__":
    main()
