"""Roles as rewards: which level earns which role, and which roles a member of a level should have.

Pure sets of role ids. What Discord lets the bot give is not known here; who talks to Discord leaves out what
cannot be given, and touches no role that is not among the rewards.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Annotated, Literal

import msgspec
from pydantic import BeforeValidator, Field, field_validator

from leveling_core.curves import MAX_LEVEL, Curve
from leveling_core.ids import MAX_SNOWFLAKE
from leveling_core.rule_values import RuleModel, rule

__all__ = [
    "MAX_REWARDS",
    "REWARDS_RULE",
    "Reward",
    "RewardMode",
    "RewardRules",
    "RoleDifference",
    "compare_roles",
    "mode_of",
    "reachable_levels",
    "rewards_between",
    "role_mention",
    "wanted_roles",
]

REWARDS_RULE = "rewards.roles"
"""The rule that names the rewards."""

MAX_REWARDS = 50
"""More rewards than this a guild cannot have; Discord allows 250 roles in all."""

RewardMode = Literal["stack", "replace"]
"""Whether a role is kept when a higher level earns another one, or gives way to it."""

_WRITTEN = re.compile(r"(\d{1,9})\s+(?:<@&)?(\d{1,20})>?(?:\s+(stack|replace))?", re.ASCII | re.IGNORECASE)


def role_mention(role_id: int) -> str:
    """Write a role as it is written in Discord, and in the text of a rule."""
    return f"<@&{role_id}>"


class Reward(RuleModel):
    """A level earns a role. Written ``5 <@&123>``, or ``5 <@&123> replace`` where it has a mode of its own.

    Attributes:
        level: From which level on the role is had.
        role_id: The role.
        mode: Its own mode; None for that of the guild.
    """

    level: int = Field(ge=0, le=MAX_LEVEL)
    role_id: int = Field(ge=1, le=MAX_SNOWFLAKE)
    mode: RewardMode | None = None

    def __str__(self) -> str:
        own = f" {self.mode}" if self.mode else ""
        return f"{self.level} {role_mention(self.role_id)}{own}"


def _read_reward(value: object) -> object:
    """Read a reward as it is written; what is none is left as it is, for pydantic to refuse."""
    if not isinstance(value, str):
        return value
    found = _WRITTEN.fullmatch(value.strip())
    if found is None:
        return value
    level, role_id, mode = found.groups()
    return {"level": int(level), "role_id": int(role_id), "mode": mode.lower() if mode else None}


def _read_rewards(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    return [] if text.lower() in {"", "none"} else text.split(",")


_Rewards = Annotated[
    tuple[Annotated[Reward, BeforeValidator(_read_reward)], ...], BeforeValidator(_read_rewards)
]
"""Rewards, ascending by level, then by role."""


class RewardRules(RuleModel):
    """Roles that levels earn."""

    mode: RewardMode = rule(
        "stack",
        "Whether a role of a lower level is kept (stack) or gives way to that of a higher one (replace).",
    )
    roles: _Rewards = rule(
        (),
        "Which level earns which role.",
        expected=f"at most {MAX_REWARDS} such as 5 @Regular, 10 @Veteran replace, or none",
        max_length=MAX_REWARDS,
        managed_by="rewards add",
    )

    @field_validator("roles")
    @classmethod
    def _each_role_once(cls, value: tuple[Reward, ...]) -> tuple[Reward, ...]:
        known: dict[int, Reward] = {}
        for reward in value:
            there = known.setdefault(reward.role_id, reward)
            if there is not reward:
                msg = f"{role_mention(reward.role_id)} stands at level {there.level} and at {reward.level}"
                raise ValueError(msg)
        return tuple(sorted(value, key=lambda reward: (reward.level, reward.role_id)))

    @property
    def configured(self) -> frozenset[int]:
        """The roles that are rewards: no other is ever touched."""
        return frozenset(reward.role_id for reward in self.roles)


class RoleDifference(msgspec.Struct, frozen=True):
    """What has to change: roles to give and roles to take, none of which is in both."""

    add: frozenset[int]
    remove: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def mode_of(rules: RewardRules, reward: Reward) -> RewardMode:
    """Return the mode of a reward: its own, else the guild's."""
    return reward.mode or rules.mode


def wanted_roles(rules: RewardRules, level: int) -> frozenset[int]:
    """Return the roles that a member of a level should have.

    Of the roles that give way, those of the highest level reached are had; the others are all had.
    """
    reached = [reward for reward in rules.roles if reward.level <= level]
    giving_way = [reward.level for reward in reached if mode_of(rules, reward) == "replace"]
    top = max(giving_way, default=-1)
    return frozenset(
        reward.role_id for reward in reached if mode_of(rules, reward) == "stack" or reward.level == top
    )


def rewards_between(rules: RewardRules, level_from: int, level_to: int) -> tuple[int, ...]:
    """Return the roles that a member earns who comes from one level to a higher one, lowest level first.

    A role that gave way before it could be had (its level was jumped over) was not earned.
    """
    wanted = wanted_roles(rules, level_to)
    return tuple(
        reward.role_id for reward in rules.roles if level_from < reward.level and reward.role_id in wanted
    )


def compare_roles(
    have: AbstractSet[int], wanted: AbstractSet[int], configured: AbstractSet[int]
) -> RoleDifference:
    """Compare the roles that a member has with those wanted; only configured ones are given or taken.

    Args:
        have: All roles that the member has.
        wanted: The roles that the member should have, among those configured.
        configured: The roles that are rewards.
    """
    return RoleDifference(
        add=frozenset(wanted & configured) - have, remove=frozenset(have & configured) - wanted
    )


def reachable_levels(curve: Curve) -> range:
    """Return the levels that can be reached: all but the one at which everybody begins."""
    return range(curve.first_level + 1, curve.last_level + 1)
