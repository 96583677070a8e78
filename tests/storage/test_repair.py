"""Repairing a store: records become what the ledger says, and what it cannot say is left alone and told."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveling_core.ceilings import EarnedRecord
from leveling_core.documents import (
    AnnouncementsRecord,
    AssetRecord,
    AssetsRecord,
    BatchRecord,
    BoostersRecord,
    CardRecord,
    ChannelRecord,
    CursorRecord,
    Delivery,
    Document,
    EventsRecord,
    GoalRecord,
    RewardsRecord,
)
from leveling_core.errors import ContentError, StoreError
from leveling_core.facts import MessagePosted, RulesChangeRequested
from leveling_core.ids import (
    DocumentKey,
    MemberKey,
    announcements_key,
    asset_key,
    assets_key,
    boosters_key,
    card_key,
    channel_key,
    cursor_key,
    earned_key,
    events_key,
    first_snowflake_at,
    rules_key,
)
from leveling_core.periods import MS_PER_MINUTE
from leveling_core.service import Leveling
from leveling_core.store import Head
from storage import memory_snapshot, open_store, repair, sqlite_snapshot
from storage.backend import Writes
from storage.backup_files import list_backups
from storage.check import check_store
from storage.codec import MEMBER_COLUMNS, Row, decode_document, encode_document
from storage.examination import Examination
from storage.findings import Finding
from storage.json_files import JsonBackend
from storage.memory import MemoryBackend, MemoryState
from storage.opening import open_backend, read_store_url
from storage.progress import Progress, Stage, no_progress, unseen
from storage.repair import RepairSummary, repair_store
from storage.restore import restore
from storage.snapshots import open_snapshot
from storage.sqlite import SqliteBackend
from tests.contract.support import NOON, Clock
from tests.storage.killing import dies_at
from tests.storage.living import CATALOGUE, GUILDS, live
from tests.storage.support import names_in

GUILD = GUILDS[0]
ANN, OF_ANN = MemberKey(GUILD, 1), f"guild_id = {GUILD} AND user_id = 1"
KINDS = ("sqlite", "json")
Rows = tuple[dict[MemberKey, Row], dict[DocumentKey, Row]]


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    _have_small_portions(monkeypatch)


def _have_small_portions(patch: pytest.MonkeyPatch) -> None:
    """Have everything come in several portions."""
    patch.setattr(sqlite_snapshot, "PORTION", 7)
    patch.setattr(memory_snapshot, "PORTION", 5)
    patch.setattr(repair, "ROWS_PER_WRITE", 3)


class Place:
    """A store at rest.

    Args:
        folder: All of it.
        kind: Of the backend.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        self.path = folder / ("laurel.db" if kind == "sqlite" else "laurel")
        self.url = f"{kind}:///{self.path}"
        self.backup_dir = self.path / "backups" if kind == "json" else folder / "backups"
        self.found: list[Finding] = []

    async def repair(self, *, apply: bool = True) -> RepairSummary:
        """Repair it; what was found is kept."""
        self.found.clear()
        return await repair_store(self.url, clock=Clock(NOON), report=self.found.append, apply=apply)

    async def check(self) -> list[Finding]:
        """Check it."""
        findings: list[Finding] = []
        snapshot = await open_snapshot(self.url)
        try:
            await check_store(snapshot, findings.append)
        finally:
            await snapshot.close()
        return findings

    async def write(self, *rows: Row) -> None:
        """Write rows of members and documents behind the back of all rules."""
        documents = [row for row in rows if isinstance(row[0], str)]
        backend = await open_backend(read_store_url(self.url), clock=Clock())
        await backend.write(Writes([row for row in rows if row not in documents], documents, [], []))
        await backend.close()

    async def rows(self) -> Rows:
        """Return the rows of members and of all other records."""
        snapshot = await open_snapshot(self.url)
        try:
            members = [row async for portion in snapshot.members() for row in portion]
            documents = [row async for portion in snapshot.documents() for row in portion]
        finally:
            await snapshot.close()
        return {MemberKey(*row[:2]): row for row in members}, {
            DocumentKey(*row[:3]): row for row in documents
        }

    async def document(self, key: DocumentKey) -> Document:
        """Return a document."""
        return decode_document((await self.rows())[1][key])[1]

    async def head(self) -> Head:
        """Return the end of the ledger."""
        snapshot = await open_snapshot(self.url)
        await snapshot.close()
        return snapshot.head

    def sql(self, *statements: str) -> None:
        """Change a database behind Laurel's back."""
        with closing(sqlite3.connect(self.path)) as connection:
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, statement
            connection.commit()


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of each kind with a past, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("past")
    for kind in KINDS:
        asyncio.run(live(Place(folder, kind).url))
    return folder


