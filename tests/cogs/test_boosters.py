"""Boosters are known at the start, at once when they change, and by the daily look."""

from __future__ import annotations

from leveling_core.periods import MS_PER_DAY
from tests.cogs.server import Server


async def test_boosters_are_found_at_the_start(server: Server) -> None:
    """Who boosted while the bot was off counts since Discord's own date."""
    ann = server.person("ann")
    ann.premium_since = server.now - 3 * MS_PER_DAY
    await server.connect()
    assert (await server.record(ann)).boosting_since == ann.premium_since


async def test_boosting_begins_and_ends_at_once(server: Server) -> None:
    """An update of the member is enough; the multiplier applies to the next message."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.boost(ann)
    await server.pg.idle()
    assert (await server.record(ann)).boosting_since == ann.premium_since
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert (await server.record(ann)).xp == 23  # 15 x 1.5, half up
    await server.pg.unboost(ann)
    await server.pg.idle()
    assert (await server.record(ann)).boosting_since == 0


async def test_who_stopped_while_the_bot_was_off_boosts_no_longer(server: Server) -> None:
    """The look at the start takes those off who are boosters no more."""
    ann = server.person("ann")
    ann.premium_since = server.now - MS_PER_DAY
    await server.connect()
    await server.pg.stop_bot()
    ann.premium_since = None
    await server.pg.advance(minutes=1)
    await server.pg.connect(server.make_bot())
    await server.pg.idle()
    assert (await server.record(ann)).boosting_since == 0


async def test_a_booster_who_leaves_boosts_no_longer(server: Server) -> None:
    """The boost leaves with the member."""
    ann = server.person("ann")
    ann.premium_since = server.now - MS_PER_DAY
    await server.connect()
    await server.pg.leave(ann)
    await server.pg.idle()
    assert (await server.record(ann)).boosting_since == 0


async def test_days_of_boosting_unlock_by_the_daily_look(server: Server) -> None:
    """Nothing is written while days pass; the look finds what they have earned."""
    ann = server.person("ann")
    ann.premium_since = server.now
    await server.connect()
    assert "booster_badge" not in (await server.record(ann)).achievements
    await server.pg.advance(days=1)
    cog = server.bot.get_cog("LaurelBoosters")
    assert cog is not None
    await cog.track_boosters()  # type: ignore[attr-defined]  # get_cog knows cogs only
    await server.pg.idle()
    assert "booster_badge" in (await server.record(ann)).achievements
