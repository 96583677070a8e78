"""Checking a store: one that was lived in is right to the last digit, and every damage is found and named."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveling_core.documents import DOCUMENT_TYPES
from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.ids import DocumentKey, MemberKey
from leveling_core.periods import utc_day_of
from leveling_core.store import Head
from storage import memory_snapshot, open_store, sqlite_snapshot
from storage.check import CheckSummary, Finding, check_store
from storage.copy_mark import mark_unfinished
from storage.document_check import find_problem
from storage.memory import MemoryBackend
from storage.progress import Progress, Stage, no_progress
from storage.snapshots import open_snapshot
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore
from tests.contract.support import NOON, Clock, gain
from tests.storage.living import GUILDS, USERS, Life, live
from tests.storage.support import damage

ANN = f"member 1 of guild {GUILDS[0]}"


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every table come in several portions, which do not end together."""
    monkeypatch.setattr(sqlite_snapshot, "PORTION", 7)
    monkeypatch.setattr(memory_snapshot, "PORTION", 5)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a past, at rest, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("past")
    asyncio.run(live(f"sqlite:///{folder}/laurel.db", seed=1))
    return folder / "laurel.db"


@pytest.fixture
def path(tmp_path: Path, past: Path) -> Path:
    """A database with a past, at rest."""
    return Path(shutil.copy(past, tmp_path))


async def check(url: str) -> tuple[list[Finding], CheckSummary]:
    """Check a store by its URL; return what was found."""
    findings: list[Finding] = []
    snapshot = await open_snapshot(url)
    try:
        return findings, await check_store(snapshot, findings.append)
    finally:
        await snapshot.close()


async def find(path: Path, *statements: str) -> list[Finding]:
    """Change a database behind Laurel's back, then check it."""
    _sql(path, *statements)
    return (await check(f"sqlite:///{path}"))[0]


def _sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement
        connection.commit()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
async def test_whatever_happens_the_ledger_adds_up(seed: int) -> None:
    """However a past went, with awards folded in the end: every record is what its ledger lines say."""
    backend, clock, findings = MemoryBackend(), Clock(NOON), list[Finding]()
    store = GroupedStore(backend, clock=clock)
    await Life(store, clock, seed).go_on(200)
    for guild_id in (GUILDS[0], GUILDS[0], GUILDS[1]):
        await check_store(await backend.open_snapshot(), findings.append)
        await store.fold_awards(guild_id, before_on=utc_day_of(clock.now) - 5)
    await Life(store, clock, seed + 1).go_on(20)
    summary = await check_store(await backend.open_snapshot(), findings.append)
    await store.close()
    assert findings == []
    assert summary.counts.ledger > 0


