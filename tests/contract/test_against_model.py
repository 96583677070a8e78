"""Any sequence of calls, on every backend beside a model that is plain enough to be right."""

from __future__ import annotations

import asyncio
import copy
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leveling_core.decision import Decision, View
from leveling_core.errors import LevelingError, RuleError
from leveling_core.ids import MAX_SNOWFLAKE, MemberKey, OnceKey
from leveling_core.member import MemberRecord
from leveling_core.periods import MS_PER_DAY
from leveling_core.store import LedgerQuery, LevelingStore, XpBoard
from tests.contract.support import PLACES, Place, line

KEYS = [MemberKey(guild_id, user_id) for guild_id in (1, MAX_SNOWFLAKE) for user_id in (1, 2, MAX_SNOWFLAKE)]
LIMIT = 60
"""More XP than this is refused by the test's rule."""

deeds = st.tuples(
    st.sampled_from(KEYS),
    st.integers(-20, 40),
    st.sampled_from([None, None, "a", "b"]),
    st.sampled_from(["change", "change", "leave", "raise", "poison"]),
)


class Model:
    """What a store should do, with one dict and one list."""

    def __init__(self) -> None:
        self.members: dict[MemberKey, tuple[int, bool]] = {}
        self.ledger: list[tuple[int, int]] = []
        self.once: dict[str, tuple[int, int]] = {}

    def do(self, key: MemberKey, xp: int, once: str | None, what: str, now: int) -> int | None:
        """Return the answer, None for a failure."""
        if once in self.once and now - self.once[once][0] <= 7 * MS_PER_DAY:
            return self.once[once][1]
        total, present = self.members.get(key, (0, True))
        total += xp
        if what in {"raise", "poison"} or not 0 <= total <= LIMIT:
            return None
        if xp:
            self.ledger.append((key.user_id, xp))
        self.members[key] = (total, present != (what == "leave"))
        if once is not None:
            self.once[once] = (now, total)
        return total


def decision(key: MemberKey, xp: int, what: str) -> Callable[[View], Decision[int]]:
    """Make the decision of a deed."""

    def decide(view: View) -> Decision[int]:
        draft = copy.copy(view.member(key))
        draft.xp += xp
        if what == "raise" or draft.xp > LIMIT:
            raise RuleError("no")
        if what == "leave":
            draft.present = not draft.present
        if what == "poison":
            draft.messages = 2**63
        # XP below zero is left to the store to refuse.
        lines = [line(key.user_id, xp, guild_id=key.guild_id)] if xp else []
        return Decision(draft.xp, {key: draft}, lines)

    return decide


class StoreBesideModel(RuleBasedStateMachine):
    """Runs deeds on both, alone and in groups, with restarts and days between."""

    make_place: ClassVar[Callable[[Path], Place]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.place = type(self).make_place(self.folder)
        self.model = Model()
        self.store: LevelingStore | None = None

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something to its end."""
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        """Open an empty store."""
        self.store = self.run(self.place.open())

    @rule(group=st.lists(deeds, min_size=1, max_size=8))
    def commit(self, group: list[tuple[MemberKey, int, str | None, str]]) -> None:
        """Commit deeds at once."""
        now = self.place.clock.now
        expected = [self.model.do(*deed, now) for deed in group]
        answers = self.run(self._commit(group))
        assert [None if isinstance(one, LevelingError) else one for one in answers] == expected

    async def _commit(self, group: list[tuple[MemberKey, int, str | None, str]]) -> list[Any]:
        assert self.store
        commits = [
            self.store.commit(
                (key,), decision(key, xp, what), once=OnceKey("test", once, int) if once else None
            )
            for key, xp, once, what in group
        ]
        return await asyncio.gather(*commits, return_exceptions=True)

    @precondition(lambda self: self.store)
    @rule()
    def restart(self) -> None:
        """Close and open."""
        assert self.store
        self.store = self.run(self.place.reopen(self.store))

    @rule(days=st.sampled_from([1, 6, 8]))
    def wait(self, days: int) -> None:
        """Let days go by."""
        self.place.clock.now += days * MS_PER_DAY

    @precondition(lambda self: self.store)
    @rule(guild_id=st.sampled_from(sorted({key.guild_id for key in KEYS})), first=st.integers(0, 3))
    def look_at_the_board(self, guild_id: int, first: int) -> None:
        """The board agrees."""
        assert self.store
        ranked = sorted(
            (-xp, key.user_id)
            for key, (xp, present) in self.model.members.items()
            if key.guild_id == guild_id and present and xp
        )
        page = self.run(self.store.list_standings(guild_id, XpBoard(), first=first, limit=2))
        assert [(-one.value, one.user_id) for one in page.standings] == ranked[first : first + 2]
        assert page.ranked_members == len(ranked)
        for one in page.standings:
            assert one.rank == 1 + sum(-xp > one.value for xp, _ in ranked)

    @invariant()
    def agree(self) -> None:
        """Records and ledger agree."""
        if self.store:
            self.run(self._agree(self.store))

    async def _agree(self, store: LevelingStore) -> None:
        records = await store.read_many(KEYS)
        expected = [self.model.members.get(key, (0, True)) for key in KEYS]
        assert [(one.xp, one.present) for one in records if isinstance(one, MemberRecord)] == expected
        lines = await store.list_ledger(LedgerQuery())
        assert [(one.user_id, one.outcome.xp) for one in lines] == self.model.ledger
        assert [one.seq for one in lines] == list(range(1, len(lines) + 1))

    def teardown(self) -> None:
        """Close everything."""
        self.run(self.place.close())
        self.runner.close()
        shutil.rmtree(self.folder)


def machine(name: str) -> type[Any]:
    """Make the test case of one backend."""
    made = type(f"On{name.title()}", (StoreBesideModel,), {"make_place": staticmethod(PLACES[name])})
    case: type[Any] = made.TestCase  # type: ignore[attr-defined]  # hypothesis adds it
    case.settings = settings(max_examples=25, stateful_step_count=20)
    return case


TestJsonBesideModel = machine("json")
TestMemoryBesideModel = machine("memory")
TestSqliteBesideModel = machine("sqlite")


def test_every_backend_is_compared() -> None:
    """A new backend is not forgotten here."""
    assert PLACES.keys() == {"json", "memory", "sqlite"}
