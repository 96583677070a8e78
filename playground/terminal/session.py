"""A sitting at the playground: what is typed is done, what comes of it is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from playground.errors import PlaygroundError
from playground.interactions import InteractionResult
from playground.kit import Playground
from playground.model import Channel, Member, Message, Role
from playground.terminal.drawing import Drawing, Line, list_controls
from playground.terminal.forms import hint, list_fields
from playground.terminal.host import Host
from playground.terminal.lines import Order, Remark, Spoken, read_line
from playground.terminal.mentions import with_mentions
from playground.terminal.orders import obey
from playground.terminal.passing import pass_time
from playground.terminal.screen import NAME_WIDTH, Screen
from playground.terminal.slash import read_slash
from playground.terminal.watching import News, Watcher
from playground.terminal.wording import Wording

SECONDS_A_LINE: Final = 5
"""How far the world's time goes on with every line that somebody says."""

LONGEST_MESSAGE: Final = 2000
"""Characters that a person may write at once (Discord, without Nitro)."""

TOUR: Final = Path(__file__).with_name("tour.txt")
"""What the tour types."""


class Session:
    """A sitting.

    Args:
        pg: The playground.
        host: Its bot.
        screen: Where things are shown.
        folder: Where pictures are put.

    Attributes:
        speaker: Who speaks when no name is given.
        channel: Where they speak.
        is_over: Whether `:quit` was said.
        modal: What showed the form that is open, None for no form.
    """

    def __init__(self, pg: Playground, host: Host, screen: Screen, folder: Path) -> None:
        self.pg = pg
        self.host = host
        self.screen = screen
        self.speaker: Member = pg.guild.owner
        self.channel: Channel = pg.general
        self.is_over = False
        self._is_typed_shown = False
        self.modal: InteractionResult | None = None
        self._folder = folder
        self._wording = Wording(pg.world)
        self._watcher = Watcher(pg.world)
        self._pictures: dict[int, str] = {}
        self._left_out: set[int] = set()
        self._usable: dict[int, Message] = {}
        self._shown_channel: Channel | None = None

    async def do(self, text: str) -> None:
        """Do what a line says and show what comes of it; nonsense is answered kindly."""
        self._is_typed_shown = False
        try:
            line = read_line(text, self.list_names())
            if isinstance(line, Remark):
                self.show([("remark", f"# {line.text}")])
            elif line is not None:
                self._let_speak(line)
                await self._do(line)
            self.show_news()
        except (PlaygroundError, ValueError) as error:
            self.show_news()
            self._show_typed(text)
            self.show_trouble(str(error))

    def list_names(self) -> list[str]:
        """Return the names of those who may speak, in the order in which they joined."""
        return [member.name for member in self.pg.guild.members.values() if not member.user.bot]

    def list_roles(self) -> list[Role]:
        """Return the roles beside @everyone, highest first."""
        guild = self.pg.guild
        roles = sorted(guild.roles.values(), key=lambda role: role.sort_key, reverse=True)
        return [role for role in roles if role is not guild.everyone]

    def _let_speak(self, line: Spoken | Order) -> None:
        if line.who is not None:
            self.speaker = self.pg.member(line.who)

    def _show_typed(self, text: str) -> None:
        """Show a line as it was typed, unless what came of it shows it already."""
        if not self._is_typed_shown:
            self.show([("place", f"> {text.strip()}")])
        self._is_typed_shown = True

    async def _do(self, line: Spoken | Order) -> None:
        if isinstance(line, Order):
            self._show_typed(
                f":{line.name} {line.rest}" if line.who is None else f"{line.who}: :{line.name} {line.rest}"
            )
            await obey(self, line)
        elif line.is_slash:
            await self._slash(line.text)
        elif line.text:
            await self.say(line.text)

    # what people do

    async def say(self, text: str, *, files: tuple[tuple[str, bytes], ...] = ()) -> None:
        """Let the speaker write a message.

        Raises:
            PlaygroundError: It is too long, or they may not write here.
        """
        if len(text) > LONGEST_MESSAGE:
            raise PlaygroundError(f"a message has at most {LONGEST_MESSAGE} characters, this has {len(text)}")
        await self.pass_time()
        await self.pg.say(self.speaker, with_mentions(self.pg.guild, text), self.channel, attachments=files)
        await self.host.settle()

    async def _slash(self, text: str) -> None:
        name, options = read_slash(self.pg, self.speaker, self.channel, text)
        await self.pass_time()
        begun = self.pg.start_slash(self.speaker, name, self.channel, options)
        self.show_said(self.speaker, text)
        await self.follow(begun)

    async def follow(self, result: InteractionResult) -> None:
        """Wait until the bot has made of an interaction what it makes of it."""
        self._watcher.follow(result)
        await self.host.settle()
        if not result.answered:
            self.show_trouble("the interaction failed: the bot did not answer (is it online?)")
        elif result.modal is not None:
            self.modal = result
            self._show_modal(result)

    async def give_role(self, member: Member, role: Role) -> None:
        """Let somebody be given a role by an admin, not by the bot."""
        await self.pg.give_role(member, role)
        await self._settle_roles(member)

    async def take_role(self, member: Member, role: Role) -> None:
        """Let somebody have a role taken by an admin, not by the bot."""
        await self.pg.take_role(member, role)
        await self._settle_roles(member)

    async def _settle_roles(self, member: Member) -> None:
        self._watcher.skip_roles(member)
        await self.host.settle()

    async def pass_time(self, seconds: float = SECONDS_A_LINE) -> None:
        """Let time pass in the world, so that a bot that is online does everything when it is due."""
        await pass_time(self.pg, self.host, seconds)

    def get_usable(self) -> Message:
        """Return the newest message of the channel with something to press or choose.

        Raises:
            PlaygroundError: There is none.
        """
        message = self._usable.get(self.channel.id)
        if message is None or message.deleted or not list_controls(message):
            raise PlaygroundError(f"nothing in #{self.channel.name} can be pressed")
        return message

    def go_to(self, channel: Channel) -> None:
        """Let people speak in another channel."""
        self.channel = channel
        self._go_to(channel)

    async def take_tour(self) -> None:
        """Play the first minute, at the screen's pace."""
        for line in TOUR.read_text(encoding="utf-8").splitlines():
            await self.do(line)
            await asyncio.sleep(self.screen.pause_seconds)

    def leave_out(self, message: Message) -> None:
        """Do not show a message that is new."""
        self._left_out.add(message.id)

    # what is shown

    def show(self, line: Line) -> None:
        """Show a line."""
        self.screen.show(line)

    def show_trouble(self, text: str) -> None:
        """Show what could not be done."""
        self.show([("trouble", f"! {text}")])

    def show_note(self, text: str) -> None:
        """Show what the playground did."""
        self.show([("dim", f"* {text}")])

    def show_said(self, who: Member, text: str) -> None:
        """Show what somebody wrote that is no message."""
        self._is_typed_shown = True
        self._go_to(self.channel)
        self._beside(who.display_name, "speaker", [[("", text)]])

    def show_news(self) -> None:
        """Show what is new in the world."""
        for news in self._watcher.look():
            if news.message.id not in self._left_out:
                self._show_message(news)
        self._left_out.clear()
        bot = self.pg.world.bot.name
        for change in self._watcher.look_at_roles():
            told = "gave {0} the role @{1}" if change.is_given else "took the role @{1} from {0}"
            self.show_note(f"{bot} {told.format(change.member.name, change.role.name)}")

    def skip_news(self) -> None:
        """Take all that is new as seen."""
        self._watcher.skip()

    def _show_message(self, news: News) -> None:
        message = news.message
        self._is_typed_shown = self._is_typed_shown or message.author is self.speaker.user
        self._go_to(message.channel)
        name, style = self._name(message), "bot" if message.author.bot else "speaker"
        if news.kind == "deleted":
            self._beside(name, style, [[("dim", "(deleted a message)")]])
            return
        if list_controls(message):
            self._usable[message.channel.id] = message
        self._keep_pictures(message)
        drawing = Drawing(
            wording=self._wording, pictures=self._pictures, width=max(40, self.screen.width - NAME_WIDTH)
        )
        lines = drawing.draw(message)
        if news.kind == "edited":
            lines[-1] = [*lines[-1], ("dim", "  (edited)")]
        if message.ephemeral:
            lines.append([("dim", "(only you see this)")])
        self._beside(name, style, lines)

    def _name(self, message: Message) -> str:
        member = self.pg.guild.members.get(message.author.id)
        return message.webhook_name or (member.display_name if member else message.author.name)

    def _go_to(self, channel: Channel) -> None:
        """Show where the following lines are, when it is elsewhere than those before."""
        if channel is not self._shown_channel:
            if self._shown_channel is not None or channel is not self.pg.general:
                self.show([("place", f"── #{channel.name} ──")])
            self._shown_channel = channel

    def _beside(self, name: str, style: str, lines: list[Line]) -> None:
        for number, line in enumerate(lines):
            column = f"{name:<{NAME_WIDTH - 1}} " if number == 0 else " " * NAME_WIDTH
            self.show([(style, column), *line])

    def _keep_pictures(self, message: Message) -> None:
        for attachment in message.attachments:
            if attachment.id not in self._pictures:
                place = self._folder / f"{len(self._pictures) + 1:03}-{Path(attachment.filename).name}"
                place.write_bytes(attachment.data)
                self._pictures[attachment.id] = str(place)

    def _show_modal(self, result: InteractionResult) -> None:
        form = result.modal or {}
        fields = list_fields(form)
        self.show_note(f"a form opens: {form.get('title', '')}")
        for field in fields:
            filled = f": {' '.join(field.value.split())}" if field.value else ""
            told = f" · {field.description}" if field.description else ""
            self.show_note(f"  {field.label}{filled}{told}")
        self.show_note(f"fill it in like this: {hint(fields)}")
