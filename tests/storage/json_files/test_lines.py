"""Lines of the journal: what was cut off is left out, what was changed is found."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.json_files.lines import SECTOR, BadLineError, frame, read_lines

bodies = st.lists(
    st.text(min_size=1, max_size=40).map(lambda text: text.encode().replace(b"\n", b"")), max_size=6
)
"""As JSON has no line feed in it, neither have these; zero bytes they do have, which JSON has not."""

json_bodies = bodies.map(lambda some: [body.replace(b"\0", b"0") for body in some])


def test_a_line() -> None:
    """A line is readable: length, checksum, JSON."""
    assert frame(b'{"a":1}') == b'7 561bacaf {"a":1}\n'
    assert read_lines(frame(b'{"a":1}')).bodies == [b'{"a":1}']


@given(bodies)
def test_whole_lines(some: list[bytes]) -> None:
    """Every line is read as it was written."""
    data = b"".join(map(frame, some))
    assert read_lines(data) == (some, len(data), b"")


@given(json_bodies, st.data())
def test_cut_off_anywhere(some: list[bytes], data: st.DataObject) -> None:
    """The lines before the cut are there, and no others; but for its line feed a line counts as whole."""
    whole = b"".join(map(frame, some))
    size = data.draw(st.integers(0, len(whole)))
    lines = read_lines(whole[:size])
    assert lines.bodies == some[: len(lines.bodies)]
    ends = [sum(len(frame(one)) for one in some[: place + 1]) for place in range(len(some))]
    assert len(lines.bodies) == sum(end <= size + 1 for end in ends)
    assert lines.torn == whole[lines.size : size]


@given(json_bodies, st.data())
def test_cut_off_and_filled_up(some: list[bytes], data: st.DataObject) -> None:
    """So it is where the file is longer than what was written, and the rest of it reads as zeros."""
    whole = b"".join(map(frame, some))
    size = data.draw(st.integers(0, len(whole)))
    zeros = bytes(data.draw(st.integers(0, 2000)))
    lines = read_lines(whole[:size] + zeros)
    assert lines.bodies == some[: len(lines.bodies)]
    assert len(lines.bodies) >= whole[:size].count(b"\n")


@given(json_bodies.filter(lambda some: len(some) > 1), st.data())
@example([b"1", b"2"], None)
def test_a_changed_byte_before_the_last_line(some: list[bytes], data: st.DataObject | None) -> None:
    """Whatever it is changed to, it is found, and its line is named."""
    whole = b"".join(map(frame, some))
    last = len(whole) - len(frame(some[-1]))
    place = data.draw(st.integers(0, last - 1)) if data else last - 1
    value = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place])) if data else 0
    with pytest.raises(BadLineError) as caught:
        read_lines(whole[:place] + bytes([value]) + whole[place + 1 :])
    assert caught.value.number == whole[:place].count(b"\n") + 1


@given(json_bodies.filter(bool), st.data())
def test_a_changed_byte_in_the_last_line(some: list[bytes], data: st.DataObject) -> None:
    """It is found too: the line had been written to its end, and may have been acknowledged."""
    whole = b"".join(map(frame, some))
    last = len(whole) - len(frame(some[-1]))
    place = data.draw(st.integers(last, len(whole) - 1))
    value = data.draw(st.integers(1, 255).filter(lambda value: value != whole[place]))
    with pytest.raises(BadLineError) as caught:
        read_lines(whole[:place] + bytes([value]) + whole[place + 1 :])
    assert caught.value.number == len(some)


def test_a_line_that_lost_its_line_feed_counts() -> None:
    """An editor takes away the last line feed; length and checksum say that nothing else is missing."""
    assert read_lines(frame(b"1") + frame(b"2")[:-1]) == ([b"1", b"2"], 25, b"")


@pytest.mark.parametrize("before", [0, 1, 100, 500, 511])
@pytest.mark.parametrize("missing", [{0}, {1}, {0, 1}, {1, 2}, {3}, {0, 3}])
def test_sectors_that_were_never_written(before: int, missing: set[int]) -> None:
    """Of the last line some sectors came to the disk and others, which read as zeros, did not: it is torn."""
    first = frame(b"x" * before)
    data = bytearray(first + frame(b"y" * 3 * SECTOR))
    edges = [len(first), *range(len(first) // SECTOR * SECTOR + SECTOR, len(data), SECTOR), len(data)]
    for number in missing:
        data[edges[number] : edges[number + 1]] = bytes(edges[number + 1] - edges[number])
    lines = read_lines(bytes(data))
    assert (lines.bodies, lines.size) == ([b"x" * before], len(first))
    assert lines.torn == bytes(data[len(first) :])
    if data.endswith(b"\n"):
        with pytest.raises(BadLineError):  # where another line was written behind it, it had been whole
            read_lines(bytes(data) + frame(b"z"))


@pytest.mark.parametrize(
    "text",
    [
        b"hello\n",
        b"\n",
        b" 1 00000000 x\n",
        b"1 0000000 x\n",
        b'{"a":1}\n',
        b"-1 00000000 x\n",
        b"1 8CDC1683 x\n",
        b"01 8cdc1683 x\n",
        b"x",
        b"1 8cdc1683 xy",
    ],
)
def test_what_is_no_line(text: bytes) -> None:
    """Anything else is damage, not the end of the file."""
    with pytest.raises(BadLineError, match="line 1"):
        read_lines(text)
