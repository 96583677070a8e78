"""The daily reward and the server's goal of the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord.ext import commands

from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.earning.wording import fraction_text, multiplier_name
from cogs.role_problems import names_of_roles
from cogs.ui.achievement_names import NAMED_AT_ONCE, AchievementNames
from cogs.ui.bars import progress_bar
from cogs.ui.commands import member_command
from cogs.ui.descriptions import describe_commands
from cogs.ui.embeds import add_field, new_embed
from cogs.ui.events import event_at, event_id, guild_of, place_of
from cogs.ui.people import about, human_members
from cogs.ui.replies import patience, reply
from cogs.ui.times import until
from leveling_core.daily import DailyAnswer
from leveling_core.facts import DailyClaimRequested
from leveling_core.goals import GoalState
from leveling_core.multipliers import combined_factor
from leveling_core.periods import midnight_of
from leveling_core.rewards import rewards_between

__all__ = ["DailyCog"]


class DailyCog(LaurelCog):
    """Takes daily claims and shows the goal that they serve."""

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        describe_commands(self, self.texts)
        self._names = AchievementNames(self.texts, self.leveling.catalogue)

    @member_command()
    async def daily(self, ctx: commands.Context[Any]) -> None:
        """Claim the daily reward for whoever gives the command."""
        guild = guild_of(ctx)
        channel_id, thread_id = place_of(ctx.channel)
        async with patience(ctx.interaction):
            role_ids = await self.laurel.earning.roles_of(guild.id, ctx.author)
            fact = DailyClaimRequested(
                guild.id, ctx.author.id, channel_id, event_id(ctx), human_members(guild), thread_id, role_ids
            )
            answer = await self.leveling.claim_daily(fact)
            earned = await self._earned(guild, answer)
        embed = self._claimed(guild, answer, fact.at, earned)
        if isinstance(ctx.author, discord.Member):
            about(embed, self.texts, ctx.author)
        await reply(ctx, embed)

    @member_command()
    async def goal(self, ctx: commands.Context[Any]) -> None:
        """Show how far the server is with its goal of the day."""
        guild, at = guild_of(ctx), event_at(ctx)
        async with patience(ctx.interaction):
            state = await self.leveling.get_goal(guild.id, at, human_members(guild))
            rules = await self.leveling.get_rules(guild.id)
        embed = new_embed(
            title=self.texts("goal-title"), description=self._goal(state), footer=self.texts("ui-footer")
        )
        ends_at = midnight_of(state.day_on + 1, rules.zone)
        add_field(embed, self.texts("goal-ends-title"), until(self.texts, ends_at, at))
        await reply(ctx, embed)

    async def _earned(self, guild: discord.Guild, answer: DailyAnswer) -> list[str]:
        """Return the names of the roles that the levels reached by a claim have earned."""
        progress = answer.progress
        if progress.level_to <= progress.level_from:
            return []
        rules = await self.leveling.get_rules(guild.id)
        role_ids = rewards_between(rules.rules.rewards, progress.level_from, progress.level_to)
        return list(names_of_roles(guild, role_ids).values())

    def _claimed(
        self, guild: discord.Guild, answer: DailyAnswer, at: int, earned: Sequence[str]
    ) -> discord.Embed:
        texts = self.texts
        embed = new_embed(
            title=texts("daily-title", xp=answer.xp),
            description=self._news(answer, earned),
            footer=texts("ui-footer"),
        )
        add_field(embed, texts("daily-why-title"), self._why(answer, guild))
        streak = texts("daily-streak", days=answer.streak, longest=answer.longest_streak)
        add_field(embed, texts("daily-streak-title"), streak, inline=True)
        ready = answer.next_claim_at <= at
        following = texts("daily-next-ready") if ready else until(texts, answer.next_claim_at, at)
        add_field(embed, texts("daily-next-title"), following, inline=True)
        if answer.recovered:
            goal = answer.goal
            bar = progress_bar(goal.claimers, goal.target)
            yesterday = texts("goal-yesterday", bar=bar, claimers=goal.claimers, target=goal.target)
            add_field(embed, texts("goal-yesterday-title"), yesterday)
        else:
            add_field(embed, texts("goal-title"), self._goal(answer.goal))
        return embed

    def _news(self, answer: DailyAnswer, earned: Sequence[str]) -> str:
        """Return what came with a claim: a streak saved or lost, a level, roles, achievements."""
        texts, progress = self.texts, answer.progress
        news = []
        if answer.recovered:
            news.append(texts("daily-recovered"))
        elif answer.lost_streak:
            news.append(texts("daily-lost", days=answer.lost_streak))
        if progress.level_to > progress.level_from:
            news.append(texts("daily-level", level=progress.level_to))
        news += [texts("daily-role", role=role) for role in earned]
        news += [self._unlocked(achievement_id) for achievement_id in progress.unlocked[:NAMED_AT_ONCE]]
        others = len(progress.unlocked) - NAMED_AT_ONCE
        if others > 0:
            news.append(texts("daily-unlocked-others", number=others))
        return "\n".join(news)

    def _unlocked(self, achievement_id: str) -> str:
        names = self._names
        return self.texts(
            "daily-unlocked",
            emoji=names.emoji(achievement_id),
            name=names.name(achievement_id),
            xp=names.xp(achievement_id),
        )

    def _why(self, answer: DailyAnswer, guild: discord.Guild) -> str:
        texts = self.texts
        why = [texts("daily-part", part=part.name, xp=part.xp) for part in answer.parts]
        why += [
            texts(
                "daily-multiplier",
                multiplier=multiplier_name(texts, multiplier.name, guild),
                factor=fraction_text(multiplier.numerator, multiplier.denominator),
            )
            for multiplier in answer.multipliers
        ]
        if answer.combine != "multiply" and len(answer.multipliers) > 1:
            factor = fraction_text(*combined_factor(answer.multipliers, answer.combine))
            why.append(texts("daily-multipliers", mode=answer.combine, factor=factor))
        if answer.goal_bonus_xp:
            why.append(texts("daily-goal-bonus", xp=answer.goal_bonus_xp))
        return "\n".join(why)

    def _goal(self, goal: GoalState) -> str:
        return self.texts(
            "goal-reached" if goal.reached else "goal-open",
            bar=progress_bar(goal.claimers, goal.target),
            claimers=goal.claimers,
            target=goal.target,
            missing=max(0, goal.target - goal.claimers),
            xp=goal.bonus_xp,
        )
