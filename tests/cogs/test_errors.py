"""Every error becomes one kind line; what nobody foresaw is logged under an id, and the id is shown."""

from __future__ import annotations

import inspect
import re
from typing import Any, Literal

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from cogs.base import LaurelCog
from cogs.errors import UserFacingError, describe_error, quoted
from data import load_texts
from leveling_core.curves import CurveError, LevelRangeError
from leveling_core.errors import (
    AlreadyClaimedError,
    AmountError,
    BatchUndoneError,
    EarnsNothingError,
    FactorError,
    InvalidRuleError,
    LevelingOffError,
    NoSuchAssetError,
    NoSuchRewardError,
    NoSuchRuleError,
    NothingToUndoError,
    ReasonTooLongError,
    RewardExistsError,
    RewardLevelError,
    RuleConflictError,
    RuleError,
    RuleMovedError,
    RuleUnusableError,
    SetSinceError,
    StoreError,
    StoreUnavailableError,
    SyncRunningError,
    TooManyAssetsError,
    TooManyEntriesError,
    TooManyRewardsError,
    UnknownMemberError,
    UnknownRuleError,
)
from leveling_core.event_errors import (
    EventExistsError,
    EventLengthError,
    EventNameError,
    EventTimeError,
    NoSuchEventError,
    SeveralEventsError,
    TooManyEventsError,
)
from tests.cogs.server import Server
from tests.repo.test_texts import list_refusals

TEXTS = load_texts()

PARAMETER = commands.Parameter("who", inspect.Parameter.POSITIONAL_OR_KEYWORD)
COOLDOWN = commands.Cooldown(1, 60)

REFUSALS: list[RuleError] = [
    RuleError(),
    AlreadyClaimedError(next_claim_at=1_700_000_000_000, seconds_left=60, streak=3),
    LevelingOffError(),
    EarnsNothingError(refusal="no_xp_role", rule="scope.no_xp_roles", id_=5),
    EventExistsError(event="Weekend"),
    EventLengthError(days=30),
    EventNameError(event="@", limit=50),
    EventTimeError(from_at=1_700_000_000_000, days=366),
    FactorError(value="lots", lowest="0.05", highest=100),
    NoSuchEventError(event="Weekend", names="none"),
    NoSuchEventError(event="Weekend", names="Party"),
    SeveralEventsError(names="Party, Weekend"),
    TooManyEntriesError(rule="scope.no_xp_roles", limit=100),
    TooManyEventsError(limit=10),
    UnknownRuleError(rule="cooldown", nearest="earning.cooldown_seconds"),
    NoSuchRuleError(rule="banana"),
    InvalidRuleError(rule="boost.multiplier", value="x", expected="a number"),
    RuleConflictError(rule="curve.kind", value="table", problem="it is empty"),
    RuleMovedError(rule="boost.multiplier", value="2"),
    CurveError(curve="table", problem="it is empty", expected="numbers", level=1),
    LevelRangeError(level=0, first_level=1, last_level=9),
    AmountError(value="lots", least=1, most=1_000_000_000),
    BatchUndoneError(),
    NoSuchAssetError(kind="theme", name="neon"),
    NothingToUndoError(),
    ReasonTooLongError(length=201, most=200),
    SetSinceError(mode="reset", actor_id=5, set_at=1_700_000_000_000),
    TooManyAssetsError(kind="background", limit=10),
    UnknownMemberError(),
    NoSuchRewardError(reward="<@&5>"),
    RewardExistsError(role="<@&5>", level=5, mode="stack"),
    RewardLevelError(level=1, lowest=2, highest=1000),
    RuleUnusableError(rule="rewards.roles"),
    SyncRunningError(done=1, members=10, begun_at=1_700_000_000_000),
    TooManyRewardsError(limit=50),
]