def _copy(past: Path, folder: Path, kind: str) -> Place:
    place = Place(folder, kind)
    source = past / place.path.name
    if kind == "json":
        shutil.copytree(source, place.path)
    else:
        shutil.copy(source, place.path)
    return place


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path, past: Path) -> Place:
    """A store with a past, of each kind."""
    return _copy(past, tmp_path, request.param)


@pytest.fixture
def database(tmp_path: Path, past: Path) -> Place:
    """A database with a past."""
    return _copy(past, tmp_path, "sqlite")


def changed(row: Row, **columns: Any) -> Row:
    """Return a member's row with other values."""
    return tuple(columns.get(name, value) for name, value in zip(MEMBER_COLUMNS, row, strict=True))


def broken(key: DocumentKey, body: str = '{"half') -> Row:
    """Return a document's row that cannot be read."""
    return (key.kind, key.guild_id, key.id, body)


async def spoil(place: Place) -> None:
    """Make something wrong in most members and several other records."""
    members, documents = await place.rows()
    strangers = [changed(row, user_id=500 + number) for number, row in enumerate(members.values())]
    wrong = [changed(row, xp=row[4] + 7, streak=99, last_claim_on=3) for row in members.values()]
    channels = [broken(key) for key in documents if key.kind == "channel"]
    rosters = [encode_document(boosters_key(guild_id), BoostersRecord((3, 9))) for guild_id in GUILDS]
    await place.write(*strangers, *wrong, *channels, *rosters)


async def test_records_become_what_the_ledger_says(place: Place) -> None:
    """All that differs is named, then written; a check finds nothing any more, and the rest is untouched."""
    before = await place.rows()
    await spoil(place)
    wanted = await place.check()
    summary = await place.repair()
    assert place.found == wanted
    assert all(one.is_repairable and one.expected for one in wanted)
    assert (summary.repairable, summary.left, summary.is_applied) == (len(wanted), 0, True)
    assert summary.members == 2 * len(before[0])
    assert await place.check() == []
    members, documents = await place.rows()
    assert {key: row for key, row in members.items() if key in before[0]} == before[0]
    for key, row in documents.items():
        assert key.kind == "channel" or row == before[1][key]


async def test_a_plan_changes_nothing(place: Place) -> None:
    """Without being told to, a repair only says what it would do; it may be asked beside a bot."""
    await spoil(place)
    before = await place.rows()
    store = await open_store(place.url, clock=Clock())
    try:
        summary = await place.repair(apply=False)
    finally:
        await store.close()
    assert summary.repairable == len(place.found) > 0
    assert (summary.is_applied, summary.backup) == (False, None)
    assert await place.rows() == before
    assert not place.backup_dir.exists()


async def test_a_backup_keeps_what_was_there(place: Place) -> None:
    """What a repair has overwritten can be brought back."""
    await spoil(place)
    before = await place.rows()
    summary = await place.repair()
    assert summary.backup is not None
    assert [one.path for one in list_backups(place.backup_dir)] == [summary.backup.path]
    assert await place.rows() != before
    await restore(summary.backup.path, place.url, at=NOON, replace=True)
    assert await place.rows() == before


