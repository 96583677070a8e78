"""Slash commands, context menus, autocomplete, buttons, menus and modals."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from playground import Member, Playground, PlaygroundError
from tests.playground.bots import RecordingBot


def hybrid_bot() -> RecordingBot:
    """Return a bot with a hybrid command and a group."""
    bot = RecordingBot()

    @bot.hybrid_command()  # type: ignore[arg-type]  # the decorator's types defeat mypy's inference
    async def profile(context: commands.Context[Any], member: discord.Member | None = None) -> None:
        """Show a profile."""
        await context.send(f"profile of {(member or context.author).display_name}")

    @bot.hybrid_group()
    async def config(context: commands.Context[Any]) -> None:
        """Change rules."""

    @config.command(name="set")  # type: ignore[arg-type]  # the same
    async def config_set(context: commands.Context[Any], rule: str, value: commands.Range[int, 1, 9]) -> None:
        """Set a rule."""
        await context.send(f"{rule}={value!r}", ephemeral=True)

    return bot


async def test_a_hybrid_command_works_by_prefix_and_by_slash(pg: Playground, ann: Member) -> None:
    """The same command answers in both ways, members as options included, and as an interaction."""
    bob = pg.world.add_member(pg.guild, "bob", nick="Bobby")
    await pg.connect(hybrid_bot())
    assert [reply.content for reply in await pg.ask(ann, f"!profile {bob.mention}")] == ["profile of Bobby"]
    result = await pg.slash(ann, "profile", member=bob)
    assert (result.content, result.ephemeral) == ("profile of Bobby", False)
    assert result.response in pg.replies()


async def test_subcommands_take_typed_options_and_answer_to_one_person(pg: Playground, ann: Member) -> None:
    """Subcommands are found by name, numbers arrive as numbers, ephemeral answers are not in the channel."""
    await pg.connect(hybrid_bot())
    result = await pg.slash(ann, "config set", rule="cooldown", value=7)
    assert (result.text, result.ephemeral) == ("cooldown=7", True)
    assert pg.replies() == []


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("nonsense", {}, "no command /nonsense; there are: config, profile"),
        ("config", {}, "is a group; it has: set"),
        ("config get", {}, "has no 'get'; it has: set"),
        ("config set", {"rule": "x"}, "'value' is required"),
        ("config set", {"rule": "x", "value": 10}, "between 1 and 9, got 10"),
        ("config set", {"rule": "x", "value": "ten"}, "takes a whole number"),
        ("profile", {"who": 1}, "has no option who; it has: member"),
        ("profile", {"member": "bob"}, "takes a member"),
    ],
)
async def test_what_discord_would_not_let_one_type_is_refused(
    pg: Playground, ann: Member, name: str, options: dict[str, Any], complaint: str
) -> None:
    """Unknown commands and options that do not fit the registered schema never reach the bot."""
    await pg.connect(hybrid_bot())
    with pytest.raises(PlaygroundError, match=re.escape(complaint)):
        await pg.slash(ann, name, **options)


async def test_a_command_for_admins_is_not_offered_to_others(pg: Playground, ann: Member) -> None:
    """`default_permissions` hides a command from those without them, as Discord's client does."""
    bot = RecordingBot()

    @bot.tree.command()
    @app_commands.default_permissions(manage_guild=True)
    async def admin(interaction: discord.Interaction) -> None:
        """Do admin things."""
        await interaction.response.send_message("done")

    await pg.connect(bot)
    assert (await pg.slash("owner", "admin")).content == "done"
    with pytest.raises(PlaygroundError, match="ann is offered no command /admin"):
        await pg.slash(ann, "admin")


