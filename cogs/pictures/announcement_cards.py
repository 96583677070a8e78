"""The small cards that go with announcements: of a new level, and of an unlocked achievement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from cogs.context import LaurelContext
from cogs.ui.achievement_names import AchievementNames
from cogs.ui.names import plain_name
from cogs.ui.people import human_members
from cogs.ui.rarity import rarity
from leveling_core.announcing import MemberNotice, Notice
from leveling_core.ids import MemberKey
from leveling_core.picture_rules import PictureRules
from pictures import LevelUpCard, Look, UnlockCard

__all__ = ["AnnouncementCards"]

_HARDEST_FIRST = ("platinum", "gold", "silver", "bronze")


class AnnouncementCards:
    """Draws the card of an announcement; where there can be none, the text says it all.

    Args:
        laurel: What cogs work with.
    """

    def __init__(self, laurel: LaurelContext) -> None:
        self._laurel = laurel
        self._texts = laurel.texts
        self._by_id = laurel.leveling.catalogue.by_id
        self._names = AchievementNames(laurel.texts, laurel.leveling.catalogue)

    async def draw(
        self, guild: discord.Guild, notices: Sequence[Notice], members: Mapping[int, discord.Member]
    ) -> discord.File | None:
        """Return the card that goes with a post; None for none.

        A post has one card at most: of what it tells first and the guild wants a card for.

        Args:
            guild: The guild.
            notices: What the post tells, in order.
            members: Those of its members who are there.
        """
        rules = (await self._laurel.leveling.get_rules(guild.id)).rules.pictures
        for notice in notices:
            if not rules.enabled or not isinstance(notice, MemberNotice) or notice.user_id not in members:
                continue
            if file := await self._draw_one(guild, notice, members[notice.user_id], rules):
                return file
        return None

    async def _draw_one(
        self, guild: discord.Guild, notice: MemberNotice, member: discord.Member, rules: PictureRules
    ) -> discord.File | None:
        name = plain_name(member.display_name, self._texts("ui-nobody"))
        if notice.level is not None and rules.level_up:
            level = notice.level

            async def make_level_up(look: Look) -> LevelUpCard:
                return await self._level_up(member, level, look)

            alt = self._texts("level-up-card-alt", name=name, level=level)
            return await self._laurel.pictures.draw(
                make_level_up,
                guild_id=guild.id,
                name="level_up",
                alt=alt,
                subject=member,
                asker_id=member.id,
            )
        if notice.unlocked and rules.unlock:
            achievement_id = self._hardest([one.achievement_id for one in notice.unlocked])

            async def make_unlock(look: Look) -> UnlockCard:
                return await self._unlock(guild, member, achievement_id, look)

            alt = self._texts("unlock-card-alt", name=name, achievement=self._title(achievement_id))
            return await self._laurel.pictures.draw(
                make_unlock, guild_id=guild.id, name="unlock", alt=alt, subject=member, asker_id=member.id
            )
        return None

    async def _level_up(self, member: discord.Member, level: int, look: Look) -> LevelUpCard:
        profile = await self._laurel.leveling.get_profile(
            MemberKey(member.guild.id, member.id), self._laurel.clock()
        )
        return LevelUpCard(
            look=look,
            name=member.display_name,
            fallback_name=self._texts("ui-nobody"),
            avatar=await self._laurel.pictures.avatars.get(member),
            headline=self._texts("level-up-card-headline"),
            level_label=self._texts("card-level-label"),
            level=self._texts("card-level", level=level),
            detail=self._texts("card-total", xp=profile.member.xp),
        )

    async def _unlock(
        self, guild: discord.Guild, member: discord.Member, achievement_id: str, look: Look
    ) -> UnlockCard:
        definition = self._by_id.get(achievement_id)
        told = definition is not None and not definition.secret
        description = tier = rare = ""
        if definition is not None and told:
            holders = await self._laurel.leveling.store.count_unlocks(guild.id)
            description = definition.description
            tier = self._texts("unlock-card-tier", tier=definition.tier)
            rare = rarity(self._texts, holders.get(achievement_id, 0), human_members(guild))
        return UnlockCard(
            look=look,
            name=member.display_name,
            fallback_name=self._texts("ui-nobody"),
            avatar=await self._laurel.pictures.avatars.get(member),
            headline=self._texts("unlock-card-headline"),
            badge=(self._names.emoji(achievement_id),),
            title=self._title(achievement_id),
            description=description,
            tier=tier,
            rarity=rare,
        )

    def _title(self, achievement_id: str) -> str:
        """Return what an achievement is called, as it is written where nothing is marked up."""
        definition = self._by_id.get(achievement_id)
        if definition is None:
            return achievement_id
        return self._texts("unlock-card-secret") if definition.secret else definition.name

    def _hardest(self, achievement_ids: Sequence[str]) -> str:
        """Return the hardest of several achievements that may be named; of those equally hard the first."""

        def place(achievement_id: str) -> int:
            definition = self._by_id.get(achievement_id)
            if definition is None or definition.secret:
                return len(_HARDEST_FIRST)
            return _HARDEST_FIRST.index(definition.tier)

        return min(achievement_ids, key=place)