async def test_the_backup_goes_where_backups_go(place: Place, tmp_path: Path) -> None:
    """A folder for backups, on another disk perhaps, is also that of this one."""
    await spoil(place)
    folder = tmp_path / "elsewhere"
    await repair_store(place.url, clock=Clock(NOON), report=lambda _: None, apply=True, backup_dir=folder)
    assert len(list_backups(folder)) == 1
    assert not place.backup_dir.exists()


async def test_nothing_is_written_where_nothing_is_wrong(place: Place) -> None:
    """A store that is right gets no backup either."""
    before = await place.rows()
    summary = await place.repair()
    assert (place.found, summary.repairable, summary.is_applied) == ([], 0, False)
    assert await place.rows() == before
    assert not place.backup_dir.exists()


async def test_not_beside_a_bot(place: Place) -> None:
    """Whoever has the store open would overwrite what is repaired, so that is refused before anything is."""
    await spoil(place)
    store = await open_store(place.url, clock=Clock())
    try:
        with pytest.raises(StoreError, match="another Laurel is running"):
            await place.repair()
    finally:
        await store.close()
    assert not place.backup_dir.exists()


async def test_only_a_store_that_is_there(tmp_path: Path) -> None:
    """No store is made by repairing one, and what is in memory cannot be."""
    for kind in KINDS:
        with pytest.raises(StoreError):
            await Place(tmp_path, kind).repair()
    assert names_in(tmp_path, "*") == []
    with pytest.raises(ContentError):
        await repair_store("memory:", clock=Clock(), report=lambda _: None, apply=True)


async def test_stages_are_told(place: Place) -> None:
    """Who waits is told what is being done, and how many rows are written."""
    await spoil(place)
    stages: list[tuple[Stage, int]] = []
    written = 0

    def stage(name: Stage, rows: int) -> Progress:
        def count(more: int) -> None:
            nonlocal written
            written += more

        stages.append((name, rows))
        return count if name == "repair" else no_progress

    summary = await repair_store(place.url, clock=Clock(), report=lambda _: None, stage=stage, apply=True)
    names = [name for name, _ in stages]
    assert names == ["files", "ledger", "others", "members", "days", "backup", "repair"]
    assert stages[-1][1] == written == summary.members + summary.documents


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed in the middle")
@pytest.mark.parametrize("kind", KINDS)
def test_killed_in_the_middle(tmp_path: Path, kind: str) -> None:
    """After each portion the store is whole, and repairing again does what is left."""
    spoilt = tmp_path / "spoilt"
    spoilt.mkdir()
    asyncio.run(live(Place(spoilt, kind).url, deeds=30))
    asyncio.run(spoil(Place(spoilt, kind)))
    step, died = 0, True
    while died:
        (folder := tmp_path / f"step-{step}").mkdir()
        place = _copy(spoilt, folder, kind)
        died = dies_at(step, partial(_repair_step_by_step, place), _is_write)
        asyncio.run(_end_repair(place))
        step += 1
    assert step > 8


def _is_write(event: str, _: tuple[Any, ...]) -> bool:
    return event == "laurel.tests.write"


async def _repair_step_by_step(place: Place) -> None:
    """Repair with a step before and after each write; in a process of its own, which ends with it."""
    backend: Any = JsonBackend if place.url.startswith("json") else SqliteBackend
    real = backend.write

    async def write(self: Any, writes: Writes) -> None:
        sys.audit("laurel.tests.write")
        await real(self, writes)
        sys.audit("laurel.tests.write")

    _have_small_portions(pytest.MonkeyPatch())
    backend.write = write
    await place.repair()


async def _end_repair(place: Place) -> None:
    assert all(one.is_repairable for one in await place.check())
    await place.repair()
    assert await place.check() == []


# single records


