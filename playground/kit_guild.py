"""Verbs about the guild: members, roles, channels, time. Each tells the bot at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from playground import permissions
from playground.base import KitBase, Where, Who
from playground.errors import PlaygroundError
from playground.model import Channel, Guild, Member, Role, User


class GuildVerbs(KitBase):
    """What happens in a guild beside talking."""

    # members

    async def join(self, who: str | User | Member, *, guild: Guild | None = None, **options: Any) -> Member:
        """Let somebody join: a new name, an account, or one who left; `options` as in `World.add_member`."""
        place = guild or self.guild
        account: str | User = who.user if isinstance(who, Member) else who
        if isinstance(account, str):
            known = (user for user in self.world.users.values() if user.name == account)
            account = next(known, account)
        member = self.world.add_member(place, account, **options)
        self.server.actions.member_joined(member)
        return member

    async def leave(self, who: Who, *, guild: Guild | None = None) -> Member:
        """Let somebody leave; the bot too (it loses the guild)."""
        member = self.member(who, guild)
        self.server.actions.remove_member(member)
        return member

    async def boost(self, who: Who, *, since: datetime | None = None) -> None:
        """Let somebody begin to boost, now unless told otherwise."""
        member = self.member(who)
        member.premium_since = self.world.clock.now_ms if since is None else round(since.timestamp() * 1000)
        self.server.actions.member_updated(member)

    async def unboost(self, who: Who) -> None:
        """Let somebody's boosts end."""
        member = self.member(who)
        member.premium_since = None
        self.server.actions.member_updated(member)

    async def timeout(self, who: Who, *, minutes: float = 10) -> None:
        """Put somebody in time-out, by the world's clock."""
        member = self.member(who)
        until = self.world.clock.now + timedelta(minutes=minutes)
        member.timed_out_until = round(until.timestamp() * 1000)
        self.server.actions.member_updated(member)

    async def rename(self, who: Who, nick: str | None) -> None:
        """Give somebody another nick."""
        member = self.member(who)
        member.nick = nick
        self.server.actions.member_updated(member)

    async def refuse_dms(self, who: Who, *, refuse: bool = True) -> None:
        """Let somebody refuse direct messages of the bot."""
        self.member(who).user.accepts_dms = not refuse

    async def give_role(self, who: Who, role: Role | str) -> None:
        """Give somebody a role, as an admin would."""
        member, given = self.member(who), self.role(role)
        if given.id not in member.role_ids:
            member.role_ids.append(given.id)
            self.server.actions.member_updated(member)

    async def take_role(self, who: Who, role: Role | str) -> None:
        """Take a role away, as an admin would."""
        member, taken = self.member(who), self.role(role)
        if taken.id in member.role_ids:
            member.role_ids.remove(taken.id)
            self.server.actions.member_updated(member)

    async def voice(self, who: Who, channel: Where) -> None:
        """Let somebody enter a voice channel; None lets them leave."""
        target = None if channel is None else self.channel(channel)
        self.server.actions.set_voice_channel(self.member(who), target)

    # roles

    async def create_role(self, name: str, *, guild: Guild | None = None, **options: Any) -> Role:
        """Create a role; `options` as in `World.add_role` (by default above all others)."""
        role = self.world.add_role(guild or self.guild, name, **options)
        self.server.actions.role_created(role)
        return role

    async def move_role(self, role: Role | str, position: int) -> None:
        """Give a role another place in the hierarchy."""
        moved = self.role(role)
        moved.position = position
        self.server.actions.role_updated(moved)

    async def place_role(self, role: Role | str, other: Role | str, *, above: bool) -> None:
        """Put a role right above another, or right below it, as somebody would drag it; the rest make room.

        Raises:
            PlaygroundError: It cannot stand there: below @everyone, or beside itself.
        """
        moved, beside = self.role(role), self.role(other)
        if moved is beside or moved is moved.guild.everyone or (beside is moved.guild.everyone and not above):
            raise PlaygroundError(f"{moved.name} cannot stand {'above' if above else 'below'} {beside.name}")
        order = sorted(moved.guild.roles.values(), key=lambda item: item.sort_key)
        order.remove(moved)
        order.insert(order.index(beside) + above, moved)
        for position, item in enumerate(order):
            if item.position != position:
                item.position = position
                self.server.actions.role_updated(item)

    async def grant(self, role: Role | str, *names: str) -> None:
        """Add permissions to a role."""
        changed = self.role(role)
        changed.permissions |= permissions.bits(*names)
        self.server.actions.role_updated(changed)

    async def revoke(self, role: Role | str, *names: str) -> None:
        """Remove permissions from a role."""
        changed = self.role(role)
        changed.permissions &= ~permissions.bits(*names)
        self.server.actions.role_updated(changed)

    async def delete_role(self, role: Role | str) -> None:
        """Delete a role."""
        self.server.actions.delete_role(self.role(role))

    # channels

    async def create_channel(self, name: str, *, guild: Guild | None = None, **options: Any) -> Channel:
        """Create a channel; `options` as in `World.add_channel`."""
        channel = self.world.add_channel(guild or self.guild, name, **options)
        self.server.actions.channel_created(channel)
        return channel

    async def create_thread(self, name: str, *, parent: Where = None, owner: Who | None = None) -> Channel:
        """Create a public thread below a text channel; the guild's owner begins it unless told otherwise."""
        place = self.channel(parent)
        starter = place.get_guild().owner if owner is None else self.member(owner)
        thread = self.world.add_thread(place, name, owner=starter)
        self.server.actions.channel_created(thread)
        return thread

    async def move_channel(self, channel: Where, category: Channel) -> None:
        """Put a channel into a category."""
        moved = self.channel(channel)
        moved.parent = category
        self.server.actions.channel_updated(moved)

    async def delete_channel(self, channel: Where) -> None:
        """Delete a channel or thread."""
        self.server.actions.delete_channel(self.channel(channel))

    async def deny(self, channel: Where, *names: str, target: Role | Member | None = None) -> None:
        """Deny permissions in a channel to the bot, or to another member or role."""
        await self._overwrite(channel, target, denied=permissions.bits(*names), allowed=0)

    async def allow(self, channel: Where, *names: str, target: Role | Member | None = None) -> None:
        """Allow permissions in a channel to the bot, or to another member or role."""
        await self._overwrite(channel, target, denied=0, allowed=permissions.bits(*names))

    async def _overwrite(
        self, channel: Where, target: Role | Member | None, *, denied: int, allowed: int
    ) -> None:
        place = self.channel(channel)
        if place.is_thread and place.parent is not None:
            place = place.parent
        whom = target or place.get_guild().members[self.world.bot.id]
        old = place.overwrites.get(whom.id)
        allow, deny = (old.allow, old.deny) if old else (0, 0)
        self.server.actions.set_overwrite(
            place, whom, allow=(allow & ~denied) | allowed, deny=(deny & ~allowed) | denied
        )

    # guilds and time

    async def invite_bot(self, guild_name: str, *, owner: str = "owner") -> Guild:
        """Let the bot into a new guild with a text channel "general"."""
        guild = self.world.add_guild(guild_name, owner=owner)
        self.world.add_channel(guild, "general")
        self.server.actions.guild_joined(guild)
        return guild

    async def outage(self, guild: Guild | None = None) -> None:
        """Let a guild be unreachable for the bot."""
        self.server.actions.guild_unavailable(guild or self.guild)

    async def end_outage(self, guild: Guild | None = None) -> None:
        """Let a guild be reachable again."""
        self.server.actions.guild_available(guild or self.guild)

    async def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: int = 0,
    ) -> None:
        """Let time pass in the world; time-outs that ran out are lifted."""
        self.world.clock.advance(
            days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
        )
        self.server.actions.end_timeouts()
