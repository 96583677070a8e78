"""Changing which level earns which role: each change reads what is there and commits in one decision."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leveling_core.decision import Decision, View
from leveling_core.errors import (
    NoSuchRewardError,
    RewardExistsError,
    RewardLevelError,
    TooManyRewardsError,
)
from leveling_core.facts import RewardAddRequested, RewardRemovalRequested, RulesChangeRequested
from leveling_core.rewards import (
    MAX_REWARDS,
    REWARDS_RULE,
    Reward,
    mode_of,
    reachable_levels,
    role_mention,
)
from leveling_core.rule_changes import RulesAnswer, decide_rules_change, entries_of, show_value

__all__ = ["RewardsRemoved", "decide_reward_added", "decide_reward_removed"]


class RewardsRemoved(msgspec.Struct, frozen=True):
    """What was removed: level and role id of each."""

    removed: tuple[tuple[int, int], ...]


def decide_reward_added(view: View, fact: RewardAddRequested) -> Decision[RulesAnswer]:
    """Let a level earn a role.

    Raises:
        RewardLevelError: The level cannot be reached.
        RewardExistsError: The role is a reward already.
        TooManyRewardsError: No more rewards are possible.
        RuleUnusableError: What is stored cannot be used.
    """
    ruleset = view.rules(fact.guild_id)
    rules = ruleset.rules.rewards
    rewards: tuple[Reward, ...] = entries_of(ruleset, REWARDS_RULE)
    # Before the reward is made: its own bounds are those of all curves, and say less.
    levels = reachable_levels(ruleset.curve)
    if fact.level not in levels:
        raise RewardLevelError(level=fact.level, lowest=levels.start, highest=levels.stop - 1)
    there = next((reward for reward in rewards if reward.role_id == fact.role_id), None)
    if there is not None:
        raise RewardExistsError(
            role=role_mention(there.role_id), level=there.level, mode=mode_of(rules, there)
        )
    if len(rewards) >= MAX_REWARDS:
        raise TooManyRewardsError(limit=MAX_REWARDS)
    added = Reward(level=fact.level, role_id=fact.role_id, mode=fact.mode)
    return _decide_rewards(view, fact, (*rewards, added))


def decide_reward_removed(view: View, fact: RewardRemovalRequested) -> Decision[RewardsRemoved]:
    """Let a role, or all roles of a level, be earned no more.

    Raises:
        NoSuchRewardError: None is.
        RuleUnusableError: What is stored cannot be used.
    """
    rewards: tuple[Reward, ...] = entries_of(view.rules(fact.guild_id), REWARDS_RULE)
    gone = [
        reward
        for reward in rewards
        if (reward.role_id == fact.role_id if fact.role_id else reward.level == fact.level)
    ]
    if not gone:
        raise NoSuchRewardError(reward=role_mention(fact.role_id) if fact.role_id else str(fact.level))
    decision = _decide_rewards(view, fact, [reward for reward in rewards if reward not in gone])
    answer = RewardsRemoved(tuple((reward.level, reward.role_id) for reward in gone))
    return Decision(answer, decision.writes, decision.lines)


def _decide_rewards(
    view: View, fact: RewardAddRequested | RewardRemovalRequested, rewards: Iterable[Reward]
) -> Decision[RulesAnswer]:
    changes: dict[str, str | None] = {REWARDS_RULE: show_value(tuple(rewards))}
    change = RulesChangeRequested(fact.guild_id, fact.actor_id, fact.event_id, changes, fact.channel_id)
    return decide_rules_change(view, change)