async def test_a_member_whose_row_is_gone(database: Place) -> None:
    """A member of whom only lines are left comes back as far as these tell."""
    before = (await database.rows())[0][ANN]
    database.sql(f"DELETE FROM members WHERE {OF_ANN}")
    await database.repair()
    after = (await database.rows())[0][ANN]
    for name in ("xp", "streak", "achievements", "last_award_at", "ledgered"):
        assert after[MEMBER_COLUMNS.index(name)] == before[MEMBER_COLUMNS.index(name)], name


async def test_what_a_line_cannot_tell_is_not_guessed(database: Place) -> None:
    """Of a member with an unreadable line only XP are put right; the line is said to stay."""
    database.sql(
        f"UPDATE ledger SET reasons = '[' WHERE kind = 'daily_claimed' AND {OF_ANN}",
        f"UPDATE members SET xp = xp + 1, streak = 77 WHERE {OF_ANN}",
    )
    summary = await database.repair()
    assert {one.field for one in database.found if one.is_repairable} == {"xp"}
    assert summary.left == len(database.found) - 1 > 0
    assert (await database.rows())[0][ANN][MEMBER_COLUMNS.index("streak")] == 77
    left = await database.check()
    assert {one.kind for one in left} == {"unreadable"}
    assert not any(one.is_repairable for one in left)


@pytest.mark.parametrize("change", ["guild_id = -1", "user_id = -4", "seq = -seq"])
async def test_nothing_is_changed_while_lines_are_nobodys(database: Place, change: str) -> None:
    """Where it is not certain whose a line is, every sum may lack it: all stays as it is."""
    database.sql(
        f"UPDATE ledger SET {change} WHERE seq = (SELECT min(seq) FROM ledger WHERE user_id = 1)",
        "UPDATE members SET xp = xp + 1",
    )
    before = await database.rows()
    summary = await database.repair()
    assert (summary.repairable, summary.is_applied) == (0, False)
    assert summary.left > 0
    assert await database.rows() == before


async def test_nothing_is_changed_in_damaged_files(database: Place) -> None:
    """What is wrong with the file itself no repair puts right, and it makes nothing worse."""
    database.sql("DROP INDEX ledger_of_member", "UPDATE members SET xp = xp + 1")
    before = await database.rows()
    summary = await database.repair()
    assert "file" in {one.kind for one in database.found}
    assert (summary.repairable, summary.is_applied, summary.backup) == (0, False, None)
    assert await database.rows() == before


@pytest.mark.parametrize("which", ["seq IN (40, 41)", "seq = 1"])
async def test_nothing_is_changed_by_a_ledger_with_a_gap(database: Place, which: str) -> None:
    """Lines go only where others stand for them: where more are missing, records know more."""
    database.sql(f"DELETE FROM ledger WHERE {which}", "UPDATE members SET xp = xp + 1")
    before = await database.rows()
    summary = await database.repair()
    [lost] = [one for one in database.found if one.where == "the ledger"]
    assert "missing" in lost.found
    assert "restore a backup" in lost.found
    assert (summary.repairable, summary.is_applied, summary.backup) == (0, False, None)
    assert await database.rows() == before


@pytest.mark.parametrize("which", ["seq > 0", "seq > 50"])
async def test_nothing_is_changed_by_a_ledger_without_its_end(database: Place, which: str) -> None:
    """A cursor behind its end, and members with XP of no line, prove that it was longer."""
    head = await database.head()
    await database.write(encode_document(cursor_key("somebody"), CursorRecord(head.seq, head.epoch)))
    database.sql(f"DELETE FROM ledger WHERE {which}")
    before = await database.rows()
    summary = await database.repair()
    [lost] = [one for one in database.found if one.where == "the ledger"]
    assert f"line {head.seq}" in lost.found
    assert "restore a backup" in lost.found
    assert (summary.repairable, summary.is_applied) == (0, False)
    assert await database.rows() == before


