"""Write what people type as Discord's client sends it: names behind @ and # become mentions."""

from __future__ import annotations

import re

from playground.model import Guild

__all__ = ["with_mentions"]


def with_mentions(guild: Guild, text: str) -> str:
    """Return a text with the @name and #name of what there is as Discord writes them.

    The longest name wins. Where a role is called like a member, the member is meant.
    """
    if "@" not in text and "#" not in text:
        return text
    mentions = _list_mentions(guild)
    names = "|".join(re.escape(name) for name in sorted(mentions, key=len, reverse=True))
    return re.sub(rf"(?<![\w@#<])(?:{names})(?![\w-])", lambda match: mentions[match.group()], text)


def _list_mentions(guild: Guild) -> dict[str, str]:
    """Return the mentions of all that can be mentioned, by what is typed for them."""
    found: dict[str, str] = {}
    for member in guild.members.values():
        for name in filter(None, (member.name, member.nick)):
            found.setdefault(f"@{name}", member.mention)
    for role in guild.roles.values():
        if role is not guild.everyone:
            found.setdefault(f"@{role.name}", role.mention)
    for channel in (*guild.channels.values(), *guild.threads.values()):
        found.setdefault(f"#{channel.name}", channel.mention)
    return found
