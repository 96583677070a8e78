"""The studio draws in another process, and outlives it."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image

from pictures import Look, PictureError, RankCard, Studio, StudioBusyError
from pictures.gallery import list_pictures

PLAIN = next(picture for _, picture in list_pictures("laurel"))

READY = """
import sys, struct
def say(answer):
    sys.stdout.buffer.write(struct.pack(">L", len(answer)) + answer)
    sys.stdout.buffer.flush()
"""
HANGS = READY + "say(b'Rshaped')\nsys.stdin.buffer.read(4)\nsys.stdin.buffer.read()"
DIES = READY + "say(b'Rplain')\nsys.stdin.buffer.read(4)"
NONSENSE = READY + "say(b'what?')"
REFUSES = READY + "say(b'Ea theme is wrong')"


def command(script: str) -> tuple[str, ...]:
    """Return the command of a process that stands in for the real one."""
    return sys.executable, "-c", script


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    """Return a studio, closed when the test ends."""
    studio = Studio()
    yield studio
    await studio.close()


async def test_a_picture_is_drawn_elsewhere(studio: Studio) -> None:
    """The process starts with the first picture, which comes as a PNG of its size."""
    assert studio.process_id is None
    with Image.open(io.BytesIO(await studio.draw(PLAIN))) as picture:
        assert picture.size == (934, 282)
        assert picture.format == "PNG"
    assert studio.process_id not in {None, os.getpid()}


async def test_it_draws_again_after_its_process_was_killed(studio: Studio) -> None:
    """Somebody kills the process: the next picture is drawn by another one, and nobody notices."""
    await studio.draw(PLAIN)
    first = studio.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert await studio.draw(PLAIN)
    assert studio.process_id != first


async def test_many_at_once_are_all_drawn(studio: Studio) -> None:
    """Each of many callers gets its own picture; one that goes away takes nobody's."""
    assert isinstance(PLAIN, RankCard)
    cards = [replace(PLAIN, level=str(level)) for level in range(8)]
    tasks = [asyncio.create_task(studio.draw(card)) for card in cards]
    await asyncio.sleep(0)
    tasks[3].cancel()
    drawn = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(drawn[3], asyncio.CancelledError)
    others = [png for png in drawn if isinstance(png, bytes)]
    assert len(set(others)) == 7
    assert await studio.draw(cards[0]) == others[0]


async def test_what_is_wrong_with_a_picture_is_told(studio: Studio) -> None:
    """A picture that cannot be drawn fails for its caller alone."""
    assert isinstance(PLAIN, RankCard)
    with pytest.raises(PictureError, match="no such theme"):
        await studio.draw(replace(PLAIN, look=Look(theme="gone")))
    assert await studio.draw(PLAIN)


async def test_backgrounds_are_made_small_and_clean(studio: Studio) -> None:
    """A picture becomes a JPEG of the size that backgrounds have; what is none is refused."""
    buffer = io.BytesIO()
    Image.new("RGB", (3000, 900), "teal").save(buffer, "PNG")
    with Image.open(io.BytesIO(await studio.prepare_background(buffer.getvalue()))) as kept:
        assert kept.format == "JPEG"
        assert kept.size == (1200, 600)
    for wrong in (b"GIF89a, or so it says", b"", b"x" * 9_000_000):
        with pytest.raises(PictureError, match="at most"):
            await studio.prepare_background(wrong)


async def test_one_that_takes_too_long_is_ended() -> None:
    """A picture that hangs fails after its time, and the process with it."""
    studio = Studio(command=command(HANGS), draw_seconds=0.05)
    with pytest.raises(PictureError, match=r"more than 0\.05 s"):
        await studio.draw(PLAIN)
    assert studio.process_id is None
    await studio.close()


async def test_a_trial_may_take_less() -> None:
    """Who only tries a picture out lets the others wait no longer than that."""
    studio = Studio(command=command(HANGS))
    with pytest.raises(PictureError, match=r"more than 0\.05 s"):
        await studio.draw(PLAIN, within=0.05)
    await studio.close()


async def test_one_that_kills_the_process_twice_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """A picture that ends the process is tried once more; that names go unshaped is said once."""
    studio = Studio(command=command(DIES))
    with caplog.at_level(logging.WARNING), pytest.raises(PictureError, match="ended twice"):
        await studio.draw(PLAIN)
    await studio.close()
    assert [record.getMessage()[:20] for record in caplog.records].count("Pillow finds no raqm") == 1


@pytest.mark.parametrize(
    ("script", "message"), [(NONSENSE, "does not start"), (REFUSES, "a theme is wrong"), ("1/0", "not start")]
)
async def test_a_process_that_does_not_start_is_told(
    script: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """What keeps the process from starting is the error of each picture."""
    studio = Studio(command=command(script))
    with pytest.raises(PictureError, match=message):
        await studio.draw(PLAIN)
    await studio.close()
    capfd.readouterr()


async def test_a_program_that_is_not_there_is_told() -> None:
    """A missing interpreter is an error of the picture, not of the bot."""
    studio = Studio(command=("/no/such/program",))
    with pytest.raises(PictureError, match="does not start"):
        await studio.draw(PLAIN)
    await studio.close()


async def test_the_queue_is_bounded() -> None:
    """More than may wait are refused at once; those that wait fail when the studio closes."""
    studio = Studio(command=command(HANGS), most_waiting=2)
    tasks = [asyncio.create_task(studio.draw(PLAIN)) for _ in range(5)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    refused = [task.exception() for task in tasks if task.done()]
    assert [type(error) for error in refused] == [StudioBusyError] * 3
    await studio.close()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, PictureError) for result in results)
    with pytest.raises(PictureError, match="closed"):
        await studio.draw(PLAIN)


async def test_the_queue_is_bounded_in_bytes() -> None:
    """Large pictures are refused sooner than small ones: what waits takes so many bytes at most."""
    assert isinstance(PLAIN, RankCard)
    large = replace(PLAIN, avatar=b"x" * 600_000)
    studio = Studio(command=command(HANGS), most_waiting_bytes=1_000_000)
    tasks = [asyncio.create_task(studio.draw(card)) for card in (large, large, PLAIN)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert [task.done() for task in tasks] == [False, True, False]
    assert isinstance(tasks[1].exception(), StudioBusyError)
    await studio.close()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_idle_process_ends_and_another_starts() -> None:
    """When nobody has asked for a while there is no process; asking starts one."""
    studio = Studio(idle_seconds=0.0)
    await studio.draw(PLAIN)
    for _ in range(500):
        if studio.process_id is None:
            break
        await asyncio.sleep(0.01)
    assert studio.process_id is None
    assert await studio.draw(PLAIN)
    await studio.close()


async def test_the_process_does_not_see_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the process that opens strangers' files holds no secret."""
    monkeypatch.setenv("DISCORD_TOKEN", "made-up")
    script = (
        READY
        + "import os; say(b'Rshaped'); sys.stdin.buffer.read(4); say(b'E' + str([*os.environ]).encode())"
    )
    studio = Studio(command=command(script))
    with pytest.raises(PictureError) as caught:
        await studio.draw(PLAIN)
    await studio.close()
    assert "PYTHONPATH" in str(caught.value)
    assert "DISCORD_TOKEN" not in str(caught.value)
