"""A member's profile."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from cogs.base import LaurelCog, UserFacingError
from cogs.context import LaurelContext
from cogs.pictures import picture_for, reply_with_picture
from cogs.pictures.rank_card import PROFILE, describe_rank_card, rank_card
from cogs.rank_watch import note_rank_seen
from cogs.ui.bars import progress_bar
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import add_field, new_embed
from cogs.ui.events import event_at, guild_of
from cogs.ui.people import MEMBER_OR_AUTHOR, about, find_member, refuse_bot
from cogs.ui.replies import patience
from cogs.ui.times import until
from leveling_core.ids import MemberKey, instant_of
from leveling_core.profiles import MemberProfile
from pictures import Look, RankCard

__all__ = ["ProfileCog"]


class ProfileCog(LaurelCog):
    """Shows a member's profile."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        laurel.pictures.twins[PROFILE] = self._profile_as_text

    @member_command("rank", "level", also=["xp"], costly=True)
    async def profile(self, ctx: commands.Context[Any], *, member: discord.Member = MEMBER_OR_AUTHOR) -> None:
        """Show a member's profile; then note the rank that was seen, which may be worth an achievement."""
        refuse_bot(self.texts, member)
        key, at = MemberKey(guild_of(ctx).id, member.id), event_at(ctx)
        async with patience(ctx.interaction):
            profile = await self.leveling.get_profile(key, at)
            file = await self._card(ctx, profile, member)
        twin = about(self._profile(profile, at), self.texts, member)
        await reply_with_picture(self, ctx, file, twin, as_text=(PROFILE, str(member.id)))
        await note_rank_seen(self, ctx, key)

    async def _card(
        self, ctx: commands.Context[Any], profile: MemberProfile, member: discord.Member
    ) -> discord.File | None:
        async def make(look: Look) -> RankCard:
            avatar = await self.laurel.pictures.avatars.get(member)
            return rank_card(self.texts, self.leveling.catalogue, profile, member, look=look, avatar=avatar)

        alt = describe_rank_card(self.texts, profile, member)
        return await picture_for(self, ctx, make, name=PROFILE, alt=alt, subject=member)

    async def _profile_as_text(
        self, interaction: discord.Interaction, guild: discord.Guild, argument: str
    ) -> discord.Embed:
        """Return the profile as it is now; the picture shows it as it was."""
        member = await find_member(guild, int(argument))
        if member is None:
            raise UserFacingError("error-member-not-found", argument=argument)
        at = instant_of(interaction.id)
        profile = await self.leveling.get_profile(MemberKey(guild.id, member.id), at)
        return about(self._profile(profile, at), self.texts, member)

    def _profile(self, profile: MemberProfile, at: int) -> discord.Embed:
        texts, member = self.texts, profile.member
        new = not member.xp and not member.messages and not member.dailies
        embed = new_embed(
            title=texts("profile-title", level=profile.progress.level),
            description=texts("profile-newcomer") if new else "",
            footer=texts("ui-footer"),
        )
        add_field(embed, texts("profile-level-title"), self._level(profile))
        add_field(embed, texts("profile-rank-title"), self._rank(profile), inline=True)
        add_field(embed, texts("profile-xp-title"), texts("profile-xp", xp=member.xp), inline=True)
        unlocked = texts("profile-achievements", unlocked=profile.unlocked, achievements=profile.achievements)
        add_field(embed, texts("profile-achievements-title"), unlocked, inline=True)
        add_field(embed, texts("profile-streak-title"), self._streak(profile, at))
        add_field(embed, texts("profile-activity-title"), self._activity(profile))
        if member.boosting_since:
            boosting = texts("profile-boosting", days=profile.boost_days)
            add_field(embed, texts("profile-boosting-title"), boosting)
        return embed

    def _level(self, profile: MemberProfile) -> str:
        progress = profile.progress
        if progress.next_level_xp is None:
            return self.texts("profile-highest-level", bar=progress_bar(1, 1))
        return self.texts(
            "profile-level",
            bar=progress_bar(progress.xp_into_level, progress.xp_for_next),
            xp=progress.xp_into_level,
            needed=progress.xp_for_next,
            missing=progress.xp_for_next - progress.xp_into_level,
            next=progress.level + 1,
        )

    def _rank(self, profile: MemberProfile) -> str:
        if profile.standing is None:
            return self.texts("profile-rank-none")
        return self.texts("profile-rank", rank=profile.standing.rank, members=profile.ranked_members)

    def _streak(self, profile: MemberProfile, at: int) -> str:
        member = profile.member
        if profile.streak:
            streak = self.texts("profile-streak", days=profile.streak, longest=member.longest_streak)
        elif member.streak:
            streak = self.texts("profile-streak-lost", days=member.streak, longest=member.longest_streak)
        else:
            streak = self.texts("profile-streak-none")
        if profile.next_claim_at <= at:
            return streak + "\n" + self.texts("profile-daily-ready")
        left = until(self.texts, profile.next_claim_at, at)
        return streak + "\n" + self.texts("profile-daily-later", until=left)

    def _activity(self, profile: MemberProfile) -> str:
        member = profile.member
        counted = {
            "messages": member.messages,
            "images": member.images,
            "links": member.links,
            "long": member.long_messages,
            "commands": member.commands,
        }
        return "\n".join(
            self.texts(f"profile-activity-{name}", number=number) for name, number in counted.items()
        )
