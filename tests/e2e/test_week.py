"""A week of a guild in seconds, and a storm of rate limits: time and Discord at their worst."""

from __future__ import annotations

from tests.e2e.house import House


async def next_day(house: House) -> None:
    """Let a day pass, with what the bot does daily."""
    await house.pg.advance(days=1)
    await house.context.schedule.run_due()
    await house.settle()


async def test_a_week_of_a_guild(house: House) -> None:
    """Seven days of talk and claims, a booster whose days count by themselves, and sums that agree."""
    people = [house.person(name) for name in ("ann", "bob", "cyd", "dan", "eve")]
    await house.connect()
    await house.pg.boost(people[0])
    await house.settle()
    for _ in range(7):
        for person in people:
            await house.say(person)
            await house.pg.ask(person, "!daily")
        await next_day(house)
    for person in people:
        record = await house.record(person)
        lines = [line for line in await house.list_lines() if line.user_id == person.id]
        assert (record.messages, record.dailies, record.streak) == (7, 7, 7)
        assert sum(line.outcome.xp for line in lines) == record.xp
        assert "week_warrior" in record.achievements
    booster = await house.record(people[0])
    assert "booster_badge" in booster.achievements


async def test_a_storm_of_rate_limits_loses_nothing(house: House) -> None:
    """While Discord answers 429 again and again, all is counted, and every answer comes, once."""
    ann = house.person("ann")
    await house.connect()
    for _ in range(12):
        house.pg.faults.rate_limit("POST *", retry_after=0.01, times=4)
        await house.say(ann)
        house.pg.faults.clear()
        await house.pg.advance(minutes=2)
    house.pg.faults.rate_limit("POST *", retry_after=0.01, times=4)
    [answer] = await house.pg.ask(ann, "!profile")
    assert "12 messages" in answer.text
    record = await house.record(ann)
    assert (record.messages, record.xp) == (12, 12 * 15)
    told = [post for post in house.posts() if post.startswith("🎉")]
    assert told == ["🎉 ann reached level 2!"]
