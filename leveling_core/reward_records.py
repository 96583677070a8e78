"""The record of a guild's role rewards: who is owed a look, what cannot be given, how far a sync has come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from leveling_core.decision import Decision, View
from leveling_core.documents import RewardsRecord, RoleTrouble, SyncRecord
from leveling_core.errors import SyncRunningError
from leveling_core.ids import rewards_key, rules_key
from leveling_core.outcomes import RoleSyncEnded, RoleSyncStarted
from leveling_core.settle import Stamp

__all__ = [
    "ALL_ROLES",
    "MAX_OWED",
    "decide_all_right",
    "decide_owed",
    "decide_role_trouble",
    "decide_roles_forgotten",
    "decide_roles_well",
    "decide_settled",
    "decide_stale",
    "decide_sync_begun",
    "decide_sync_ended",
    "decide_sync_moved",
]

MAX_OWED = 1000
"""So many members whose roles are to be compared are kept one by one."""

ALL_ROLES = 0
"""Stands for the role in a trouble that all of them share."""


def decide_role_trouble(view: View, guild_id: int, trouble: RoleTrouble) -> Decision[RoleTrouble]:
    """Note that a role cannot be given or taken; answer what is known of it now.

    The same problem again keeps its first moment, and that it was told.
    """
    key = rewards_key(guild_id)
    record = view.rewards(key)
    known = record.troubles.get(str(trouble.role_id))
    if known is not None and known.problem == trouble.problem:
        told = known.told or trouble.told
        if told == known.told:
            return Decision(known)
        trouble = msgspec.structs.replace(known, told=told)
    troubles = {**record.troubles, str(trouble.role_id): trouble}
    return Decision(trouble, {key: msgspec.structs.replace(record, troubles=troubles)})


def decide_roles_well(view: View, guild_id: int, role_ids: Collection[int]) -> Decision[None]:
    """Forget the troubles of roles that could be given or taken, and the one that all roles share."""
    return _keep_troubles(view, guild_id, lambda role_id: role_id != ALL_ROLES and role_id not in role_ids)


def decide_roles_forgotten(view: View, guild_id: int) -> Decision[None]:
    """Forget the troubles of roles that, by the rules of now, are no rewards any more."""
    view.require((rewards_key(guild_id), rules_key(guild_id)))
    configured = view.rules(guild_id).rules.rewards.configured
    return _keep_troubles(
        view, guild_id, lambda role_id: role_id in configured or (role_id == ALL_ROLES and bool(configured))
    )


def _keep_troubles(view: View, guild_id: int, is_kept: Callable[[int], bool]) -> Decision[None]:
    key = rewards_key(guild_id)
    record = view.rewards(key)
    troubles = {name: known for name, known in record.troubles.items() if is_kept(known.role_id)}
    if len(troubles) == len(record.troubles):
        return Decision(None)
    return Decision(None, {key: msgspec.structs.replace(record, troubles=troubles)})


def decide_owed(view: View, guild_id: int, marks: Mapping[int, int]) -> Decision[None]:
    """Note that the roles of members are to be compared; beyond the bound, that only a sync does for all.

    Args:
        view: What the decision sees.
        guild_id: The guild.
        marks: A number for each member (user id) that tells this reason from earlier ones.
    """
    key = rewards_key(guild_id)
    record = view.rewards(key)
    owed, overdue = dict(record.owed), record.overdue
    for user_id, mark in marks.items():
        if str(user_id) in owed or len(owed) < MAX_OWED:
            owed[str(user_id)] = mark
        else:
            overdue = True
    if owed == record.owed and overdue == record.overdue:
        return Decision(None)
    return Decision(None, {key: msgspec.structs.replace(record, owed=owed, overdue=overdue)})


def decide_settled(view: View, guild_id: int, marks: Mapping[int, int]) -> Decision[None]:
    """Note that the roles of members were compared; one for whom there is a new reason meanwhile is kept."""
    key = rewards_key(guild_id)
    record = view.rewards(key)
    owed = {name: mark for name, mark in record.owed.items() if marks.get(int(name)) != mark}
    if len(owed) == len(record.owed):
        return Decision(None)
    return Decision(None, {key: msgspec.structs.replace(record, owed=owed)})


def decide_stale(view: View, guild_id: int, at: int) -> Decision[None]:
    """Note that by the rules of now other roles may be due than members have."""
    key = rewards_key(guild_id)
    view.require((key, rules_key(guild_id)))
    record = view.rewards(key)
    stale_since_at = at if view.rules(guild_id).rules.rewards.roles else 0
    if bool(stale_since_at) == bool(record.stale_since_at):
        return Decision(None)
    return Decision(None, {key: msgspec.structs.replace(record, stale_since_at=stale_since_at)})


def decide_all_right(view: View, guild_id: int, left_since_at: int = 0) -> Decision[None]:
    """Note that all members have been looked at and are as they should be, as far as that can be.

    Args:
        view: What the decision sees.
        guild_id: The guild.
        left_since_at: When it was found that some cannot be given, or rid of, a role; 0 if none was.
    """
    key = rewards_key(guild_id)
    record = view.rewards(key)
    right = _all_right(record, left_since_at)
    return Decision(None) if right == record else Decision(None, {key: right})


def _all_right(record: RewardsRecord, left_since_at: int) -> RewardsRecord:
    return msgspec.structs.replace(record, overdue=False, stale_since_at=0, left_since_at=left_since_at)


def decide_sync_begun(view: View, guild_id: int, sync: SyncRecord) -> Decision[None]:
    """Note that a sync begins, in the ledger too.

    Raises:
        SyncRunningError: One is under way.
    """
    key = rewards_key(guild_id)
    record = view.rewards(key)
    if record.sync is not None:
        there = record.sync
        raise SyncRunningError(done=there.done, members=there.members, begun_at=there.begun_at)
    stamp = Stamp(sync.begun_at, guild_id, sync.channel_id, actor_id=sync.actor_id, correlation=_name(sync))
    line = stamp.line(0, RoleSyncStarted(members=sync.members, expected=sync.expected))
    return Decision(None, {key: msgspec.structs.replace(record, sync=sync)}, [line])


def decide_sync_moved(view: View, guild_id: int, sync: SyncRecord) -> Decision[bool]:
    """Note how far a sync has come; answer whether it goes on: another may have been begun, or this ended."""
    key = rewards_key(guild_id)
    record = view.rewards(key)
    if record.sync is None or record.sync.begun_at != sync.begun_at:
        return Decision(False)
    return Decision(True, {key: msgspec.structs.replace(record, sync=sync)})


def decide_sync_ended(
    view: View, guild_id: int, at: int, *, actor_id: int = 0, stopped: bool = False
) -> Decision[SyncRecord | None]:
    """Note that no sync is under way any more; answer the one that was.

    Args:
        view: What the decision sees.
        guild_id: The guild.
        at: Now, ms UTC.
        actor_id: Who stopped it; 0 where it is simply over.
        stopped: Whether it did not come to its end.
    """
    key = rewards_key(guild_id)
    record = view.rewards(key)
    sync = record.sync
    if sync is None:
        return Decision(None)
    stamp = Stamp(at, guild_id, sync.channel_id, actor_id=actor_id or sync.actor_id, correlation=_name(sync))
    outcome = RoleSyncEnded(changed=sync.changed, right=sync.right, failed=sync.failed, stopped=stopped)
    ended = msgspec.structs.replace(record, sync=None)
    if not stopped:
        ended = _all_right(ended, at if sync.failed else 0)
    return Decision(sync, {key: ended}, [stamp.line(0, outcome)])


def _name(sync: SyncRecord) -> str:
    return f"roles:{sync.begun_at}"
