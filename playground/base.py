"""What all parts of the test kit share: the server, the world, and how names are understood."""

from __future__ import annotations

from playground.errors import PlaygroundError
from playground.faults import Faults
from playground.model import Channel, ChannelType, Guild, Member, Role
from playground.server import DiscordServer
from playground.world import World

Who = Member | str
"""A member, or the user name or nick of one in the first guild."""

Where = Channel | str | None
"""A channel, a channel's name (a leading # is fine), or None for the guild's first text channel."""


class KitBase:
    """Hold a server and find things in its world."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.server = DiscordServer(self.world)

    @property
    def faults(self) -> Faults:
        """Where faults are arranged."""
        return self.server.faults

    @property
    def guild(self) -> Guild:
        """The first guild."""
        return self.world.guild

    @property
    def general(self) -> Channel:
        """The first guild's first channel."""
        return self.world.general

    @property
    def bot_member(self) -> Member:
        """The bot as a member of the first guild."""
        return self.guild.members[self.world.bot.id]

    @property
    def unknown_routes(self) -> list[str]:
        """What the bot asked for and this Discord does not have: "METHOD path", in order."""
        return self.server.unknown_routes

    def member(self, who: Who, guild: Guild | None = None) -> Member:
        """Return a member.

        Raises:
            PlaygroundError: Nobody in the guild has that name.
        """
        if isinstance(who, Member):
            return who
        member = self.world.find_member(who, guild)
        if member is None:
            place = guild or self.guild
            known = ", ".join(sorted(other.name for other in place.members.values()))
            raise PlaygroundError(f"nobody named {who!r} in {place.name}; members: {known}")
        return member

    def channel(self, where: Where, guild: Guild | None = None) -> Channel:
        """Return a channel; None means the first text channel of the guild (the first guild's unless told).

        Raises:
            PlaygroundError: There is no such channel.
        """
        if isinstance(where, Channel):
            return where
        place = guild or self.guild
        if where is None:
            first = (channel for channel in place.channels.values() if channel.type is ChannelType.TEXT)
            channel = next(first, None)
        else:
            wanted = where.removeprefix("#")
            candidates = [*place.channels.values(), *place.threads.values()]
            channel = next((item for item in candidates if item.name == wanted), None)
        if channel is None:
            raise PlaygroundError(f"there is no channel {where!r} in {place.name}")
        return channel

    def role(self, role: Role | str, guild: Guild | None = None) -> Role:
        """Return a role.

        Raises:
            PlaygroundError: There is no such role.
        """
        if isinstance(role, Role):
            return role
        place = guild or self.guild
        found = self.world.find_role(role, place)
        if found is None:
            known = ", ".join(item.name for item in place.roles.values() if item is not place.everyone)
            raise PlaygroundError(f"there is no role {role!r} in {place.name}; roles: {known}")
        return found

    def dm(self, who: Who) -> Channel:
        """Return the direct messages between somebody and the bot."""
        return self.world.dm_channel(self.member(who).user)