OTHERS: list[tuple[Exception, str]] = [
    (commands.MissingRequiredArgument(PARAMETER), "`who`"),
    (commands.MissingRequiredAttachment(PARAMETER), "attach it"),
    (commands.MemberNotFound("bo`b"), "`bo'b`"),
    (commands.UserNotFound("bob"), "`bob`"),
    (commands.ChannelNotFound("news"), "`news`"),
    (commands.ChannelNotFound("<#123>"), "find or read the channel <#123>."),
    (commands.RoleNotFound("star"), "`star`"),
    (commands.RangeError(0, 1, 10), "from 1 to 10"),
    (commands.RangeError(0, 1, None), "1 or more"),
    (commands.RangeError(99, None, 10), "10 or less"),
    (commands.BadBoolArgument("maybe"), "`on` or `off`"),
    (commands.BadLiteralArgument(PARAMETER, ("a", "b"), [], "c"), "say one of a, b"),
    (
        commands.BadLiteralArgument(PARAMETER, ("a", "b"), [], "#news"),
        "cannot find or read a channel `#news`",
    ),
    (commands.UnexpectedQuoteError('"'), "quotation marks"),
    (commands.TooManyArguments(), "more than this command takes"),
    (commands.BadArgument("whatever"), "did not understand"),
    (commands.CommandOnCooldown(COOLDOWN, 4.2, commands.BucketType.user), "5 seconds"),
    (commands.CommandOnCooldown(COOLDOWN, 0.2, commands.BucketType.user), "1 second."),
    (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 60), 4.2), "5 seconds"),
    (commands.MaxConcurrencyReached(1, commands.BucketType.user), "still busy"),
    (commands.NoPrivateMessage(), "in a server only"),
    (app_commands.NoPrivateMessage(), "in a server only"),
    (commands.MissingPermissions(["manage_guild"]), "Manage Server"),
    (app_commands.MissingPermissions(["manage_guild", "send_messages"]), "Manage Server, Send Messages"),
    (commands.BotMissingPermissions(["embed_links"]), "I need the permission Embed Links"),
    (app_commands.BotMissingPermissions(["embed_links"]), "I need the permission Embed Links"),
    (commands.DisabledCommand(), "switched off"),
    (commands.CheckFailure(), "may not use"),
    (app_commands.CheckFailure(), "may not use"),
    (app_commands.CommandNotFound("gone", []), "Restart your Discord app"),
    (
        StoreError(path="laurel.db", cause="the database is damaged", cure="Restore it."),
        "nothing was changed",
    ),
    (
        StoreUnavailableError(path="laurel.db", cause="the disk is full", cure="Make room"),
        "Messages are kept and count as soon as it is back",
    ),
    (UserFacingError("error-member-not-found", argument="bob"), "`bob`"),
]


def told(error: BaseException) -> str:
    """Return what a person reads of an error."""
    answer = describe_error(error)
    assert answer is not None
    name, fields = answer
    return TEXTS(name, **fields)


def test_every_refusal_is_tried_here() -> None:
    """No kind of refusal is left out of the list above."""
    assert {type(error) for error in REFUSALS} == set(list_refusals())


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_a_refusal_becomes_its_text(error: RuleError) -> None:
    """Each has a text of its own whose fields it gives, raised as it is or wrapped by discord.py."""
    assert told(error)
    assert told(commands.CommandInvokeError(error)) == told(error)


def test_instants_are_shown_in_the_readers_own_time() -> None:
    """An instant of a refusal becomes one of Discord's timestamps."""
    assert "<t:1700000000:R>" in told(REFUSALS[1])


@pytest.mark.parametrize(("error", "part"), OTHERS, ids=lambda value: type(value).__name__)
def test_what_people_do_wrong_is_answered(error: Exception, part: str) -> None:
    """Each error of discord.py's becomes a line that says what is wrong or what would be right."""
    assert part in told(error)


def test_what_is_below_the_wrappers_counts() -> None:
    """However deep discord.py buries it, the error itself is answered."""
    command: Any = None
    buried = commands.HybridCommandError(
        app_commands.CommandInvokeError(command or _slash(), LevelingOffError())
    )
    assert "switched off" in told(buried)
    assert "switched off" in told(commands.ConversionError(commands.MemberConverter(), LevelingOffError()))


def _slash() -> app_commands.Command[Any, ..., Any]:
    async def callback(interaction: discord.Interaction) -> None:
        """Do nothing."""

    return app_commands.Command(name="slash", description="A command.", callback=callback)


def test_a_fault_of_ours_has_no_text_of_its_own() -> None:
    """What nobody foresaw is not dressed up as somebody's mistake."""
    assert describe_error(commands.CommandInvokeError(ZeroDivisionError())) is None


def test_what_was_typed_is_shown_harmlessly() -> None:
    """One line, no backticks, bounded."""
    assert quoted("a`b\n c") == "a'b c"
    assert quoted("\u200b\u2060") == "U+200B U+2060"
    assert len(quoted("x" * 5000)) == 100


