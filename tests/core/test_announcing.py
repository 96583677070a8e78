"""What is announced where, and what the record of announcements keeps."""

from __future__ import annotations

from typing import Any

from leveling_core.announcing import (
    GoalNotice,
    MemberNotice,
    Post,
    Unlocked,
    decide_delivered,
    decide_sending,
    nonce_of,
    plan_posts,
    split_interrupted,
)
from leveling_core.decision import View
from leveling_core.documents import AnnouncementsRecord, Trouble
from leveling_core.ids import announcements_key
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    GoalReached,
    LedgerLine,
    LevelLost,
    LevelReached,
    Outcome,
)
from leveling_core.rewards import RewardRules
from leveling_core.rules import AnnouncementRules

GUILD, ANN, BOB, HERE, THERE = 1, 11, 12, 21, 22
NOW = 1_900_000_000_000
KEY = announcements_key(GUILD)


def line(seq: int, outcome: Outcome, user_id: int = ANN, **fields: Any) -> LedgerLine:
    """Write a line of just now, here."""
    given = {"at": NOW, "channel_id": HERE, **fields}
    return LedgerLine(guild_id=GUILD, user_id=user_id, outcome=outcome, seq=seq, **given)


def level(to: int) -> LevelReached:
    """Reach a level."""
    return LevelReached(level_from=to - 1, level_to=to, total_xp=1000)


def test_one_post_for_each_channel() -> None:
    """Lines of one channel come together, in order; each channel has a post of its own."""
    lines = [line(1, level(2)), line(2, level(3), BOB), line(3, level(4), 13, channel_id=THERE)]
    assert plan_posts(lines, AnnouncementRules(), NOW) == [
        Post(HERE, (MemberNotice(ANN, 2), MemberNotice(BOB, 3)), ("announcements.level",), here=True),
        Post(THERE, (MemberNotice(13, 4),), ("announcements.level",), here=True),
    ]


def test_several_levels_of_a_member_are_told_as_the_highest() -> None:
    """Whoever reaches level after level while nobody can be told is congratulated once."""
    [post] = plan_posts([line(1, level(2)), line(2, level(3))], AnnouncementRules(), NOW)
    assert post.notices == (MemberNotice(ANN, 3),)


def test_what_was_taken_back_meanwhile_is_not_told() -> None:
    """A level that is lost and an achievement that is revoked again, by whatever, have not been."""
    reached = [line(1, level(2)), line(2, level(9)), line(3, level(9), BOB)]
    lost = line(4, LevelLost(level_from=9, level_to=2, total_xp=100), origin="undo")
    [post] = plan_posts([*reached, lost], AnnouncementRules(), NOW)
    assert post.notices == (MemberNotice(ANN, 2), MemberNotice(BOB, 9))
    unlocked = [line(5, AchievementUnlocked(achievement_id="legend", times=times)) for times in (1, 2)]
    rules = AnnouncementRules(achievement="here")
    once = line(7, AchievementRevoked(achievement_id="legend", times=1), origin="undo")
    [post] = plan_posts([*unlocked, once], rules, NOW)
    assert post.notices == (MemberNotice(ANN, None, (Unlocked("legend", 1),)),)
    never = line(8, AchievementRevoked(achievement_id="legend"), origin="undo")
    other = line(8, AchievementRevoked(achievement_id="legend"), BOB, origin="undo")
    assert plan_posts([*unlocked, never], rules, NOW) == []
    assert len(plan_posts([*unlocked, other], rules, NOW)) == 1


def test_the_roles_that_were_earned_are_told_with_the_level() -> None:
    """All of the way come together, where several levels are told as one; what gave way is not told."""
    rewards = RewardRules.model_validate({"roles": "2 7, 3 8 replace, 4 9 replace, 6 10"})
    lines = [line(1, level(2)), line(2, level(3)), line(3, level(4)), line(4, level(6), BOB)]
    [post] = plan_posts(lines, AnnouncementRules(), NOW, rewards)
    assert post.notices == (MemberNotice(ANN, 4, role_ids=(7, 9)), MemberNotice(BOB, 6, role_ids=(10,)))
    jump = LevelReached(level_from=1, level_to=6, total_xp=1000)
    [post] = plan_posts([line(1, jump)], AnnouncementRules(), NOW, rewards)
    assert post.notices == (MemberNotice(ANN, 6, role_ids=(7, 9, 10)),)


def test_an_achievement_without_a_place_rides_along_with_its_member_only() -> None:
    """Another member's level does not carry it."""
    lines = [line(1, AchievementUnlocked(achievement_id="legend")), line(2, level(2), BOB)]
    [post] = plan_posts(lines, AnnouncementRules(), NOW)
    assert post.notices == (MemberNotice(BOB, 2),)
    [post] = plan_posts([*lines, line(3, level(50))], AnnouncementRules(), NOW)
    assert MemberNotice(ANN, 50, (Unlocked("legend"),)) in post.notices


