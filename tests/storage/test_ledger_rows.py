"""A ledger in memory answers as reading it line by line would, also after lines were folded."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.errors import StoreError
from leveling_core.store import LedgerQuery
from storage.backend import Writes
from storage.codec import LEDGER_COLUMNS, Row
from storage.ledger_rows import LedgerRows
from storage.memory import MemoryBackend, MemoryState

SEQ, AT, GUILD, USER, KIND, XP, ACTOR, BATCH, CORRELATION = (
    LEDGER_COLUMNS.index(name)
    for name in ("seq", "at", "guild_id", "user_id", "kind", "xp", "actor_id", "batch", "correlation")
)


def row(
    seq: int,
    at: int = 0,
    guild_id: int = 1,
    user_id: int = 1,
    kind: str = "a",
    actor_id: int | None = None,
    batch: str | None = None,
    xp: int = 0,
) -> Row:
    """Make a row of a ledger line; its operation is called as its batch."""
    made: list[Any] = [None] * len(LEDGER_COLUMNS)
    values = (seq, at, guild_id, user_id, kind, xp, actor_id, batch, batch)
    places = (SEQ, AT, GUILD, USER, KIND, XP, ACTOR, BATCH, CORRELATION)
    for place, value in zip(places, values, strict=True):
        made[place] = value
    return tuple(made)


small = st.integers(0, 3)
actors = st.none() | st.integers(1, 2)
batches = st.none() | st.sampled_from("xy")
Content = list[tuple[int, int, int, int, str, int | None, str | None]]
contents = st.lists(
    st.tuples(st.integers(1, 3), small, small, small, st.sampled_from("ab"), actors, batches), max_size=30
)
queries = st.builds(
    LedgerQuery,
    guild_id=st.none() | small,
    user_id=st.none() | small,
    kinds=st.none() | st.frozensets(st.sampled_from("ab")),
    actor_id=actors,
    has_actor=st.booleans(),
    batch=batches,
    correlation=batches,
    before_seq=st.none() | st.integers(0, 60),
    from_at=small,
    until_at=st.none() | small,
    after_seq=st.integers(0, 60),
    newest_first=st.booleans(),
    limit=st.integers(0, 5) | st.just(1000),
)


def plainly(rows: list[Row], query: LedgerQuery) -> list[Row]:
    """Answer a query by looking at every line."""
    fitting = (
        one
        for one in (reversed(rows) if query.newest_first else rows)
        if one[SEQ] > query.after_seq
        and one[AT] >= query.from_at
        and (query.until_at is None or one[AT] < query.until_at)
        and query.guild_id in {None, one[GUILD]}
        and query.user_id in {None, one[USER]}
        and (query.kinds is None or one[KIND] in query.kinds)
        and query.actor_id in {None, one[ACTOR]}
        and (one[ACTOR] is not None or not query.has_actor)
        and query.batch in {None, one[BATCH]}
        and query.correlation in {None, one[CORRELATION]}
        and (query.before_seq is None or one[SEQ] < query.before_seq)
    )
    return list(islice(fitting, query.limit))


def filled(content: Content) -> list[Row]:
    """Make rows whose ``seq`` leave gaps."""
    rows, seq = [], 0
    for step, at, guild_id, user_id, kind, actor_id, batch in content:
        seq += step
        rows.append(row(seq, at, guild_id, user_id, kind, actor_id, batch))
    return rows


@given(content=contents, cut=st.integers(0, 30), query=queries, data=st.data())
def test_it_answers_as_a_plain_list_would(
    content: Content,
    cut: int,
    query: LedgerQuery,
    data: st.DataObject,
) -> None:
    """Whatever was appended, replaced and forgotten before."""
    rows = filled(content)
    ledger = LedgerRows(kept := rows[:cut])
    for early in (
        LedgerQuery(guild_id=1, user_id=1),
        LedgerQuery(guild_id=1, has_actor=True),
        LedgerQuery(batch="x"),
        LedgerQuery(correlation="x"),
    ):
        if data.draw(st.booleans()):  # what it keeps for such queries is made with the first of them
            assert ledger.select(early) == plainly(kept, early)
    ledger.extend(rows[cut:])
    seqs = [one[SEQ] for one in rows]
    changed = data.draw(st.sets(st.sampled_from(seqs))) if seqs else set()
    gone = data.draw(st.sets(st.sampled_from([*seqs, 1000])))
    model = [(*one[:XP], 7, *one[XP + 1 :]) if one[SEQ] in changed else one for one in rows]
    ledger.replace([one for one in model if one[SEQ] in changed])
    ledger.forget(sorted(gone))
    model = [one for one in model if one[SEQ] not in gone]
    assert kept == model
    assert ledger.select(query) == plainly(model, query)
    assert ledger.last_seq == (model[-1][SEQ] if model else 0)
    assert [seq for seq in range(100) if seq in ledger] == [one[SEQ] for one in model]
    assert ledger.between(5, 20) == [one for one in model if 5 <= one[SEQ] <= 20]


async def test_folding_in_memory() -> None:
    """Folded lines take their places, forgotten ones go, and the head stays with the last line."""
    state = MemoryState()
    backend = MemoryBackend(state)
    await backend.write(Writes([], [], [row(1, xp=1), row(2, xp=2), row(3, xp=3)], []))
    await backend.write(Writes([], [], [], [], folded=[row(3, xp=6)], forgotten=[1, 2]))
    assert state.ledger == [row(3, xp=6)]
    assert MemoryBackend(state).head.seq == 3


async def test_nothing_to_fold_into() -> None:
    """A fold of a line that is not there changes nothing."""
    backend = MemoryBackend()
    await backend.write(Writes([], [], [row(1, xp=1)], []))
    with pytest.raises(StoreError, match="no line 2"):
        await backend.write(Writes([], [], [row(3)], [], folded=[row(2)], forgotten=[1]))
    assert backend.state.ledger == [row(1, xp=1)]