class TroubledCog(LaurelCog):
    """Commands that fail in every way."""

    @commands.command()
    async def fails(
        self, _ctx: commands.Context[Any], how: Literal["fault", "storage", "outage", "forbidden"]
    ) -> None:
        """Fail."""
        raise {
            "fault": ZeroDivisionError("secret detail"),
            "storage": StoreError(path="laurel.db", cause="the disk is full", cure="Make room."),
            "outage": StoreUnavailableError(path="laurel.db", cause="the disk is full", cure="Make room."),
            "forbidden": UserFacingError("error-forbidden"),
        }[how]

    @app_commands.command()
    async def slashfails(self, interaction: discord.Interaction, late: bool) -> None:
        """Fail, before or after an answer."""
        if late:
            await interaction.response.defer()
        raise LevelingOffError


async def troubled(server: Server) -> None:
    """Connect a bot with the failing commands."""
    bot = server.make_bot()
    original = bot.setup_hook

    async def setup_hook() -> None:
        await original()
        assert bot.laurel is not None
        await bot.add_cog(TroubledCog(bot, bot.laurel.context))
        await bot.tree.sync()

    bot.setup_hook = setup_hook  # type: ignore[method-assign]  # one more cog than the bot brings
    await server.pg.connect(bot)
    await server.pg.idle()


async def test_a_fault_shows_the_id_under_which_it_is_logged(server: Server) -> None:
    """The person gets an id and no detail; the log has the id and the traceback."""
    ann = server.person("ann")
    await troubled(server)
    reply = await server.ask(ann, "!fails fault")
    match = re.search(r"`([0-9a-f]{8})`", reply.text)
    assert match is not None
    assert "secret detail" not in reply.text
    [logged] = server.faults.texts
    assert match[1] in logged
    assert "ZeroDivisionError: secret detail" in logged
    server.faults.texts.clear()


async def test_a_failing_storage_is_told_and_logged_with_its_cure(server: Server) -> None:
    """The person learns that nothing was changed, whoever runs the bot what to do."""
    ann = server.person("ann")
    await troubled(server)
    assert "not available right now" in (await server.ask(ann, "!fails storage")).text
    [logged] = server.faults.texts
    assert "laurel.db: the disk is full. Make room." in logged
    server.faults.texts.clear()


async def test_an_outage_is_told_and_is_no_error_in_the_log(server: Server) -> None:
    """Whoever asks learns what still happens; the outage itself is in the log already."""
    ann = server.person("ann")
    await troubled(server)
    assert "Messages are kept" in (await server.ask(ann, "!fails outage")).text
    assert server.faults.texts == []


async def test_a_wrong_argument_is_answered_in_the_channel(server: Server) -> None:
    """A nonsense argument gets the choices, a missing one its name; an unknown command is left alone."""
    ann = server.person("ann")
    await troubled(server)
    assert "fault, storage, outage, forbidden" in (await server.ask(ann, "!fails sideways")).text
    assert "`how`" in (await server.ask(ann, "!fails")).text
    assert await server.pg.ask(ann, "!unheardof") == []


@pytest.mark.parametrize("late", [False, True])
async def test_errors_of_slash_commands_are_seen_by_one_person(server: Server, late: bool) -> None:
    """The answer is for whoever asked alone; where an answer was begun already, it is that answer."""
    ann = server.person("ann")
    await troubled(server)
    result = await server.pg.slash(ann, "slashfails", late=late)
    assert "switched off" in result.text
    assert late or result.ephemeral  # who is to see a deferred answer was said when it was deferred


async def test_a_command_in_direct_messages_is_told_where_it_works(server: Server) -> None:
    """Direct messages get the kind line, too."""
    ann = server.person("ann")
    await server.connect()
    [reply] = await server.pg.ask(ann, "!profile", server.pg.dm(ann))
    assert "in a server only" in reply.text


async def test_a_slash_command_that_is_gone_is_answered(server: Server) -> None:
    """Discord may still show a command that the bot has no more: it says so instead of staying silent."""
    ann = server.person("ann")
    await server.connect()
    server.bot.tree.remove_command("profile")
    result = await server.pg.slash(ann, "profile")
    assert "Restart your Discord app" in result.text


async def test_a_channel_that_refuses_the_answer_is_logged_not_raised(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the bot may not write, an error's answer is a line in the log."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.deny("general", "send_messages")
    await server.pg.idle()
    assert await server.pg.ask(ann, "!profile nobody") == []
    assert "could not be sent" in caplog.text
