"""Every error that Laurel raises on purpose.

The tree::

    LevelingError
    ├── RuleError        you may not: a kind refusal, with the fields of its text
    │   ├── AlreadyClaimedError
    │   ├── AmountError
    │   ├── BatchUndoneError
    │   ├── CurveError       (curves) parameters make no curve
    │   ├── EarnsNothingError
    │   ├── EventExistsError, EventLengthError, EventNameError, EventTimeError (event_errors)
    │   ├── FactorError
    │   ├── InvalidRuleError
    │   │   └── RuleConflictError
    │   ├── LevelRangeError  (curves) the curve has no such level
    │   ├── LevelingOffError
    │   ├── NoSuchAssetError
    │   ├── NoSuchEventError (event_errors)
    │   ├── NoSuchRewardError
    │   ├── NoSuchRuleError
    │   ├── NothingToUndoError
    │   ├── ReasonTooLongError
    │   ├── RewardExistsError
    │   ├── RewardLevelError
    │   ├── RuleMovedError
    │   ├── RuleUnusableError
    │   ├── SetSinceError
    │   ├── SeveralEventsError (event_errors)
    │   ├── SyncRunningError
    │   ├── TooManyAssetsError, TooManyEntriesError, TooManyRewardsError
    │   ├── TooManyEventsError (event_errors)
    │   ├── UnknownMemberError
    │   └── UnknownRuleError
    ├── StoreError       the storage could not do it: where, why, and what mends it
    │   ├── StoreClosedError
    │   ├── StoreUnavailableError  for now nothing can be written: locked, full, gone
    │   └── UnreadableError  what is stored is not what Laurel wrote
    └── ContentError     a data file or a setting is wrong: file, entry, field, what would be right

A refusal is raised, an outcome is returned.
"""

from __future__ import annotations

__all__ = [
    "AlreadyClaimedError",
    "AmountError",
    "BatchUndoneError",
    "ContentError",
    "EarnsNothingError",
    "FactorError",
    "InvalidRuleError",
    "LevelingError",
    "LevelingOffError",
    "NoSuchAssetError",
    "NoSuchRewardError",
    "NoSuchRuleError",
    "NothingToUndoError",
    "ReasonTooLongError",
    "RewardExistsError",
    "RewardLevelError",
    "RuleConflictError",
    "RuleError",
    "RuleMovedError",
    "RuleUnusableError",
    "SetSinceError",
    "StoreClosedError",
    "StoreError",
    "StoreUnavailableError",
    "SyncRunningError",
    "TooManyAssetsError",
    "TooManyEntriesError",
    "TooManyRewardsError",
    "UnknownMemberError",
    "UnknownRuleError",
    "UnreadableError",
]


class LevelingError(Exception):
    """Something that Laurel refuses, cannot do, or was given wrongly."""


class RuleError(LevelingError):
    """You may not: a refusal by the rules, not a fault.

    Attributes:
        code: Names the text that tells the person (``error-<code>`` in ``data/messages``).
        fields: What the text's placeholders hold.
    """

    code = "refused"

    def __init__(self, problem: str = "", **fields: str | int) -> None:
        self.fields: dict[str, str | int] = {"problem": problem, **fields} if problem else dict(fields)
        super().__init__(problem or f"{self.code}: {fields}")


class AlreadyClaimedError(RuleError):
    """The daily reward of this day is claimed already.

    Attributes:
        next_claim_at: When the next claim is possible, in ms since the epoch, UTC.
        seconds_left: The same, as seconds from the moment of the refused claim.
    """

    code = "already-claimed"

    def __init__(self, *, next_claim_at: int, seconds_left: int, streak: int) -> None:
        self.next_claim_at = next_claim_at
        self.seconds_left = seconds_left
        super().__init__(next_claim_at=next_claim_at, seconds_left=seconds_left, streak=streak)


class LevelingOffError(RuleError):
    """Leveling is switched off in this guild."""

    code = "leveling-off"


class EarnsNothingError(RuleError):
    """The member earns nothing in this guild: no-XP, or not among those who alone earn."""

    code = "earns-nothing"

    def __init__(self, *, refusal: str, rule: str, id_: int) -> None:
        super().__init__(refusal=refusal.replace("_", "-"), rule=rule, id=str(id_))


class FactorError(RuleError):
    """A factor is none that XP can be multiplied by."""

    code = "invalid-factor"

    def __init__(self, *, value: str, lowest: str, highest: int) -> None:
        super().__init__(value=value[:50], lowest=lowest, highest=highest)


class TooManyEntriesError(RuleError):
    """A list of the guild's rules takes no more entries."""

    code = "too-many-entries"

    def __init__(self, *, rule: str, limit: int) -> None:
        super().__init__(rule=rule, limit=limit)


class NoSuchRuleError(RuleError):
    """No rule has this name, nor one like it."""

    code = "no-such-rule"

    def __init__(self, *, rule: str) -> None:
        super().__init__(f"there is no rule {rule!r}", rule=rule)


class UnknownRuleError(RuleError):
    """No rule has this name, or several have; ``nearest`` says what may be meant."""

    code = "unknown-rule"

    def __init__(self, *, rule: str, nearest: str) -> None:
        super().__init__(f"there is no rule {rule!r}; did you mean {nearest}?", rule=rule, nearest=nearest)


class InvalidRuleError(RuleError):
    """A rule was given a value that it cannot take."""

    code = "invalid-rule"

    def __init__(self, *, rule: str, value: str, expected: str) -> None:
        super().__init__(f"{rule}: {value} is not {expected}", rule=rule, value=value, expected=expected)


