"""Whether backups are looked after at all, and who is told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cogs.backups import BackupsCog
from cogs.owners import list_owner_ids
from leveling_core.periods import MS_PER_MINUTE
from playground import Member
from playground.model import TeamMember
from storage import Backups
from tests.cogs.server import Server
from tests.storage.support import names_in


def backups_of(server: Server, folder: Path, **options: Any) -> Backups:
    """Return backups of a database that is not there: each of them fails."""
    return Backups(f"sqlite:///{folder}/none.db", clock=lambda: server.now, **options)


async def look(server: Server) -> None:
    """Let it be looked after the backups, and whoever is to be told be told."""
    await server.pg.advance(milliseconds=MS_PER_MINUTE)
    assert server.bot.laurel is not None
    await server.bot.laurel.context.schedule.run_due()
    cog = server.bot.get_cog(BackupsCog.__cog_name__)
    assert isinstance(cog, BackupsCog)
    await cog.idle()
    server.faults.texts[:] = [text for text in server.faults.texts if "nothing to back up" not in text]


def list_told(server: Server, people: list[Member]) -> list[str]:
    """Return who of these was told something directly."""
    return [who.name for who in people if server.pg.replies(server.pg.dm(who))]


def job_names(server: Server) -> list[str]:
    """Return the jobs of the connected bot."""
    assert server.bot.laurel is not None
    return server.bot.laurel.context.schedule.job_names


async def test_without_backups_nothing_is_said_of_them(server: Server) -> None:
    """In a bot that keeps its data by itself, and in the playground, there is no job and no line."""
    await server.connect()
    assert BackupsCog.JOB not in job_names(server)
    assert "ackup" not in (await server.ask(server.pg.guild.owner, "!config show")).text
    await look(server)


@pytest.mark.parametrize("is_in_memory", [True, False])
async def test_backups_that_are_off_are_told_as_off(
    server: Server, tmp_path: Path, is_in_memory: bool
) -> None:
    """Switched off, or of a store in memory: nothing is tried, nobody is told, the overview says so."""
    off = Backups("memory:", clock=lambda: server.now)
    await server.connect(backups=off if is_in_memory else backups_of(server, tmp_path, every_hours=0))
    assert BackupsCog.JOB not in job_names(server)
    text = (await server.ask(server.pg.guild.owner, "!config show")).text
    assert text.index("Sections") < text.index("All is well.") < text.index("Backups are off.")
    await look(server)
    assert list_told(server, [server.pg.guild.owner]) == []
    assert names_in(tmp_path, "*") == []


async def test_the_owner_of_the_application_is_told(server: Server, tmp_path: Path) -> None:
    """Nobody else is, however much they may do in a server; nobody is pinged."""
    ann = server.person("ann")
    await server.connect(backups=backups_of(server, tmp_path))
    await look(server)
    owner = server.pg.guild.owner
    assert list_told(server, [owner, ann]) == ["owner"]
    [told] = server.pg.replies(server.pg.dm(owner))
    assert f"`{tmp_path}/none.db: there is nothing to back up`" in told.content
    assert "What mends it: Look for it where LAUREL_STORE says." in told.content


async def test_of_a_team_those_are_told_who_can_do_something(server: Server, tmp_path: Path) -> None:
    """Its owner, admins and developers; not who only reads, nor who was invited and has not come."""
    names = ("ann", "bob", "cleo", "dan", "eve")
    ann, bob, cleo, dan, eve = people = [server.person(name) for name in names]
    server.pg.world.team = [
        TeamMember(ann.user, ""),
        TeamMember(bob.user, "admin"),
        TeamMember(cleo.user, "developer"),
        TeamMember(dan.user, "read_only"),
        TeamMember(eve.user, "admin", accepted=False),
    ]
    await server.pg.refuse_dms(bob)
    await server.connect(backups=backups_of(server, tmp_path))
    await look(server)
    assert list_told(server, [*people, server.pg.guild.owner]) == ["ann", "cleo"]


async def test_a_bot_may_name_its_owners(server: Server) -> None:
    """Where its code says who runs it, Discord is not asked."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect()
    asked = len(server.pg.server.requests)
    server.bot.owner_ids = {bob.id, ann.id}
    assert await list_owner_ids(server.bot) == [ann.id, bob.id]
    server.bot.owner_ids, server.bot.owner_id = set(), bob.id
    assert await list_owner_ids(server.bot) == [bob.id]
    assert len(server.pg.server.requests) == asked


async def test_a_fault_of_looking_after_them_is_no_end_of_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody foresaw is logged, and the next look comes."""
    backups = backups_of(server, tmp_path)
    await server.connect(backups=backups)

    async def stumble() -> bool:
        raise RuntimeError("nobody foresaw this")

    with monkeypatch.context() as patched:
        patched.setattr(backups, "look", stumble)
        await look(server)
    assert "it goes on in 300 s" in server.faults.texts[0]
    server.faults.texts.clear()
    await server.pg.advance(milliseconds=5 * MS_PER_MINUTE)
    await look(server)
    assert list_told(server, [server.pg.guild.owner]) == ["owner"]


async def test_leaving_a_bot_takes_the_job_along(server: Server, tmp_path: Path) -> None:
    """When Laurel is closed in a bot that goes on, nothing looks after backups any more."""
    await server.connect(backups=backups_of(server, tmp_path))
    laurel = server.bot.laurel
    assert laurel is not None
    assert BackupsCog.JOB in job_names(server)
    await laurel.close()
    assert laurel.context.schedule.job_names == []
    assert server.bot.get_cog(BackupsCog.__cog_name__) is None