async def test_a_deferred_answer_fills_later_and_follow_ups_come_after(pg: Playground, ann: Member) -> None:
    """A deferral is answered, not yet a message; the edit fills it; follow-ups are listed in order."""
    bot = RecordingBot()
    go = asyncio.Event()

    @bot.tree.command()
    async def slow(interaction: discord.Interaction) -> None:
        """Take a while."""
        await interaction.response.defer(ephemeral=True)
        await go.wait()
        await interaction.edit_original_response(content="at last")
        await interaction.followup.send("and more", ephemeral=True)

    await pg.connect(bot)
    result = await pg.slash(ann, "slow", wait=False)
    await result.wait_answered()
    assert (result.deferred, result.messages) == (True, [])
    go.set()
    await pg.idle()
    assert (result.deferred, result.text, result.ephemeral) == (False, "at last\nand more", True)
    assert [message.content for message in result.followups] == ["and more"]


async def test_an_answer_after_the_deadline_is_unknown_and_a_second_one_refused(
    pg: Playground, ann: Member
) -> None:
    """Answering too late is code 10062, answering twice is 40060."""
    bot = RecordingBot()
    codes: list[int] = []

    async def answer(interaction: discord.Interaction) -> None:
        # A fresh response object each time, or discord.py itself would refuse the second answer.
        try:
            await discord.InteractionResponse(interaction).send_message("hello")
        except discord.HTTPException as error:
            codes.append(error.code)

    @bot.tree.command()
    async def late(interaction: discord.Interaction) -> None:
        """Answer late."""
        await asyncio.sleep(0.05)
        await answer(interaction)

    @bot.tree.command()
    async def twice(interaction: discord.Interaction) -> None:
        """Answer twice."""
        await answer(interaction)
        await answer(interaction)

    await pg.connect(bot)
    pg.server.interactions.deadline_seconds = 0.02
    assert not (await pg.slash(ann, "late")).answered
    pg.server.interactions.deadline_seconds = 3.0
    assert (await pg.slash(ann, "twice")).content == "hello"
    assert codes == [10062, 40060]


async def test_autocomplete_offers_choices(pg: Playground, ann: Member) -> None:
    """What is typed reaches the bot's autocomplete, and its choices come back."""
    bot = RecordingBot()

    @bot.tree.command()
    async def pick(interaction: discord.Interaction, colour: str) -> None:
        """Pick a colour."""
        await interaction.response.send_message(colour)

    @pick.autocomplete("colour")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}{end}", value=current + end) for end in ("d", "ddish")]

    await pg.connect(bot)
    choices = await pg.autocomplete(ann, "pick", "colour", "re")
    assert [choice["value"] for choice in choices] == ["red", "reddish"]


