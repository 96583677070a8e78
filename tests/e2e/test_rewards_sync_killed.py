"""A sync of many members within Discord's rate limits, by a process that is killed in the middle of it.

`make sync` runs it with 5,000 members; SYNC_MEMBERS, SYNC_KILLS and SYNC_SPEED choose how many members there
are, how often it is killed, and how much faster than Discord's all limits and pauses are over.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from bot import Settings
from cogs.rewards.sync import PAUSE_SECONDS
from leveling_core.decision import Decision, View
from leveling_core.facts import RewardAddRequested
from leveling_core.ids import Key, MemberKey
from leveling_core.member import MemberRecord
from leveling_core.rewarding import RoleRewards
from playground import Member, Message, Playground
from playground.model import Channel, Role
from playground.rate_limits import RateLimits
from playground.waiting import wait_until
from storage import open_store

ROOT = Path(__file__).resolve().parents[2]

MEMBERS = int(os.environ.get("SYNC_MEMBERS", "60"))
KILLS = int(os.environ.get("SYNC_KILLS", "1"))
SPEED = float(os.environ.get("SYNC_SPEED", "100"))

LEVEL_2, LEVEL_5 = 150, 900
"""So much XP is level 2, and level 5."""

EDITS = ("PATCH", "PUT", "DELETE")
PATIENCE_SECONDS = 60 + MEMBERS * 3 * PAUSE_SECONDS / SPEED

ANSWERED_SECONDS = 1.0
"""A command that takes longer is not answered at once."""

Settled = tuple[Member, list[str], int]
"""A member, the names of the roles to be had in the end, and how many changes that takes."""


class Bots:
    """Processes of bot.py over one database, one after another.

    Args:
        pg: Where they find Discord.
        folder: Where the database is, and what they log.
    """

    def __init__(self, pg: Playground, folder: Path) -> None:
        self._pg = pg
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "log"

    async def start(self) -> None:
        """Start one and wait until it is ready."""
        server = self._pg.server
        kept = {name: value for name, value in os.environ.items() if name not in Settings.model_fields}
        pause = str(PAUSE_SECONDS / SPEED)
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.e2e.sync_bot"),
                *(server.api_url, server.gateway_url, server.cdn_url, pause),
                cwd=self._folder,
                env={**kept, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": self._pg.world.token},
                stderr=log,
            )
        await wait_until(
            lambda: [] if b"Ready as" in self._log.read_bytes() else [self._log.read_text()],
            60,
            "the bot was not ready",
            settled_polls=1,
        )

    async def kill(self) -> None:
        """Kill it, as the system does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


class Talk:
    """People who go on using the bot meanwhile, and how long they wait for its answers."""

    def __init__(self, pg: Playground, member: Member, place: Channel) -> None:
        self._pg = pg
        self._member = member
        self._place = place
        self._talking: asyncio.Task[None] | None = None
        self._has_said_enough = False
        self.waited_seconds: list[float] = []

    async def __aenter__(self) -> None:
        """Begin to talk."""
        self._has_said_enough = False
        self._talking = asyncio.create_task(self._talk())

    async def __aexit__(self, *_: object) -> None:
        """Fall silent once what was said last is answered; fail if something was not."""
        assert self._talking is not None
        self._has_said_enough = True
        await self._talking

    async def _talk(self) -> None:
        """Give commands, by prefix and by slash in turn."""
        for wait_for_answer in cycle((self._ask, self._slash)):
            began = time.monotonic()
            await wait_for_answer()
            self.waited_seconds.append(time.monotonic() - began)
            if self._has_said_enough:
                return
            await asyncio.sleep(2 / SPEED)  # Discord takes one message of a channel in a second

    async def _ask(self) -> None:
        asked = await self._pg.say(self._member, "!nextachievement", self._place)
        await self._pg.wait_reply(self._place, after=asked, timeout_seconds=30)

    async def _slash(self) -> None:
        result = await self._pg.slash(self._member, "goal", self._place, wait=False)
        await wait_until(
            lambda: [] if result.response is not None else ["no answer"], 30, "no answer", settled_polls=1
        )


def populate(pg: Playground, two: Role, five: Role) -> list[Settled]:
    """Let members in: most lack a role, some are right, some have one too many, and some are of no level."""
    painter = pg.world.add_role(pg.guild, "Painter", position=1)
    settled: list[Settled] = []
    for number, member in enumerate(pg.world.add_members(pg.guild, [f"m{n}" for n in range(MEMBERS)])):
        kind = number % 10
        member.role_ids = [painter.id]
        if kind == 0:
            member.role_ids.append(two.id)
        elif kind == 1:
            member.role_ids.append(five.id)
        changes = 0 if kind == 0 else 1
        roles = ["Five", "Painter", "Two"] if kind == 2 else ["Painter", "Two"]
        settled.append((member, roles, changes))
    return settled


