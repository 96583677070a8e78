"""Laurel as a package of cogs, for its own bot and for anybody else's (see docs/embedding.md)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from discord.ext import commands

from cogs.achievements import AchievementsCog
from cogs.activity import ActivityCog
from cogs.adding import add_cog, refuse_clash, remove_cog
from cogs.announcements import AnnouncementsCog
from cogs.audit import AuditCog
from cogs.backups import BackupsCog
from cogs.base import LaurelCog
from cogs.boosters import BoostersCog
from cogs.config import ConfigCog
from cogs.context import LaurelContext, draw_dice, wall_clock
from cogs.daily import DailyCog
from cogs.earning import EventsCog, MultipliersCog, ScopeCog
from cogs.earning_book import EarningBook
from cogs.help import HelpCog
from cogs.leaderboard import LeaderboardCog
from cogs.live_boards import BoardCog
from cogs.members import MembersCog
from cogs.pictures.card import CardCog
from cogs.pictures.cards import CardsCog
from cogs.pictures.service import Pictures
from cogs.prefixes import PrefixBook
from cogs.profile import ProfileCog
from cogs.recent_refusals import RecentRefusals
from cogs.retention import RetentionCog
from cogs.rewards import RewardsCog
from cogs.schedule import Schedule
from cogs.statistics import StatisticsCog
from cogs.why import WhyCog
from cogs.xp import XpCog
from data import Texts, load_backgrounds, load_catalogue, load_texts
from leveling_core.achievements import Catalogue
from leveling_core.administration import Administration
from leveling_core.boards import Boards
from leveling_core.cards import Cards
from leveling_core.earning_settings import EarningSettings
from leveling_core.explaining import Explanations
from leveling_core.live_boards import LiveBoards
from leveling_core.rewarding import RoleRewards
from leveling_core.service import Leveling
from leveling_core.statistics import Statistics
from leveling_core.store import LevelingStore
from leveling_core.subscribers import GoalBonusSubscriber, RankSubscriber
from pictures import Studio, list_themes
from storage import Backups, Feed

__all__ = ["COGS", "Laurel", "PrefixBook", "install", "wall_clock"]

log = logging.getLogger(__name__)

COGS: tuple[type[LaurelCog], ...] = (
    ActivityCog,
    MembersCog,
    BoostersCog,
    CardCog,
    CardsCog,
    ProfileCog,
    StatisticsCog,
    LeaderboardCog,
    BoardCog,
    DailyCog,
    AchievementsCog,
    WhyCog,
    AnnouncementsCog,
    ConfigCog,
    ScopeCog,
    MultipliersCog,
    EventsCog,
    RewardsCog,
    XpCog,
    AuditCog,
    HelpCog,
    RetentionCog,
    BackupsCog,
)
"""All cogs, in the order in which they are added; the last is removed first."""


class Laurel:
    """Laurel as it was installed into a bot.

    Attributes:
        bot: The bot.
        context: What the cogs work with.
    """

    def __init__(self, bot: commands.Bot, context: LaurelContext) -> None:
        self.bot = bot
        self.context = context
        self._cogs: list[LaurelCog] = []
        self._open = False

    async def open(self) -> None:
        """Add the cogs, then begin to follow the ledger and the calendar.

        Raises:
            discord.ClientException: The bot has cogs of our names; nothing was done.
        """
        refuse_clash(self.bot, COGS)
        self._open = True
        context, prefix = self.context, self.bot.command_prefix
        if isinstance(prefix, PrefixBook):
            prefix.follow(context.leveling)
            self.bot.add_listener(self._load_prefixes, "on_connect")
            self.bot.add_listener(self._load_prefixes, "on_guild_join")
            await self._load_prefixes()
        context.earning.follow()
        context.feed.subscribe(GoalBonusSubscriber(context.leveling))
        context.feed.subscribe(RankSubscriber(context.leveling))
        for cog_class in COGS:
            cog = cog_class(self.bot, context)
            await add_cog(self.bot, cog)
            self._cogs.append(cog)
        await context.feed.start()
        context.schedule.start()

    @property
    def on_their_way(self) -> int:
        """How many messages and commands were taken and are not on disk yet."""
        return sum(cog.on_their_way for cog in self._cogs if isinstance(cog, ActivityCog))

    async def close(self) -> None:
        """Undo everything: nothing of Laurel is left in the bot. The store stays open; it is its giver's."""
        if not self._open:
            return
        self._open = False
        self.context.schedule.stop()
        while self._cogs:
            await remove_cog(self.bot, self._cogs.pop())
        await self.context.feed.stop()
        await self.context.pictures.close()
        self.context.earning.unfollow()
        prefix = self.bot.command_prefix
        if isinstance(prefix, PrefixBook):
            prefix.unfollow()
            self.bot.remove_listener(self._load_prefixes, "on_connect")
            self.bot.remove_listener(self._load_prefixes, "on_guild_join")

    async def _load_prefixes(self, *_: object) -> None:
        prefix = self.bot.command_prefix
        if isinstance(prefix, PrefixBook):
            await prefix.load(self.context.leveling, [guild.id for guild in self.bot.guilds])


async def install(  # noqa: PLR0913 -- each is an option that stands for itself
    bot: commands.Bot,
    store: LevelingStore,
    *,
    texts: Texts | None = None,
    catalogue: Catalogue | None = None,
    clock: Callable[[], int] = wall_clock,
    dice: Callable[[], int] = draw_dice,
    default_prefix: str = "!",
    backups: Backups | None = None,
    pictures: bool = True,
) -> Laurel:
    """Install Laurel into a bot, on the running event loop: best in the bot's ``setup_hook``.

    Names of commands, aliases and slash commands that the bot has already are skipped and logged.

    Args:
        bot: The bot. It needs the intents guilds, members, guild messages and message content.
        store: Where progress is kept. Laurel never closes it.
        texts: What people read; by default the bundled English.
        catalogue: The achievements; by default the bundled ones.
        clock: Now, in ms UTC.
        dice: Draws the dice of a fact.
        default_prefix: What texts show as the prefix where a guild has set none.
        backups: Backups of the store, which are made when they are due; those who run the bot are told by
            direct message when they fail. None: nobody makes any here.
        pictures: Whether profiles, boards and charts are drawn, by a process of their own that starts with
            the first of them; else there is text everywhere.

    Returns:
        What was installed; its ``close`` undoes it.

    Raises:
        ContentError: The bundled content is broken.
        StoreError: The store does not work.
        discord.ClientException: The bot has cogs of Laurel's names, such as those of a Laurel that was
            installed before; nothing was changed.
    """
    known = catalogue or load_catalogue()
    leveling = Leveling(store, known)
    context = LaurelContext(
        leveling=leveling,
        administration=Administration(store, known),
        boards=Boards(store),
        statistics=Statistics(leveling),
        rewards=RoleRewards(store),
        feed=Feed(store, clock),
        texts=texts or load_texts(),
        schedule=Schedule(clock),
        earning_settings=EarningSettings(store),
        earning=EarningBook(leveling),
        explanations=Explanations(store),
        refusals=RecentRefusals(clock()),
        pictures=Pictures(
            leveling, Cards(store), list_themes(), load_backgrounds(), clock, Studio() if pictures else None
        ),
        live_boards=LiveBoards(store),
        clock=clock,
        dice=dice,
        default_prefix=default_prefix,
        backups=backups,
    )
    laurel = Laurel(bot, context)
    try:
        await laurel.open()
    except BaseException:
        await laurel.close()
        raise
    return laurel