class RuleConflictError(InvalidRuleError):
    """A rule was given a value that does not go with the other rules: a range upside down, an empty curve."""

    code = "rule-conflict"

    def __init__(self, *, rule: str, value: str, problem: str) -> None:
        super().__init__(rule=rule, value=value, expected=f"possible: {problem}")
        self.fields["problem"] = problem


class RuleMovedError(RuleError):
    """Somebody else has changed the rule since its value was seen by who asks."""

    code = "rule-moved"

    def __init__(self, *, rule: str, value: str) -> None:
        super().__init__(rule=rule, value=value)


class RewardExistsError(RuleError):
    """The role is a reward already; one role belongs to one level."""

    code = "reward-exists"

    def __init__(self, *, role: str, level: int, mode: str) -> None:
        super().__init__(role=role, level=level, mode=mode)


class NoSuchRewardError(RuleError):
    """No level earns this role, or this level earns none."""

    code = "no-such-reward"

    def __init__(self, *, reward: str) -> None:
        super().__init__(reward=reward)


_LONGEST = 10**18
"""Numbers from here on are cut where they are shown: people can type any."""


class RewardLevelError(RuleError):
    """The curve has no such level, or everybody begins with it."""

    code = "reward-level"

    def __init__(self, *, level: int, lowest: int, highest: int) -> None:
        super().__init__(
            level=level if abs(level) < _LONGEST else str(level)[:20], lowest=lowest, highest=highest
        )


class RuleUnusableError(RuleError):
    """A list as it is stored cannot be used by this version, so no entry of it is changed."""

    code = "rule-unusable"

    def __init__(self, *, rule: str) -> None:
        super().__init__(rule=rule, section=rule.partition(".")[0])


class TooManyRewardsError(RuleError):
    """A guild has as many rewards as it can have."""

    code = "too-many-rewards"

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class NoSuchAssetError(RuleError):
    """A guild has no theme or background of this name."""

    code = "no-such-asset"

    def __init__(self, *, kind: str, name: str) -> None:
        super().__init__(kind=kind, name=name)


class TooManyAssetsError(RuleError):
    """A guild has as many themes, or backgrounds, of its own as it can have."""

    code = "too-many-assets"

    def __init__(self, *, kind: str, limit: int) -> None:
        super().__init__(kind=kind, limit=limit)


class SyncRunningError(RuleError):
    """A sync of all members' roles is under way; ``done`` of ``members`` are done."""

    code = "sync-running"

    def __init__(self, *, done: int, members: int, begun_at: int) -> None:
        super().__init__(done=done, members=members, begun_at=begun_at)


class AmountError(RuleError):
    """An amount of XP is no whole number, or out of bounds."""

    code = "amount"

    def __init__(self, *, value: str, least: int, most: int) -> None:
        super().__init__(value=value, least=least, most=most)


class ReasonTooLongError(RuleError):
    """The reason of a change is longer than what is kept of one."""

    code = "reason-too-long"

    def __init__(self, *, length: int, most: int) -> None:
        super().__init__(length=length, most=most)


class UnknownMemberError(RuleError):
    """Somebody is not in the guild, and nothing is kept of them."""

    code = "unknown-member"


class NothingToUndoError(RuleError):
    """Whoever asks has made no change by hand that is not undone."""

    code = "nothing-to-undo"


class BatchUndoneError(RuleError):
    """A change was undone before."""

    code = "batch-undone"


class SetSinceError(RuleError):
    """A change cannot be undone: the member's XP was set to a value since, which this would spoil."""

    code = "set-since"

    def __init__(self, *, mode: str, actor_id: int, set_at: int) -> None:
        super().__init__(mode=mode, actor_id=actor_id, set_at=set_at)


class StoreError(LevelingError):
    """The storage could not do what was asked; nothing of it took effect.

    Attributes:
        path: Which database, as its user knows it.
        cause: What went wrong.
        cure: What the self-hoster can do about it.
    """

    def __init__(self, *, path: str, cause: str, cure: str) -> None:
        self.path = path
        self.cause = cause
        self.cure = cure
        super().__init__(f"{path}: {cause}. {cure}")


class StoreClosedError(StoreError):
    """The store was closed before this was committed."""


class StoreUnavailableError(StoreError):
    """The storage cannot be used for now: somebody holds it, the disk is full, or it is gone.

    It would be the same for any other commit, and it may pass by itself.
    """


class UnreadableError(StoreError):
    """What is stored cannot be read: the disk damaged it, or something other than Laurel changed it.

    Attributes:
        seq: Which ledger line, 0 where it is no line.
        guild_id: Whose line, 0 where it is no line.
    """

    def __init__(self, *, path: str, cause: str, cure: str, seq: int = 0, guild_id: int = 0) -> None:
        self.seq = seq
        self.guild_id = guild_id
        super().__init__(path=path, cause=cause, cure=cure)


class ContentError(LevelingError):
    """A data file or a setting holds something that it must not.

    Attributes:
        file: The file, as its author knows it.
        entry: The entry in it (an achievement's id, a message's name), or "".
        field: The field of the entry, or "".
        problem: What is wrong.
        expected: What would be right.
        column: Where in the field's text, counted from 1, or None.
    """

    def __init__(
        self, *, file: str, entry: str, field: str, problem: str, expected: str, column: int | None = None
    ) -> None:
        self.file = file
        self.entry = entry
        self.field = field
        self.problem = problem
        self.expected = expected
        self.column = column
        where = ", ".join(
            part
            for part in (
                file,
                f"entry {entry!r}" if entry else "",
                f"field {field!r}" if field else "",
                f"column {column}" if column is not None else "",
            )
            if part
        )
        super().__init__(f"{where}: {problem}. Expected {expected}.")
