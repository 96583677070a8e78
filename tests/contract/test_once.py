"""Once-keys: done once, whoever asks again, answered alike."""

from __future__ import annotations

import asyncio
import copy

import msgspec
import pytest

from leveling_core.decision import Decision, View
from leveling_core.errors import RuleError, StoreError
from leveling_core.ids import MemberKey, OnceKey
from leveling_core.periods import MS_PER_DAY
from leveling_core.store import LedgerQuery, LevelingStore
from tests.contract.support import GUILD, Place, gain, set_member, spend

ANN = MemberKey(GUILD, 1)


class Answer(msgspec.Struct, frozen=True):
    """An answer with something inside."""

    total: int
    parts: tuple[str, ...] = ()


ONCE = OnceKey("daily", "77", Answer)


def claim(view: View) -> Decision[Answer]:
    """Add five and answer the total."""
    draft = copy.copy(view.member(ANN))
    draft.xp += 5
    return Decision(Answer(draft.xp, ("base",)), {ANN: draft})


async def test_once_in_one_group(store: LevelingStore) -> None:
    """Two at the same time change things once and are answered alike."""
    answers = await asyncio.gather(*(store.commit((ANN,), claim, once=ONCE) for _ in range(3)))
    assert answers == [Answer(5, ("base",))] * 3
    assert await store.commit((ANN,), gain(ANN)) == 6


async def test_once_across_groups_and_restarts(place: Place, store: LevelingStore) -> None:
    """The first answer is given again later, and after a restart."""
    first = await store.commit((ANN,), claim, once=ONCE)
    await store.commit((ANN,), gain(ANN))
    assert await store.commit((ANN,), claim, once=ONCE) == first
    store = await place.reopen(store)
    assert await store.commit((ANN,), claim, once=ONCE) == first
    assert await store.commit((ANN,), claim, once=OnceKey("daily", "78", Answer)) == Answer(11, ("base",))


async def test_once_is_kept_for_seven_days(place: Place, store: LevelingStore) -> None:
    """Just before seven days are over it still holds; after them it is forgotten, also where it lay."""
    await store.commit((ANN,), claim, once=ONCE)
    place.clock.now += 7 * MS_PER_DAY
    assert (await store.commit((ANN,), claim, once=ONCE)).total == 5
    place.clock.now += 1
    assert (await store.commit((ANN,), claim, once=ONCE)).total == 10
    assert (await store.commit((ANN,), claim, once=ONCE)).total == 10


async def test_a_refusal_uses_no_once_key(store: LevelingStore) -> None:
    """What was refused can be asked for again with the same key."""
    once = OnceKey("spend", "1", int)
    with pytest.raises(RuleError):
        await store.commit((ANN,), spend(ANN, 3), once=once)
    await store.commit((ANN,), gain(ANN, 4))
    assert await store.commit((ANN,), spend(ANN, 3), once=once) == 1


async def test_an_answer_that_cannot_be_kept_changes_nothing(store: LevelingStore) -> None:
    """The commit fails as a whole, alone."""

    def odd(view: View) -> Decision[object]:
        draft = copy.copy(view.member(ANN))
        draft.xp = 50
        return Decision(object(), {ANN: draft})

    results = await asyncio.gather(
        store.commit((ANN,), odd, once=OnceKey("odd", "1", object)),
        store.commit((ANN,), gain(ANN)),
        return_exceptions=True,
    )
    assert isinstance(results[0], TypeError)
    assert results[1] == 1


async def test_an_answer_of_another_version_is_an_error(store: LevelingStore) -> None:
    """A first answer that cannot be read as what is asked for now changes nothing and harms nobody."""
    await store.commit((ANN,), claim, once=ONCE)
    results = await asyncio.gather(
        store.commit((ANN,), gain(ANN), once=OnceKey("daily", "77", int)),
        store.commit((ANN,), gain(ANN)),
        return_exceptions=True,
    )
    assert isinstance(results[0], StoreError)
    assert results[1] == 6


async def test_use_cases_do_not_mix(store: LevelingStore) -> None:
    """The same id under another use case is another deed."""
    for use_case in ("a", "b"):
        await store.commit((ANN,), gain(ANN), once=OnceKey(use_case, "1", int))
    assert len(await store.list_ledger(LedgerQuery())) == 2


async def test_once_in_a_group_that_had_to_be_split(store: LevelingStore) -> None:
    """Beside a commit that cannot be written, a once-key still holds."""
    bad = MemberKey(GUILD, 9)
    results = await asyncio.gather(
        store.commit((ANN,), claim, once=ONCE),
        store.commit((bad,), set_member(bad, xp=-1)),
        store.commit((ANN,), claim, once=ONCE),
        return_exceptions=True,
    )
    assert results[0] == results[2] == Answer(5, ("base",))