async def keep_records(pg: Playground, database: Path, settled: list[Settled], *rewards: Role) -> None:
    """Write what the bot finds: the rewards, and everybody's XP."""
    store = await open_store(f"sqlite:///{database}", clock=lambda: pg.clock.now_ms)
    for number, (level, role) in enumerate(zip((2, 5), rewards, strict=True), 1):
        fact = RewardAddRequested(pg.guild.id, pg.guild.owner.id, number, level, role.id)
        await RoleRewards(store).add(fact)
    commits = []
    for member, roles, _ in settled:
        key: Key = MemberKey(pg.guild.id, member.id)
        decision = Decision(None, {key: MemberRecord(xp=LEVEL_5 if "Five" in roles else LEVEL_2)})
        commits.append(store.commit((key,), partial(_decided, decision=decision)))
    await asyncio.gather(*commits)
    await store.close()


def _decided(_: View, decision: Decision[None]) -> Decision[None]:
    return decision


def count_edits(pg: Playground) -> Counter[int]:
    """Count the requests that changed each member, by user id."""
    prefix = f"/guilds/{pg.guild.id}/members/"
    return Counter(
        int(request.path.removeprefix(prefix).partition("/")[0])
        for request in pg.server.requests
        if request.method in EDITS and request.status < 300 and request.path.startswith(prefix)
    )


def _have_changed(pg: Playground, members: int) -> bool:
    return len(count_edits(pg)) >= members


async def until(check: Callable[[], bool]) -> None:
    """Wait until something holds, which may take as long as the whole sync."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not check():  # noqa: ASYNC110 -- what is waited for happens on the playground's side
            await asyncio.sleep(0.5 / SPEED)


async def begin(pg: Playground) -> Message:
    """Let the owner begin a sync; return the message that tells of it."""
    asked = await pg.say(pg.guild.owner, "!rewards sync")
    message = await pg.wait_reply(after=asked, timeout_seconds=30)
    await pg.press(pg.guild.owner, message, "Start", wait=False)
    return message


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to be in, without the machine's own settings in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
async def test_a_sync_survives_kills_within_discords_limits(folder: Path) -> None:
    """It goes on where it was, changes nobody twice and nobody else, and commands are answered meanwhile."""
    async with Playground() as pg:
        pg.server.requests = deque()
        two, five = (pg.world.add_role(pg.guild, name, position=1) for name in ("Two", "Five"))
        settled = populate(pg, two, five)
        stranger = pg.world.add_member(pg.guild, "stranger", roles=[five])
        asker = pg.world.add_member(pg.guild, "asker")
        talk = Talk(pg, asker, pg.world.add_channel(pg.guild, "bots"))
        await keep_records(pg, folder / "laurel.db", settled, two, five)
        limits = pg.server.rate_limits = RateLimits(speed=SPEED)
        bots = Bots(pg, folder)
        await bots.start()
        began = time.monotonic()
        message = await begin(pg)
        expected = sum(changes for _, _, changes in settled)
        try:
            for kill in range(1, KILLS + 1):
                async with talk:
                    await until(partial(_have_changed, pg, expected * kill // (KILLS + 1)))
                await bots.kill()
                await bots.start()
            async with talk:
                await until(lambda: message.content.startswith("✅"))
        finally:
            await bots.kill()
        took = time.monotonic() - began
    edits = count_edits(pg)
    edits.pop(asker.id, None)  # so many commands earn achievements, and these a level
    assert {member.id: changes for member, _, changes in settled if changes} == edits
    assert [sorted(r.name for r in member.roles) for member, _, _ in settled] == [r for _, r, _ in settled]
    assert [role.name for role in stranger.roles] == ["Five"]
    assert len(limits.refused) <= KILLS  # a new process does not know what the one before has asked for
    assert max(talk.waited_seconds) < ANSWERED_SECONDS
    print(  # noqa: T201 -- `make sync` shows it
        f"\n{len(edits)} of {MEMBERS} members changed once each in {took:.0f} s ({KILLS} kills, limits"
        f" {SPEED:g} times Discord's, {len(limits.refused)} requests refused); {len(talk.waited_seconds)}"
        f" commands meanwhile, answered after {statistics.median(talk.waited_seconds) * 1000:.0f} ms"
        f" (median), {max(talk.waited_seconds) * 1000:.0f} ms at most"
    )
