r"""Lines that tell by themselves whether they are whole: ``<length> <crc32> <json>\n``.

The length is that of the JSON in bytes, decimal; the CRC-32 is that of the same bytes, eight digits in hex.
JSON as it is written here has no line feed and no zero byte in it.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32

__all__ = ["BadLineError", "Lines", "frame", "read_lines"]

_BEGUN = re.compile(rb"([0-9]{1,15})(?: (?:[0-9a-f]{0,8}|([0-9a-f]{8}) (.*)))?", re.DOTALL)
"""What may be left of a line: a part of the length, then a part of the CRC, then a part of the JSON."""

_ZEROS = re.compile(rb"\0+")

SECTOR = 512
"""The least that a disk writes as a whole, in bytes."""


class BadLineError(ValueError):
    """A line is not what was written.

    Attributes:
        number: Which, counted from 1.
        problem: What is wrong with it.
    """

    def __init__(self, number: int, problem: str) -> None:
        self.number = number
        self.problem = problem
        super().__init__(f"line {number}: {problem}")


class Lines(NamedTuple):
    """What a file of lines holds.

    Attributes:
        bodies: The JSON of every whole line.
        size: Where the last of them ends, in bytes.
        torn: What lies behind: the beginning of a line that was never written to its end, or b"".
    """

    bodies: list[bytes]
    size: int
    torn: bytes


def frame(body: bytes) -> bytes:
    """Return the line that holds some JSON."""
    return b"%d %08x %b\n" % (len(body), crc32(body), body)


def read_lines(data: bytes) -> Lines:
    """Take a file of lines apart.

    The last line may be torn: then whoever wrote it was stopped before it could be acknowledged. It is if it
    has no line feed, or where parts of it were never written (:func:`_has_gap`). Anything else that is not as
    it was written is damage, also in the last line: with its line feed it had been written whole.

    Raises:
        BadLineError: A line is damaged; names the first.
    """
    bodies: list[bytes] = []
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        try:
            if end < 0:
                return _read_rest(data, start, bodies)
            bodies.append(_body(data[start:end], len(bodies) + 1))
        except BadLineError:
            if end in {-1, len(data) - 1} and _has_gap(data, start):
                return Lines(bodies, start, data[start:])
            raise
        start = end + 1
    return Lines(bodies, start, b"")


def _body(line: bytes, number: int) -> bytes:
    """Return the JSON of a line (without its line feed)."""
    match = _BEGUN.fullmatch(line)
    body = match[3] if match else None
    if match is None or body is None:
        raise BadLineError(number, "it does not begin with a length and a checksum")
    if len(body) != int(match[1]):
        raise BadLineError(number, "its length is not the one that it was written with")
    if frame(body)[:-1] != line:
        raise BadLineError(number, "its checksum is not that of its content")
    return body


def _read_rest(data: bytes, start: int, bodies: list[bytes]) -> Lines:
    """Judge what lies behind the last line feed."""
    # A power cut may leave a file that is longer than what was written into it: there it reads as zeros.
    begun = data[start:].rstrip(b"\0")
    match = _BEGUN.fullmatch(begun)
    if begun and match is None:
        raise BadLineError(len(bodies) + 1, "it does not begin with a length and a checksum")
    body = match[3] if match else None
    if match and body is not None:
        length = int(match[1])
        if len(body) > length:  # its line feed was written, and is something else now
            raise BadLineError(len(bodies) + 1, "it is longer than it was written")
        if frame(body) == begun + b"\n":  # all of it is there but the line feed: it counts
            return Lines([*bodies, body], len(data), b"")
    return Lines(bodies, start, data[start:])


def _has_gap(data: bytes, start: int) -> bool:
    """Tell whether parts of the last line were never written, which begins at ``start``.

    A disk writes the sectors of a line in any order. Where the power went before it had written all of them,
    the others read as zeros: a whole sector, or that part of the first one which the line before had left.
    """
    for run in _ZEROS.finditer(data, start):
        from_, until = run.span()
        begins = from_ == start or from_ % SECTOR == 0
        if until - from_ >= SECTOR or (begins and (until % SECTOR == 0 or until == len(data))):
            return True
    return False
