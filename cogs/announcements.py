"""Announcements: new levels, achievements and reached goals, told where the guild wants them.

A follower of the ledger. What it sends is committed before it is sent, so a crash in between loses nothing;
a channel that refuses is noted and told once, and never disturbs what members earn.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

import discord
from discord.ext import commands

from cogs.announcement_channels import GONE, send_to_channel
from cogs.announcement_texts import AnnouncementWriter
from cogs.announcement_troubles import TroubleTeller
from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.known_guilds import KnownGuilds
from cogs.pictures.announcement_cards import AnnouncementCards
from cogs.role_problems import names_of_roles
from cogs.ui.names import escaped, shown_name
from cogs.ui.people import fetch_member
from leveling_core.announcing import (
    ANNOUNCED_KINDS,
    CANCELLING_KINDS,
    MemberNotice,
    Post,
    changed_targets,
    decide_delivered,
    decide_sending,
    decide_targets_changed,
    plan_posts,
    split_interrupted,
)
from leveling_core.documents import AnnouncementsRecord, Delivery
from leveling_core.ids import announcements_key, rules_key
from leveling_core.outcomes import LedgerLine

__all__ = ["AnnouncementsCog", "Announcer"]


class Announcer:
    """The follower of the ledger that announces.

    Args:
        bot: Whom Discord knows.
        laurel: What cogs work with.

    Attributes:
        guilds: The guilds that Discord has told of.
    """

    name = "announcements"
    kinds = ANNOUNCED_KINDS | CANCELLING_KINDS | {"rules_changed"}

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        self._store = laurel.leveling.store
        self._leveling = laurel.leveling
        self._clock = laurel.clock
        self._cards = AnnouncementCards(laurel)
        self._writer = AnnouncementWriter(laurel.texts, laurel.leveling.catalogue)
        self._teller = TroubleTeller(bot, laurel)
        self.guilds = KnownGuilds(bot)

    async def deliver(self, guild_id: int, lines: Sequence[LedgerLine]) -> None:
        """Announce lines of one guild; what a crash interrupted first, under the nonces of before.

        Raises:
            discord.HTTPException: Discord failed; the feed tries again.
            OSError: Discord could not be reached; the feed tries again.
        """
        guild = await self.guilds.find(guild_id)
        if guild is None:
            return
        if changed_targets(lines):
            keys = (announcements_key(guild_id), rules_key(guild_id))
            await self._store.commit(keys, partial(decide_targets_changed, guild_id=guild_id))
        record = await self._read(guild_id)
        interrupted, fresh = split_interrupted(record, lines)
        if interrupted:
            await self._announce(guild, interrupted, record.sending)
        if fresh:
            await self._announce(guild, fresh, {})

    async def _read(self, guild_id: int) -> AnnouncementsRecord:
        return cast(AnnouncementsRecord, await self._store.read(announcements_key(guild_id)))

    async def _announce(
        self, guild: discord.Guild, lines: Sequence[LedgerLine], begun: dict[str, Delivery]
    ) -> None:
        ruleset = await self._leveling.get_rules(guild.id)
        posts = plan_posts(lines, ruleset.rules.announcements, self._clock(), ruleset.rules.rewards)
        posts = [post for post in posts if str(post.channel_id) in begun] or posts
        if not all(str(post.channel_id) in begun for post in posts):
            begun = await self._begin(guild.id, lines, posts)
        for post in posts:
            await self._post(guild, post, begun[str(post.channel_id)], lines[-1].seq)

    async def _begin(
        self, guild_id: int, lines: Sequence[LedgerLine], posts: Sequence[Post]
    ) -> dict[str, Delivery]:
        decide = partial(
            decide_sending,
            guild_id=guild_id,
            channel_ids=[post.channel_id for post in posts],
            first_seq=lines[0].seq,
            last_seq=lines[-1].seq,
            at=self._clock(),
        )
        await self._store.commit((announcements_key(guild_id),), decide)
        return (await self._read(guild_id)).sending

    async def _post(self, guild: discord.Guild, post: Post, delivery: Delivery, last_seq: int) -> None:
        if await self._is_known_as_gone(guild, post.channel_id):
            problem = GONE
        else:
            problem = await self._send(guild, post, delivery.nonce)
        trouble = await self._teller.note(guild, post, problem) if problem else None
        decide = partial(
            decide_delivered,
            guild_id=guild.id,
            channel_id=post.channel_id,
            last_seq=last_seq,
            trouble=trouble,
        )
        # It is said: while the store is unavailable, this waits, or it would be said again.
        await self._store.commit((announcements_key(guild.id),), decide, patient=True)

    async def _is_known_as_gone(self, guild: discord.Guild, channel_id: int) -> bool:
        """Tell whether a channel was found gone before: its id never comes back, so nobody asks again."""
        known = (await self._read(guild.id)).troubles.get(str(channel_id))
        gone = known is not None and known.problem == GONE
        return gone and guild.get_channel_or_thread(channel_id) is None

    async def _send(self, guild: discord.Guild, post: Post, nonce: str) -> str:
        ping = (await self._leveling.get_rules(guild.id)).rules.announcements.ping
        members = await self._list_members(guild, post)
        names = {member.id: self._name(member, ping=ping) for member in members}
        return await send_to_channel(
            guild,
            post.channel_id,
            self._writer.write(post.notices, names, _name_roles(guild, post)),
            nonce=nonce,
            mentions=_mentions(members if ping else []),
            draw=partial(self._cards.draw, guild, post.notices, {member.id: member for member in members}),
        )

    async def _list_members(self, guild: discord.Guild, post: Post) -> list[discord.Member]:
        """Return the members that a post tells of; those who have left meanwhile are passed over."""
        members = []
        for notice in post.notices:
            if isinstance(notice, MemberNotice):
                member = guild.get_member(notice.user_id) or await fetch_member(guild, notice.user_id)
                if member is not None:
                    members.append(member)
        return members

    @staticmethod
    def _name(member: discord.Member, *, ping: bool) -> str:
        return member.mention if ping else shown_name(member.display_name, otherwise=escaped(member.name))


def _name_roles(guild: discord.Guild, post: Post) -> dict[int, str]:
    notices = (notice for notice in post.notices if isinstance(notice, MemberNotice))
    return names_of_roles(guild, {role_id for notice in notices for role_id in notice.role_ids})


def _mentions(pinged: Sequence[discord.Member]) -> discord.AllowedMentions:
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=list(pinged))


class AnnouncementsCog(LaurelCog):
    """Announces what the ledger tells of. It has no commands: ``config announce`` says where.

    Attributes:
        announcer: The follower of the ledger.
    """

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        self.announcer = Announcer(bot, laurel)

    async def cog_load(self) -> None:
        """Follow the ledger."""
        self.laurel.feed.subscribe(self.announcer, skips_restored=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Let announcements begin that had to wait for the connection."""
        self.announcer.guilds.note_connected()

    @commands.Cog.listener()
    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """Let announcements of a guild go on after an outage."""
        self.announcer.guilds.note_news()

    @commands.Cog.listener()
    async def on_guild_remove(self, _guild: discord.Guild) -> None:
        """Wait no longer for a guild that is left."""
        self.announcer.guilds.note_news()