async def test_awards_that_were_folded_are_not_missed(
    database: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that stands for others says for how many, so that a repair still trusts the ledger."""
    monkeypatch.setattr("storage.sqlite_sums.LINES_PER_SUM", 5)  # sums up, which is before folding
    store = await open_store(database.url, clock=Clock(NOON))
    assert await store.fold_awards(GUILD, before_on=10**6) > 0
    await store.close()
    head = await database.head()
    snapshot = await open_snapshot(database.url)
    assert (await snapshot.count_rows()).ledger < head.seq
    await snapshot.close()
    assert await database.check() == []


async def test_a_counter_of_no_name_is_not_left_out(database: Place) -> None:
    """A line whose counters have a name that nobody knows is unreadable: its member keeps them."""
    database.sql(
        "UPDATE ledger SET counters = replace(counters, 'long_messages', 'long_Xessages') WHERE seq ="
        f" (SELECT min(seq) FROM ledger WHERE counters LIKE '%long_messages%' AND {OF_ANN})"
    )
    before = await database.rows()
    summary = await database.repair()
    [finding] = database.found
    assert finding.kind == "unreadable"
    assert "long_Xessages" in finding.found
    assert summary.repairable == 0
    assert await database.rows() == before


async def test_a_reason_of_no_name(database: Place) -> None:
    """Why messages earned nothing is one of the reasons there are; else it is found, and the number kept."""
    database.sql(f"UPDATE members SET refused = '{{\"cooldowm\":2}}', messages = messages + 2 WHERE {OF_ANN}")
    await database.repair()
    assert {one.field for one in database.found} >= {"refused"}
    refused = (await database.rows())[0][ANN][MEMBER_COLUMNS.index("refused")]
    assert set(msgspec.json.decode(refused)) == {"cooldown"}
    database.sql(
        'UPDATE ledger SET reasons = \'{"refused":{"cooldowm":2}}\' WHERE seq ='
        f" (SELECT min(seq) FROM ledger WHERE kind = 'xp_gained' AND source = 'message' AND {OF_ANN})"
    )
    assert ("unreadable", False) in {(one.kind, one.is_repairable) for one in await database.check()}


async def test_sums_by_day(database: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of days that are wrong, missing or made up are made of the ledger again."""
    monkeypatch.setattr("storage.sqlite_sums.LINES_PER_SUM", 5)
    await (await open_store(database.url, clock=Clock())).close()  # sums up
    assert await database.check() == []
    database.sql(
        "UPDATE member_days SET xp = xp + 7 WHERE user_id = 1",
        "DELETE FROM member_days WHERE user_id = 2",
        "INSERT INTO member_days VALUES (41, 9, 9, 1, 1, 1, 1)",
    )
    summary = await database.repair()
    assert (summary.sums, summary.is_applied) == (True, True)
    assert (summary.members, summary.documents) == (0, 0)
    assert await database.check() == []


async def test_rules(place: Place) -> None:
    """A guild's rules become what all changes to them come to."""
    before = await place.document(rules_key(GUILD))
    await place.write(broken(rules_key(GUILD)))
    await place.repair()
    assert await place.document(rules_key(GUILD)) == before


async def test_goals(place: Place) -> None:
    """A goal becomes what its claimers and its end make of it."""
    _, documents = await place.rows()
    goals = {key: decode_document(row)[1] for key, row in documents.items() if key.kind == "goal"}
    await place.write(*map(broken, goals))
    await place.repair()
    for key, goal in goals.items():
        found = await place.document(key)
        assert isinstance(found, GoalRecord)
        assert isinstance(goal, GoalRecord)
        expected = goal if goal.reached_at else msgspec.structs.replace(goal, target=0)
        assert found == expected  # what it takes is fixed anew by the next claim


async def test_changes_by_hand(place: Place) -> None:
    """What was changed by hand, and what of it was taken back, is known again to the last digit."""
    _, documents = await place.rows()
    changes = {key: row for key, row in documents.items() if key.kind in {"hand", "batch"}}
    records = [decode_document(row)[1] for row in changes.values()]
    batches = [record for record in records if isinstance(record, BatchRecord)]
    assert {bool(record.undone_by) for record in batches} == {True, False}
    assert any(record.unlocked for record in batches)
    await place.write(*map(broken, changes))
    await place.repair()
    _, documents = await place.rows()
    assert {key: documents[key] for key in changes} == changes


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_earned_of_late(tmp_path: Path, kind: str) -> None:
    """What counts towards a ceiling is known again: of the last minute, hour and day, and no more."""
    place, clock, key = Place(tmp_path, kind), Clock(NOON), earned_key(GUILD, 1)
    store = await open_store(place.url, clock=clock)
    leveling = Leveling(store, CATALOGUE)
    changes: dict[str, str | None] = {
        f"earning.{name}_ceiling_xp": "1000" for name in ("minute", "hour", "day")
    }
    changes["earning.cooldown_seconds"] = "0"
    await leveling.change_rules(RulesChangeRequested(GUILD, 0, first_snowflake_at(NOON), changes=changes))
    for minutes in (0, 3, 60, 61, 61):
        clock.now += 1
        message_id = first_snowflake_at(clock.now + minutes * MS_PER_MINUTE)
        fact = MessagePosted(GUILD, 1, 700, message_id, 5, has_image=False, has_link=False, dice=0)
        await leveling.message_posted(fact)
    await store.close()
    before = await place.document(key)
    assert isinstance(before, EarnedRecord)
    assert (before.minute_xp, before.hour_xp, before.day_xp) == (30, 45, 75)
    await place.write(broken(key))
    await place.repair()
    assert await place.document(key) == before


async def test_state_that_no_line_tells_of(place: Place) -> None:
    """What of rewards and events cannot be read is begun anew."""
    rewards, events = DocumentKey("rewards", GUILD), events_key(GUILD)
    await place.write(broken(rewards), broken(events))
    await place.repair()
    assert (await place.document(rewards), await place.document(events)) == (
        RewardsRecord(overdue=True),
        EventsRecord(),
    )


async def test_what_people_chose_is_chosen_anew(place: Place) -> None:
    """Of a card, or of what a server brought for its pictures, nothing is guessed."""
    keys = (card_key(GUILD, 1), assets_key(GUILD), asset_key(GUILD, "theme", "neon"))
    await place.write(*map(broken, keys))
    await place.repair()
    found = [await place.document(key) for key in keys]
    assert found == [CardRecord(), AssetsRecord(), AssetRecord()]


async def test_a_channel_counts_nothing_twice(place: Place) -> None:
    """A channel whose record is lost has counted all up to the last message that earned."""
    key = channel_key(GUILD, 700)
    before = await place.document(key)
    assert isinstance(before, ChannelRecord)
    await place.write(broken(key))
    await place.repair()
    after = await place.document(key)
    assert isinstance(after, ChannelRecord)
    [(first, last)] = after.closed
    assert first == 1
    assert before.closed[0][0] < last <= before.closed[-1][1]
    await place.write(encode_document(key, ChannelRecord(((5, 9), (7, 12), (-3, -1)), 4, (12, 12, 3))))
    await place.repair()
    assert await place.document(key) == ChannelRecord(((5, 12),), 4, (3, 12))


async def test_nothing_is_told_again(place: Place) -> None:
    """A cursor or a state of announcements that is lost goes on after the newest line."""
    head = await place.head()
    key, told = cursor_key("somebody"), announcements_key(GUILD)
    wrong: Iterable[tuple[Row, Row]] = (
        (broken(key), broken(told)),
        (
            encode_document(key, CursorRecord(head.seq + 5, head.epoch)),
            encode_document(
                told,
                AnnouncementsRecord(
                    {"7": Delivery(1, head.seq + 1, 7, "nonce", NOON)},
                    sent_seq=head.seq + 1,
                    audit_seq=head.seq + 1,
                ),
            ),
        ),
    )
    for rows in wrong:
        await place.write(*rows)
        await place.repair()
        assert await place.document(key) == CursorRecord(head.seq, head.epoch)
        assert await place.document(told) == AnnouncementsRecord(sent_seq=head.seq, audit_seq=head.seq)


async def test_what_is_neither_in_the_ledger_nor_harmless_stays(place: Place) -> None:
    """A goal of no day, a record of no kind: nobody can say what they must be."""
    await place.write(
        broken(DocumentKey("goal", GUILD, "someday"), "{}"), broken(DocumentKey("quest", GUILD))
    )
    summary = await place.repair()
    assert (summary.repairable, summary.left, summary.is_applied) == (0, 1, False)


async def test_lines_that_cannot_be_read_tell_of_no_record(database: Place) -> None:
    """A goal is not made of some of its claimers, nor rules of some of their changes."""
    database.sql(
        f"UPDATE ledger SET reasons = '[' WHERE seq = (SELECT max(seq) FROM ledger"
        f" WHERE kind = 'rules_changed' AND guild_id = {GUILD})",
        f"UPDATE documents SET body = '[' WHERE kind = 'rules' AND guild_id = {GUILD}",
    )
    summary = await database.repair()
    assert (summary.repairable, summary.documents) == (0, 0)
    assert "rules of guild 41" in {one.where for one in database.found}


# whatever is wrong


TEXTS = st.sampled_from(
    ["", "{", "[]", "[1,2]", "{}", '{"a":-1}', '{"x":[5,1]}', "nonsense", "[1,2,3,4,5]", "null"]
)
NUMBERS = st.integers(-2, 6) | st.sampled_from([2**53, 2**63 - 1])


@settings(max_examples=60, deadline=None)
@given(
    members=st.lists(
        st.tuples(
            st.integers(0, 7), st.sampled_from(MEMBER_COLUMNS[2:]), st.one_of(NUMBERS, TEXTS, st.none())
        ),
        max_size=12,
    ),
    documents=st.lists(st.tuples(st.integers(0, 60), TEXTS), max_size=4),
)
async def test_whatever_is_wrong(
    old_rows: Rows,
    old_ledger: list[Row],
    members: list[tuple[int, str, Any]],
    documents: list[tuple[int, str]],
) -> None:
    """One repair puts right all that any can: a check finds nothing repairable afterwards."""
    backend = MemoryBackend(MemoryState(ledger=old_ledger))
    member_rows, document_rows = dict(old_rows[0]), dict(old_rows[1])
    for place, name, value in members:
        key = sorted(member_rows)[place % len(member_rows)]
        member_rows[key] = changed(member_rows[key], **{name: value})
    for place, body in documents:
        named = sorted(document_rows)[place % len(document_rows)]
        document_rows[named] = broken(named, body)
    await backend.write(Writes([*member_rows.values()], [*document_rows.values()], [], []))
    async for portion in Examination(await backend.open_snapshot(), unseen).run():
        await backend.write(Writes(portion.members, portion.documents, [], []))
    findings: list[Finding] = []
    await check_store(await backend.open_snapshot(), findings.append)
    assert not [one for one in findings if one.severity == "error"]


@pytest.fixture(scope="module")
def old_rows(past: Path) -> Rows:
    """The records of a store with a past."""
    return asyncio.run(Place(past, "json").rows())


@pytest.fixture(scope="module")
def old_ledger(past: Path) -> list[Row]:
    """Its ledger."""

    async def read() -> list[Row]:
        snapshot = await open_snapshot(Place(past, "json").url)
        return [row async for portion in snapshot.ledger() for row in portion]

    return asyncio.run(read())
