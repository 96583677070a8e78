"""Who follows the ledger of a store that was restored: nothing told again, nothing paid twice or never."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from data import load_catalogue
from leveling_core.documents import CursorRecord
from leveling_core.facts import DailyClaimRequested, RulesChangeRequested
from leveling_core.goals import PAID_AT_ONCE
from leveling_core.ids import MemberKey, cursor_key
from leveling_core.service import Leveling
from leveling_core.store import LevelingStore
from leveling_core.subscribers import GoalBonusSubscriber
from storage import Feed, open_store
from storage.backups import make_backup
from storage.restore import restore
from tests.contract.support import Clock, gain
from tests.core.world import CHANNEL, DAY, GUILD, START_AT, snowflake
from tests.storage.test_feed import Recorder

ANN = MemberKey(GUILD, 1)
CLAIMERS = PAID_AT_ONCE + 3
PAID_XP = 25 + 25 + 15
"""What a claimer has: the daily, the first achievement, the goal's bonus."""


class Following:
    """A store in a file, with subscribers that come and go.

    Attributes:
        clock: The time of day.
        store: The store that is open.
        feed: Its feed.
    """

    store: LevelingStore
    feed: Feed

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/laurel.db"
        self.backup = folder / "away.db.gz"
        self.clock = Clock(START_AT)

    async def open(self) -> None:
        """Open the store, with a feed that does not run yet."""
        self.store = await open_store(self.url, clock=self.clock)
        self.feed = Feed(self.store, self.clock)

    async def run(self) -> None:
        """Let the feed deliver what there is; its cursors are not kept yet."""
        await self.feed.start()
        await self.feed.idle()

    async def close(self) -> None:
        """End all."""
        await self.feed.stop()
        await self.store.close()

    async def back_up(self) -> None:
        """Make a backup as of now."""
        await make_backup(self.url, self.backup, at=self.clock.now)

    async def restore(self, days: int = 0) -> None:
        """End all, restore the backup some days later, and open the store again."""
        await self.close()
        self.clock.now += days * DAY
        await restore(self.backup, self.url, at=self.clock.now, replace=True)
        await self.open()


@pytest.fixture
async def following(tmp_path: Path) -> AsyncIterator[Following]:
    """Give a store with no subscribers yet."""
    following = Following(tmp_path)
    await following.open()
    yield following
    await following.close()


async def test_who_told_people_goes_on_after_the_newest_line(following: Following) -> None:
    """Lines that were told before the restore, unknown to any cursor, are not told again; new ones are."""
    teller = Recorder()
    following.feed.subscribe(teller, skips_restored=True)
    await following.run()
    await following.store.commit((ANN,), gain(ANN))
    await following.feed.idle()
    await following.back_up()
    await following.store.commit((ANN,), gain(ANN))
    await following.restore()
    assert await following.store.read(cursor_key("recorder")) != CursorRecord()
    following.feed.subscribe(teller, skips_restored=True)
    await following.run()
    assert teller.all_told == [1, 2]
    await following.store.commit((ANN,), gain(ANN))
    await following.feed.idle()
    assert teller.all_told == [1, 2, 2]  # line 2 of the new epoch is another event


async def test_that_holds_though_it_crashes_at_once(following: Following) -> None:
    """The new place is kept at the start: what happens after the restore is told, also after a crash."""
    following.feed.subscribe(Recorder(), from_beginning=True, skips_restored=True)
    await following.run()
    await following.store.commit((ANN,), gain(ANN))
    await following.back_up()
    await following.restore()
    following.feed.subscribe(Recorder(), skips_restored=True)
    await following.feed.start()
    head = await following.store.get_head()
    assert await following.store.read(cursor_key("recorder")) == CursorRecord(1, head.epoch)


async def test_who_commits_goes_on_where_the_backup_was(following: Following) -> None:
    """What it did after the backup is gone with the data, so it comes again."""
    worker = Recorder()
    following.feed.subscribe(worker)
    await following.run()
    await following.store.commit((ANN,), gain(ANN))
    await following.back_up()
    await following.feed.idle()
    await following.restore()
    following.feed.subscribe(worker)
    await following.run()
    assert worker.all_told == [1, 1]


async def _claim_all(following: Following) -> None:
    leveling = Leveling(following.store, load_catalogue())
    event_id = snowflake(START_AT, 4_000_000)
    rules: dict[str, str | None] = {"goal.max_target": str(CLAIMERS)}
    await leveling.change_rules(RulesChangeRequested(GUILD, 1, event_id, rules))
    for user_id in range(1, CLAIMERS + 1):
        at = START_AT + user_id
        await leveling.claim_daily(DailyClaimRequested(GUILD, user_id, CHANNEL, snowflake(at, user_id), 100))


async def _xp_of_all(following: Following) -> set[int]:
    keys = [MemberKey(GUILD, user_id) for user_id in range(1, CLAIMERS + 1)]
    return {getattr(record, "xp", 0) for record in await following.store.read_many(keys)}


@pytest.mark.parametrize("days", [0, 30])
@pytest.mark.parametrize("is_paid", [False, True], ids=["before the payment", "between payment and cursor"])
async def test_a_bonus_is_paid_once(following: Following, days: int, *, is_paid: bool) -> None:
    """A goal whose bonuses the feed pays: none is lost and none paid twice, however old the backup is."""
    following.feed.subscribe(GoalBonusSubscriber(Leveling(following.store, load_catalogue())))
    await following.feed.start()
    if not is_paid:
        await following.feed.stop()
    await _claim_all(following)
    if is_paid:
        await following.feed.idle()
    await following.back_up()
    await following.restore(days)
    assert await _xp_of_all(following) == ({PAID_XP} if is_paid else {PAID_XP, PAID_XP - 15})
    following.feed.subscribe(GoalBonusSubscriber(Leveling(following.store, load_catalogue())))
    await following.run()
    assert await _xp_of_all(following) == {PAID_XP}
