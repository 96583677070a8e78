"""The power goes at every single step: what was acknowledged is there, once, and nothing is half there."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from leveling_core.errors import StoreError
from tests.storage.json_files.disk import PowerCutError, SimulatedFiles
from tests.storage.json_files.work import GROUPS, Told, group, look, states_after, work, write_more

pytestmark = pytest.mark.usefixtures("no_threads_left")

STATES = states_after(GROUPS)


def steps_of_a_life() -> int:
    """Return how many steps a whole life takes: a few more or less, as two threads take them."""
    files = SimulatedFiles()
    asyncio.run(work(files, Told()))
    return files.steps


def live_until(step: int) -> tuple[SimulatedFiles, Told]:
    """Let the power go before a step of a store's life; return what is left and what was told."""
    files, told = SimulatedFiles(), Told()
    files.cut_at = step
    try:
        asyncio.run(work(files, told))
    except PowerCutError:
        return files, told
    assert told.groups == len(GROUPS)
    return files, told


def prove(files: SimulatedFiles, told: Told) -> None:
    """Hold that all that was told is there, and that the store goes on from it."""
    epoch, state = asyncio.run(look(files))
    # The group that was under way may be there or not.
    assert state in STATES[told.groups : told.groups + 2]
    assert epoch == told.epoch or not told.groups
    more = group(20)
    left = files.after_kill()
    asyncio.run(write_more(left, more))
    again = asyncio.run(look(left.after_power_cut()))
    assert again == (epoch, states_after([*GROUPS[: STATES.index(state)], more])[-1])


def lost(files: SimulatedFiles, _: random.Random) -> SimulatedFiles:
    """Keep only what was flushed."""
    return files.after_power_cut()


def mixed(files: SimulatedFiles, dice: random.Random) -> SimulatedFiles:
    """Keep of the rest what chance would have, sector by sector and name by name."""
    return files.after_power_cut(dice)


def killed(files: SimulatedFiles, _: random.Random) -> SimulatedFiles:
    """Keep all, as long as the power is on: only the process is gone."""
    return files.after_kill()


ENDS = [lost, mixed, killed]


@pytest.mark.parametrize("end", ENDS)
def test_the_power_goes_at_every_step(end: Callable[[SimulatedFiles, random.Random], SimulatedFiles]) -> None:
    """While a store is made, written to, written anew beside that, and closed."""
    dice = random.Random(1)  # noqa: S311 -- moments, no secret
    for step in range(steps_of_a_life() + 1):
        files, told = live_until(step)
        prove(end(files, dice), told)


@pytest.mark.parametrize("end", ENDS)
def test_the_power_goes_again_while_the_store_is_opened(
    end: Callable[[SimulatedFiles, random.Random], SimulatedFiles],
) -> None:
    """What the opening itself writes cannot lose anything either."""
    dice = random.Random(2)  # noqa: S311 -- moments, no secret
    for step in dice.sample(range(steps_of_a_life()), 12):
        files, told = live_until(step)
        again = 0
        while True:
            opened = end(files, random.Random(step))  # noqa: S311 -- moments, no secret
            opened.cut_at = again
            try:
                asyncio.run(look(opened))
            except PowerCutError:
                prove(end(opened, dice), told)
                again += 1
            else:
                break
        assert again > 5


def test_without_flushing_it_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated disk loses what is not flushed, so the tests above can fail."""
    monkeypatch.setattr(SimulatedFiles, "fsync", lambda *_: None)
    files, told = live_until(10_000)
    with pytest.raises((AssertionError, StoreError)):
        prove(files.after_power_cut(), told)


def test_without_flushing_the_folder_it_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for names."""
    monkeypatch.setattr(SimulatedFiles, "fsync_folder", lambda *_: None)
    files, told = live_until(10_000)
    with pytest.raises((AssertionError, StoreError)):
        prove(files.after_power_cut(), told)