def test_an_achievement_with_a_place_goes_there() -> None:
    """With a channel of its own it leaves the level alone."""
    lines = [line(1, AchievementUnlocked(achievement_id="legend", times=3)), line(2, level(50))]
    rules = AnnouncementRules(achievement=THERE)
    assert plan_posts(lines, rules, NOW) == [
        Post(
            THERE,
            (MemberNotice(ANN, None, (Unlocked("legend", 3),)),),
            ("announcements.achievement",),
            here=False,
        ),
        Post(HERE, (MemberNotice(ANN, 50),), ("announcements.level",), here=True),
    ]


def test_with_levels_off_nothing_rides_along() -> None:
    """What has nothing to ride on is not told."""
    lines = [line(1, AchievementUnlocked(achievement_id="legend")), line(2, level(50))]
    assert plan_posts(lines, AnnouncementRules(level="off"), NOW) == []


def test_a_goal_is_told_where_the_last_claim_was() -> None:
    """``here`` is the channel of the claim that reached it."""
    reached = line(1, GoalReached(day_on=700_000, target=3, bonus_xp=15), user_id=0)
    [post] = plan_posts([reached], AnnouncementRules(goal="here"), NOW)
    assert post == Post(HERE, (GoalNotice(3, 15),), ("announcements.goal",), here=True)


def test_only_what_happened_live_somewhere_and_lately_is_told() -> None:
    """Bulk changes, lines of no channel and lines older than the rules allow are passed over."""
    limit = AnnouncementRules().max_age_minutes * 60_000
    lines = [
        line(1, level(2), 1, origin="bulk"),
        line(2, level(2), 2, channel_id=0),
        line(3, level(2), 3, at=NOW - limit - 1),
        line(4, level(2), 4, at=NOW - limit),
    ]
    [post] = plan_posts(lines, AnnouncementRules(), NOW)
    assert post.notices == (MemberNotice(4, 2),)


def test_a_nonce_is_that_of_one_delivery() -> None:
    """The same delivery has the same nonce, any other another; with a part's number Discord takes it."""
    deliveries = [
        (1, 2, 3, 4, 5),
        (9, 2, 3, 4, 5),
        (1, 9, 3, 4, 5),
        (1, 2, 9, 4, 5),
        (1, 2, 3, 9, 5),
        (1, 2, 3, 4, 9),
    ]
    nonces = [nonce_of(*delivery) for delivery in deliveries]
    assert nonces[0] == nonce_of(*deliveries[0])
    assert len(set(nonces)) == len(nonces)
    assert len(f"{nonces[0]}-{10**6}") <= 25


def view(record: AnnouncementsRecord) -> View:
    """Show a decision a record."""
    return View({KEY: record})


def after_sending_began() -> AnnouncementsRecord:
    """Return the record of a guild where lines 5 to 8 are on their way to two channels."""
    decision = decide_sending(view(AnnouncementsRecord(sent_seq=4)), GUILD, [HERE, THERE], 5, 8, NOW)
    record = decision.writes[KEY]
    assert isinstance(record, AnnouncementsRecord)
    return record


def test_lines_are_told_after_their_last_post() -> None:
    """While one channel is still to be sent to, a crash repeats the lines; afterwards it does not."""
    record = after_sending_began()
    for channel_id, sent_seq in ((HERE, 4), (THERE, 8)):
        new = decide_delivered(view(record), GUILD, channel_id, 8, None).writes[KEY]
        assert isinstance(new, AnnouncementsRecord)
        record = new
        assert record.sent_seq == sent_seq
        assert str(channel_id) not in record.sending
    lines = [line(seq, level(2)) for seq in range(7, 11)]
    assert [[one.seq for one in part] for part in split_interrupted(record, lines)] == [[], [9, 10]]


def test_interrupted_lines_are_kept_apart() -> None:
    """What was on its way goes out again alone, as the same message; what came later follows."""
    lines = [line(seq, level(2)) for seq in range(3, 11)]
    interrupted, fresh = split_interrupted(after_sending_began(), lines)
    assert [one.seq for one in interrupted] == [5, 6, 7, 8]
    assert [one.seq for one in fresh] == [9, 10]


def test_success_ends_a_trouble() -> None:
    """A trouble stays until a post gets through."""
    trouble = Trouble(HERE, "forbidden", NOW)
    first = decide_delivered(view(after_sending_began()), GUILD, HERE, 8, trouble).writes[KEY]
    assert isinstance(first, AnnouncementsRecord)
    assert first.troubles == {str(HERE): trouble}
    other = decide_delivered(view(first), GUILD, THERE, 8, None).writes[KEY]
    assert isinstance(other, AnnouncementsRecord)
    assert other.troubles == {str(HERE): trouble}
    after = decide_delivered(view(other), GUILD, HERE, 9, None).writes[KEY]
    assert isinstance(after, AnnouncementsRecord)
    assert after.troubles == {}
