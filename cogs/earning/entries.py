"""Entries of lists in words: what is there by its name, what is gone with what removes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord
from discord import app_commands

from cogs.base import UserFacingError
from cogs.earning.targets import NAMED_AT_ONCE, member_target, place_target, role_target, typed_id
from cogs.errors import quoted
from cogs.ui.choices import MAX_CHOICES
from cogs.ui.names import clean_name, unquoted
from cogs.ui.people import names_of
from data.texts import Texts

__all__ = ["Entry", "entry_choices", "find_entry", "list_entries", "typed_entry"]

_PLACES, _ROLES, _MEMBERS = "channels", "roles", "members"

_SIGNS = {"<#": "#", "<@": "@"}
"""What is typed before a name, by how the mention begins; a category has none."""

_TYPED_COLUMNS = 100
"""How wide a name may be that is typed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list.

    Attributes:
        what: ``channels``, ``roles`` or ``members``.
        id: Its id.
        name: What it is called, plainly; "" where it is gone.
        shown: As it stands in a message.
    """

    what: str
    id: int
    name: str
    shown: str

    @property
    def is_gone(self) -> bool:
        """Whether it is not to be found in the server any more."""
        return not self.name


def _place(guild: discord.Guild, id_: int) -> Entry:
    channel = guild.get_channel_or_thread(id_)
    if channel is None:
        return Entry(_PLACES, id_, "", f"`{id_}`")
    return Entry(_PLACES, id_, channel.name, place_target(channel).shown)


def _role(guild: discord.Guild, id_: int) -> Entry:
    role = guild.get_role(id_)
    if role is None:
        return Entry(_ROLES, id_, "", f"`{id_}`")
    return Entry(_ROLES, id_, role.name, role_target(role).shown)


async def list_entries(
    texts: Texts, guild: discord.Guild, ids: Iterable[tuple[str, Sequence[int]]]
) -> list[Entry]:
    """Return entries with their names, in the order given.

    Args:
        texts: What people read.
        guild: Where.
        ids: By ``channels``, ``roles`` or ``members``.
    """
    found: list[Entry] = []
    for what, of_kind in ids:
        if what == _PLACES:
            found += [_place(guild, id_) for id_ in of_kind]
        elif what == _ROLES:
            found += [_role(guild, id_) for id_ in of_kind]
        else:
            names = await names_of(texts, guild, of_kind)
            found += [_member(guild, id_, names[id_] != texts("ui-former-member")) for id_ in of_kind]
    return found


def _member(guild: discord.Guild, id_: int, may_be_here: bool) -> Entry:
    member = guild.get_member(id_)
    if member is not None:
        return Entry(_MEMBERS, id_, member.display_name, member_target(member).shown)
    return Entry(_MEMBERS, id_, str(id_) if may_be_here else "", f"<@{id_}>" if may_be_here else f"`{id_}`")


def find_entry(entries: Sequence[Entry], typed: str) -> Entry | None:
    """Return the entry that somebody means by a mention, an id or a name; None if none is meant.

    Raises:
        UserFacingError: Several are called so.
    """
    text = unquoted(typed)
    id_ = typed_id(text) or (int(text) if text.isascii() and text.isdigit() else 0)
    name = text.lstrip("#@").strip().casefold()
    found = [entry for entry in entries if entry.id == id_] or [
        entry for entry in entries if entry.name and entry.name.lstrip("@").casefold() == name
    ]
    if len(found) > 1:
        shown = " · ".join(f"{entry.shown} (`{entry.id}`)" for entry in found[:NAMED_AT_ONCE])
        raise UserFacingError("earning-several-entries", target=quoted(text), found=shown)
    return found[0] if found else None


def typed_entry(entries: Sequence[Entry], id_: int) -> str:
    """Return what somebody may type to mean an entry: its name where that means it alone, else its id."""
    entry = next((entry for entry in entries if entry.id == id_), None)
    if entry is None or entry.name in {"", str(id_)} or not _is_plain(entry.name):
        return str(id_)
    sign = _SIGNS.get(entry.shown[:2], "")
    typed = f"{sign}{entry.name.removeprefix(sign)}"
    try:
        return typed if find_entry(entries, typed) is entry else str(id_)
    except UserFacingError:
        return str(id_)


def _is_plain(name: str) -> bool:
    """Tell whether a name can stand in a message as code and be copied from there."""
    return "`" not in name and name == clean_name(name, _TYPED_COLUMNS)


def entry_choices(entries: Iterable[Entry], typed: str) -> list[app_commands.Choice[str]]:
    """Suggest entries whose name holds what has been typed so far."""
    wanted = typed.strip().lstrip("#@").lower()
    return [
        app_commands.Choice(name=(entry.name or str(entry.id))[:100], value=str(entry.id))
        for entry in entries
        if wanted in entry.name.lower() or str(entry.id).startswith(wanted)
    ][:MAX_CHOICES]