async def test_a_guilds_own_command_hides_the_global_one(pg: Playground, ann: Member) -> None:
    """Commands synced to one guild are used there, the global ones elsewhere and in direct messages."""
    bot = RecordingBot()

    @bot.tree.command(name="where", description="Say where.")
    async def everywhere(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("everywhere")

    @bot.tree.command(name="where", description="Say where.", guild=discord.Object(pg.guild.id))
    async def here(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here")

    await pg.connect(bot)
    await bot.tree.sync(guild=discord.Object(pg.guild.id))
    assert (await pg.slash(ann, "where")).content == "here"
    assert (await pg.slash(ann, "where", pg.dm(ann))).content == "everywhere"


async def test_cooldowns_follow_the_worlds_clock(pg: Playground, ann: Member) -> None:
    """A command on cooldown is ready again once the world's time has passed, by prefix and by slash."""
    bot = RecordingBot()

    @bot.hybrid_command()
    @commands.cooldown(1, 60, commands.BucketType.user)
    async def daily(context: commands.Context[Any]) -> None:
        """Claim."""
        await context.send("claimed")

    await pg.connect(bot)
    assert len(await pg.ask(ann, "!daily")) == 1
    assert await pg.ask(ann, "!daily") == []
    assert isinstance(bot.errors.pop(), commands.CommandOnCooldown)
    await pg.advance(seconds=61)
    assert (await pg.slash(ann, "daily")).content == "claimed"


async def test_every_kind_of_option_arrives_as_its_kind(pg: Playground, ann: Member) -> None:
    """Channels, roles, files, choices, booleans and numbers arrive resolved."""
    bot = RecordingBot()

    @bot.tree.command()
    @app_commands.choices(mood=[app_commands.Choice(name="Good", value=1)])
    async def everything(
        interaction: discord.Interaction,
        channel: discord.TextChannel,
        role: discord.Role,
        file: discord.Attachment,
        mood: app_commands.Choice[int],
        flag: bool,
        ratio: float,
    ) -> None:
        """Take one of each."""
        data = (await file.read()).decode()
        texts = (channel.name, role.name, data, mood.name, flag, ratio)
        await interaction.response.send_message(" ".join(map(str, texts)))

    await pg.connect(bot)
    role = await pg.create_role("Gold")
    options: dict[str, Any] = {
        "channel": pg.general,
        "role": role,
        "file": ("a.txt", b"bytes"),
        "mood": "Good",
    }
    result = await pg.slash(ann, "everything", flag=True, ratio=0.5, **options)
    assert result.content == "general Gold bytes Good True 0.5"


async def test_context_menus_reach_members_and_messages(pg: Playground, ann: Member) -> None:
    """User and message context menus get their target."""
    bot = RecordingBot()

    @bot.tree.context_menu(name="Who")
    async def who(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(member.display_name)

    @bot.tree.context_menu(name="Quote")
    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content)

    await pg.connect(bot)
    message = await pg.say(ann, "words")
    assert (await pg.context_menu("owner", "Who", ann)).content == "ann"
    assert (await pg.context_menu("owner", "Quote", message)).content == "words"


class Pages(discord.ui.View):
    """Two pages and a menu."""

    @discord.ui.button(label="Next")
    async def next(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        """Turn the page and switch the button off."""
        button.disabled = True
        await interaction.response.edit_message(content="page 2", view=self)

    @discord.ui.button(label="Mine", emoji="🔍")
    async def mine(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Tell one person."""
        await interaction.response.send_message(f"for {interaction.user.name}", ephemeral=True)

    @discord.ui.select(
        options=[discord.SelectOption(label="Gold", value="g"), discord.SelectOption(label="Tin")]
    )
    async def metal(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        """Repeat the choice."""
        await interaction.response.defer()
        await interaction.followup.send(f"chose {select.values[0]}")


def paging_bot() -> RecordingBot:
    """Return a bot whose `!pages` shows `Pages`."""
    bot = RecordingBot()

    @bot.command()
    async def pages(context: commands.Context[Any]) -> None:
        await context.send("page 1", view=Pages())

    return bot


async def test_buttons_edit_their_message_or_answer_to_one_person(pg: Playground, ann: Member) -> None:
    """Buttons are pressed by label, emoji or place; a disabled one cannot be."""
    await pg.connect(paging_bot())
    [message] = await pg.ask(ann, "!pages")
    result = await pg.press(ann, message, "🔍")
    assert (result.text, result.ephemeral) == ("for ann", True)
    await pg.press(ann, message, 0)
    assert (message.content, message.edits) == ("page 2", ["page 1"])
    with pytest.raises(PlaygroundError, match="cannot be pressed now"):
        await pg.press(ann, message, "Next")
    with pytest.raises(PlaygroundError, match="there is no button 'Back'; the message has 'Next', 'Mine'"):
        await pg.press(ann, message, "Back")


async def test_menus_give_their_values(pg: Playground, ann: Member) -> None:
    """Options are chosen by label or value; what is not on the menu is refused."""
    await pg.connect(paging_bot())
    [message] = await pg.ask(ann, "!pages")
    result = await pg.select(ann, message, "Gold")
    assert [followup.content for followup in result.followups] == ["chose g"]
    with pytest.raises(PlaygroundError, match="no option; there are Gold, Tin"):
        await pg.select(ann, message, "Iron")


async def test_a_modal_is_shown_filled_in_and_submitted(pg: Playground, ann: Member) -> None:
    """The modal's fields are filled by label; required ones may not be left out."""
    bot = RecordingBot()

    class Reason(discord.ui.Modal, title="Why?"):
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Reason")
        place: discord.ui.Label[Any] = discord.ui.Label(
            text="Place", component=discord.ui.TextInput(required=False)
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.place.component, discord.ui.TextInput)
            await interaction.response.send_message(f"{self.text.value} {self.place.component.value}")

    @bot.tree.command()
    async def ask(interaction: discord.Interaction) -> None:
        """Ask why."""
        await interaction.response.send_modal(Reason())

    await pg.connect(bot)
    shown = await pg.slash(ann, "ask")
    assert shown.modal is not None
    assert shown.modal["title"] == "Why?"
    with pytest.raises(PlaygroundError, match="'Reason' is required"):
        await pg.submit_modal(ann, shown, {})
    with pytest.raises(PlaygroundError, match="the form has no field 'Why'; it has Reason, Place"):
        await pg.submit_modal(ann, shown, {"Reason": "because", "Why": "so"})
    result = await pg.submit_modal(ann, shown, {"Reason": "because", "Place": "here"})
    assert result.content == "because here"


class Counter(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"count:(?P<number>\d+)"):
    """A button that keeps its number in its custom id."""

    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label=str(number), custom_id=f"count:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Counter:
        """Read the number."""
        del interaction, item
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Count on."""
        await interaction.response.edit_message(view=counter_view(self.number + 1))


def counter_view(number: int) -> discord.ui.View:
    """Return a view with the counter alone."""
    view = discord.ui.View(timeout=None)
    view.add_item(Counter(number))
    return view


def counting_bot() -> RecordingBot:
    """Return a bot whose `!counter` shows a counting button."""
    bot = RecordingBot()
    bot.add_dynamic_items(Counter)

    @bot.command()
    async def counter(context: commands.Context[Any]) -> None:
        await context.send("count", view=counter_view(0))

    return bot


async def test_a_dynamic_button_works_after_a_restart(pg: Playground, ann: Member) -> None:
    """State in the custom id survives the bot."""
    await pg.connect(counting_bot())
    [message] = await pg.ask(ann, "!counter")
    await pg.press(ann, message)
    await pg.restart(counting_bot())
    await pg.press(ann, message)
    assert message.buttons[0].label == "2"


async def test_layouts_of_components_v2_can_be_read_and_pressed(pg: Playground, ann: Member) -> None:
    """Text displays are part of the readable text, and buttons in sections are found."""
    bot = RecordingBot()

    class Hello(discord.ui.Button[Any]):
        async def callback(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message("hello", ephemeral=True)

    @bot.command()
    async def layout(context: commands.Context[Any]) -> None:
        view = discord.ui.LayoutView()
        section: discord.ui.Section[Any] = discord.ui.Section(
            "a line of text", accessory=Hello(label="Greet")
        )
        view.add_item(discord.ui.Container(section))
        await context.send(view=view)

    await pg.connect(bot)
    [message] = await pg.ask(ann, "!layout")
    assert message.text == "a line of text"
    assert (await pg.press(ann, message, "Greet")).text == "hello"


async def test_a_token_ends_after_fifteen_minutes_of_world_time(pg: Playground, ann: Member) -> None:
    """Follow-ups on an old interaction are refused with code 50027."""
    bot = RecordingBot()
    kept: list[discord.Interaction] = []

    @bot.tree.command()
    async def keep(interaction: discord.Interaction) -> None:
        """Keep the interaction."""
        kept.append(interaction)
        await interaction.response.send_message("kept")

    await pg.connect(bot)
    await pg.slash(ann, "keep")
    await pg.advance(minutes=16)
    with pytest.raises(discord.HTTPException) as caught:
        await kept[0].followup.send("late")
    assert caught.value.code == 50027
