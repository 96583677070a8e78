"""The record of a guild's role rewards: what cannot be given, and how far a sync of all members has come."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from leveling_core.decision import Decision, View
from leveling_core.documents import RoleTrouble, SyncRecord
from leveling_core.errors import SyncRunningError
from leveling_core.ids import rewards_key, rules_key

__all__ = [
    "ALL_ROLES",
    "decide_role_trouble",
    "decide_roles_forgotten",
    "decide_roles_well",
    "decide_sync_begun",
    "decide_sync_ended",
    "decide_sync_moved",
]

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


def decide_sync_begun(view: View, guild_id: int, sync: SyncRecord) -> Decision[None]:
    """Note that a sync begins.

    Raises:
        SyncRunningError: One is under way.
    """
    key = rewards_key(guild_id)
    record = view.rewards(key)
    if record.sync is not None:
        there = record.sync
        raise SyncRunningError(done=there.done, members=there.members, begun_at=there.begun_at)
    return Decision(None, {key: msgspec.structs.replace(record, sync=sync)})


def decide_sync_moved(view: View, guild_id: int, sync: SyncRecord) -> Decision[bool]:
    """Note how far a sync has come; answer whether it goes on: another may have been begun, or this ended."""
    key = rewards_key(guild_id)
    record = view.rewards(key)
    if record.sync is None or record.sync.begun_at != sync.begun_at:
        return Decision(False)
    return Decision(True, {key: msgspec.structs.replace(record, sync=sync)})


def decide_sync_ended(view: View, guild_id: int) -> Decision[SyncRecord | None]:
    """Note that no sync is under way any more; answer the one that was."""
    key = rewards_key(guild_id)
    record = view.rewards(key)
    if record.sync is None:
        return Decision(None)
    return Decision(record.sync, {key: msgspec.structs.replace(record, sync=None)})