@pytest.mark.parametrize("url", ["sqlite:///{}/laurel.db", "json:///{}/laurel"])
async def test_a_store_with_a_past_passes(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found, and the summary says what was gone through, stage by stage."""
    monkeypatch.setattr("storage.sqlite.LINES_PER_SUM", 50)
    url = url.format(tmp_path)
    await live(url, deeds=800)
    stages: list[tuple[Stage, int]] = []

    def stage(name: Stage, rows: int) -> Progress:
        stages.append((name, rows))
        return no_progress

    findings: list[Finding] = []
    snapshot = await open_snapshot(url)
    summary = await check_store(snapshot, findings.append, stage)
    assert findings == []
    assert (summary.errors, summary.warnings) == (0, 0)
    assert summary.head == snapshot.head
    assert summary.counts == await snapshot.count_rows()
    assert summary.counts.ledger > 500
    assert stages == [
        ("files", 0),
        ("ledger", summary.counts.ledger),
        ("others", summary.counts.documents),
        ("members", summary.counts.ledger),
        ("days", 0),
    ]
    await snapshot.close()


async def test_beside_a_live_store(path: Path) -> None:
    """A check may run while the bot has the store open, and sees one moment of it."""
    clock = Clock(NOON + 10**10)
    store = await open_store(f"sqlite:///{path}", clock=clock)
    snapshot = await open_snapshot(f"sqlite:///{path}")
    await Life(store, clock, seed=4).go_on(50)
    findings: list[Finding] = []
    await check_store(snapshot, findings.append)
    await snapshot.close()
    assert findings == []
    assert (await check(f"sqlite:///{path}"))[0] == []
    await store.close()


MEMBER_FIELDS = {
    "xp": "xp = xp + 1",
    "streak": "streak = streak + 1",
    "longest_streak": "longest_streak = 0",
    "dailies": "dailies = 999",
    "goals_completed": "goals_completed = goals_completed + 1",
    "last_award_at": "last_award_at = 5",
    "last_claim_at": "last_claim_at = last_claim_at - 1",
    "last_claim_on": "last_claim_on = -1",
    "last_claim_zone": "last_claim_zone = 'Atlantis/Poseidonis'",
    "present": "present = 1 - present",
    "presence_at": "presence_at = 7",
    "boosting_since": "boosting_since = 11",
    "boost_seen_at": "boost_seen_at = 12",
    "best_rank_of_10": "best_rank_of_10 = best_rank_of_10 + 1",
    "worst_rank": "worst_rank = 0",
    "rank_improvement": "rank_improvement = 5000",
    "achievements": "achievements = NULL",
    "refused": "refused = '{'",
    "ledgered": "ledgered = '[1, 2, 3, 4, 5]'",
    "messages": "messages = messages + 3",
    "images": "images = 0",
    "links": "links = links + 1000",
    "long_messages": "long_messages = 0",
    "commands": "commands = -1",
}


FOLLOWING = {"worst_rank": ["rank_improvement"]}
"""What cannot be true either once a field is changed: nobody climbs further than from the worst rank."""


@pytest.mark.parametrize("field", sorted(MEMBER_FIELDS))
async def test_a_field_of_a_member_that_was_changed(path: Path, field: str) -> None:
    """Each field that the ledger vouches for is named with what it holds and what it must."""
    where = f"WHERE guild_id = {GUILDS[0]} AND user_id = 1"
    findings = await find(path, f"UPDATE members SET {MEMBER_FIELDS[field]} {where}")
    named = [one for one in findings if one.where == ANN]
    assert [one.field for one in named] == [field, *FOLLOWING.get(field, ())]
    for one in named:
        assert (one.kind, one.severity) == ("difference", "error")
        assert one.expected != one.found
    others = {one.where for one in findings} - {ANN}
    assert others <= {f"boosters of guild {GUILDS[0]}"}  # a roster follows from the members


async def test_members_whose_row_is_gone_or_not_theirs(path: Path) -> None:
    """A row that is missing is found by its lines, and one that nothing tells of by its XP."""
    findings = await find(
        path,
        f"UPDATE members SET user_id = 5 WHERE guild_id = {GUILDS[0]} AND user_id = 1",
    )
    missing = [one for one in findings if one.where == ANN]
    assert [(one.field, one.found) for one in missing] == [("record", "missing")]
    assert "XP" in missing[0].expected
    stranger = [one.field for one in findings if one.where == f"member 5 of guild {GUILDS[0]}"]
    assert {"xp", "last_award_at", "ledgered"} <= set(stranger)


LINES = {
    "xp": ("xp = xp + 1", "difference"),
    "reasons": ("reasons = '{\"half'", "unreadable"),
    "counters": ("counters = '[]'", "unreadable"),
    "kind": ("kind = 'no_such_kind'", "unreadable"),
    "at": ("at = -5", "unreadable"),
    "day": ("day_on = 9000000", "unreadable"),
    "guild": ("guild_id = -1", "unreadable"),
}


@pytest.mark.parametrize("change", sorted(LINES))
async def test_a_line_that_was_changed(path: Path, change: str) -> None:
    """A line that cannot be read is named; one whose XP were changed shows in its member."""
    sql, kind = LINES[change]
    seq = "(SELECT min(seq) FROM ledger WHERE user_id = 1 AND kind = 'xp_gained' AND seq > 20)"
    findings = await find(path, f"UPDATE ledger SET {sql} WHERE seq = {seq}")
    assert kind in {one.kind for one in findings}
    if kind == "unreadable":
        named = [one for one in findings if one.where.startswith("ledger line")]
        assert len({one.where for one in named}) == 1


async def test_a_damaged_line_is_not_blamed_on_its_member(path: Path) -> None:
    """What a line cannot tell any more is not held against the record: only the line is named."""
    findings = await find(
        path, "UPDATE ledger SET reasons = '[' WHERE kind = 'daily_claimed' AND user_id = 1"
    )
    assert findings
    assert {one.where.partition(" ")[0] for one in findings} == {"ledger"}


DOCUMENTS = {
    "rules": ("'{\"changes\": []}'", "unreadable"),
    "goal": ('\'{"claimers": 1, "early": [1, 2]}\'', "problem"),
    "channel": ("'{\"closed\": [[5, 9], [7, 12]]}'", "problem"),
    "boosters": ("'{'", "unreadable"),
    "cursor": ("replace(body, '\"seq\":', '\"seq\":99')", "problem"),
    "batch": ("'{}'", "problem"),
    "hand": ("'{\"changes\": -1}'", "problem"),
    "earned": ("'{\"hour_xp\": -1}'", "problem"),
}


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
async def test_another_record_that_was_changed(path: Path, kind: str) -> None:
    """A document that cannot be read, or cannot be right, is named."""
    body, found = DOCUMENTS[kind]
    guild = {"cursor": 0, "earned": GUILDS[1]}.get(kind, GUILDS[0])
    findings = await find(
        path, f"UPDATE documents SET body = {body} WHERE kind = '{kind}' AND guild_id = {guild}"
    )
    assert found in {one.kind for one in findings}
    assert all(one.where.startswith(kind) for one in findings)


async def test_state_that_cannot_be(path: Path) -> None:
    """A sync that has done fewer than nobody and an event that ends before it begins are named."""
    event = '{"name": "Weekend", "factor": "2", "from_at": 5, "until_at": 5}'
    sync = '{"actor_id": 1, "channel_id": 2, "message_id": 3, "begun_at": 4, "changed": -1}'
    findings = await find(
        path,
        f"INSERT INTO documents VALUES ('events', 41, '', '{{\"running\": [{event}]}}')",
        f"INSERT INTO documents VALUES ('rewards', 41, '', '{{\"sync\": {sync}}}')",
    )
    assert [(one.kind, one.where) for one in findings] == [
        ("problem", "events of guild 41"),
        ("problem", "rewards of guild 41"),
    ]


@pytest.mark.parametrize("kind", sorted(DOCUMENT_TYPES))
def test_every_kind_of_record_is_looked_at(kind: str) -> None:
    """None is passed over, and one as it is before anything was written is only wrong where it never is."""
    key, head = (
        DocumentKey(kind, 41, "1" if kind in {"goal", "channel", "hand", "batch", "card", "earned"} else ""),
        Head("epoch", 9),
    )
    assert bool(find_problem(key, DOCUMENT_TYPES[kind](), head)) is (kind == "batch")


@pytest.mark.parametrize("field", ["sent_seq", "audit_seq"])
async def test_announcements_beyond_the_end(path: Path, field: str) -> None:
    """What was announced cannot be ahead of the ledger."""
    body = f'{{"{field}": 99999}}'
    [finding] = await find(path, f"INSERT INTO documents VALUES ('announcements', 41, '', '{body}')")
    assert (finding.kind, finding.where) == ("problem", "announcements of guild 41")
    assert "99999" in finding.found


async def test_a_cursor_of_another_epoch_may_be_ahead(path: Path) -> None:
    """After a restore a cursor may name a line of before; the feed knows what to do with it."""
    body = '{"seq": 99999, "epoch": "former"}'
    assert await find(path, f"INSERT INTO documents VALUES ('cursor', 0, 'test', '{body}')") == []


async def test_what_nobody_asks_for_is_but_a_warning(path: Path) -> None:
    """A record of an unknown kind and an answer that cannot be read are told, and are no errors."""
    findings = await find(
        path,
        "INSERT INTO documents VALUES ('quest', 41, '', '{}')",
        "INSERT INTO answers VALUES ('daily:5', 5, '{')",
    )
    assert [(one.severity, one.where) for one in findings] == [
        ("warning", "kept answer of daily:5"),
        ("warning", "quest of guild 41"),
    ]


async def test_sums_by_day_that_were_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of days that are not what the ledger adds up to are named, both ways."""
    monkeypatch.setattr("storage.sqlite_sums.LINES_PER_SUM", 5)
    await (await open_store(f"sqlite:///{path}", clock=Clock())).close()  # sums up
    assert await find(path) == []
    day = "(SELECT min(day_on) FROM member_days WHERE user_id = 1 AND guild_id = 41)"
    where = f"WHERE guild_id = 41 AND user_id = 1 AND day_on = {day}"
    [finding] = await find(path, f"UPDATE member_days SET xp = xp + 7 {where}")
    assert finding.kind == "difference"
    assert finding.where.endswith(ANN)
    assert "XP" in finding.expected
    [gone] = await find(path, f"DELETE FROM member_days {where}")
    assert gone.found == "0 XP, 0 awards"
    [still, made_up] = await find(path, "INSERT INTO member_days VALUES (41, 9, 9, 1, 1, 1, 1)")
    assert sorted([still.where, made_up.where]) == sorted([gone.where, "day 9 of member 9 of guild 41"])


async def test_lines_out_of_order_are_found() -> None:
    """A ledger must ascend, in every backend."""
    backend = MemoryBackend()
    store = GroupedStore(backend, clock=Clock())
    await store.commit((MemberKey(1, 1),), gain(MemberKey(1, 1)))
    await store.close()
    backend.state.ledger.append(backend.state.ledger[0])
    findings: list[Finding] = []
    await check_store(await backend.open_snapshot(), findings.append)
    assert ("order", "ledger line 1") in {(one.kind, one.where) for one in findings}


async def test_values_of_another_type_are_found() -> None:
    """A text where a number belongs, as in files that somebody edited, is named and breaks nothing."""
    backend = MemoryBackend()
    clock = Clock(NOON)
    store = GroupedStore(backend, clock=clock)
    await Life(store, clock).go_on(100)
    await store.close()
    key = (GUILDS[0], USERS[0])
    row = list(backend.state.members[key])
    row[4], row[9] = "12", True
    backend.state.members[key] = tuple(row)
    line = list(backend.state.ledger[3])
    line[5] = "7"
    backend.state.ledger[3] = tuple(line)
    findings: list[Finding] = []
    await check_store(await backend.open_snapshot(), findings.append)
    assert ("unreadable", f"ledger line 4 of guild {line[2]}") in {(one.kind, one.where) for one in findings}
    assert {"xp", "commands"} <= {one.field for one in findings if one.where == ANN}


def _overwrite(path: Path, table: str) -> None:
    """Overwrite the page of a database where a table begins."""
    with closing(sqlite3.connect(path)) as connection:
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


async def test_a_damaged_file_does_not_hide_what_else_is_wrong(path: Path) -> None:
    """Where a table cannot be read any more, that is told, and all others are checked."""
    _sql(path, f"UPDATE members SET xp = xp + 1 WHERE guild_id = {GUILDS[0]} AND user_id = 1")
    _overwrite(path, "documents")
    findings, summary = await check(f"sqlite:///{path}")
    assert "the other records" in {one.where for one in findings if one.kind == "file"}
    assert (ANN, "xp") in {(one.where, one.field) for one in findings}
    assert summary.errors == len(findings)


async def test_a_file_that_is_damaged_all_over(path: Path) -> None:
    """Where nothing can be read any more, that is the answer."""
    damage(path)
    with pytest.raises(StoreError, match="damaged"):
        await check(f"sqlite:///{path}")


async def test_an_unfinished_copy_is_told(tmp_path: Path) -> None:
    """A store into which a copy was broken off is looked into, and is an error whatever else it holds."""
    backend = await SqliteBackend.open(tmp_path / "laurel.db", clock=Clock())
    await mark_unfinished(backend)
    await backend.close()
    [finding] = (await check(f"sqlite:///{tmp_path}/laurel.db"))[0]
    assert (finding.kind, finding.severity) == ("unfinished", "error")


async def test_of_an_unfinished_copy_nothing_else_is_told(path: Path) -> None:
    """What has not come along yet is missing everywhere: that would hide why."""
    store = await SqliteBackend.open(path, clock=Clock())
    await mark_unfinished(store)
    await store.close()
    findings = await find(path, "DELETE FROM ledger WHERE seq > 30", "DELETE FROM members WHERE user_id = 1")
    assert [one.kind for one in findings] == ["unfinished"]


async def test_a_store_that_cannot_be_read_now_is_no_finding(path: Path) -> None:
    """A database that another program holds is not called damaged."""

    async def held() -> list[str]:
        raise StoreUnavailableError(path="test", cause="another program holds the database", cure="wait")

    snapshot = await open_snapshot(f"sqlite:///{path}")
    snapshot.find_damage = held  # type: ignore[method-assign]  # one that cannot read
    with pytest.raises(StoreUnavailableError):
        await check_store(snapshot, lambda _: None)
    await snapshot.close()
