"""Who may do what: one table of all commands, tried by prefix and by slash, and one of all controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import discord
import pytest

from cogs.achievements import AchievementsButton
from cogs.audit import AuditButton
from cogs.leaderboard import BoardButton
from cogs.panel.items import PanelItem
from cogs.pictures.as_text import AsTextButton
from cogs.pictures.card_controls import CardItem
from cogs.rewards.sync_buttons import SyncButton
from cogs.statistics.buttons import ViewButton
from leveling_core.card_facts import AssetAddRequested
from leveling_core.facts import RewardAddRequested
from leveling_core.rule_changes import list_rules
from playground import Member, Message
from playground.interactions import InteractionResult
from tests.cogs.server import TEXTS
from tests.e2e.house import House
from tests.e2e.test_commands import COMMANDS, FILE, GUEST, OWNER

MANAGE_SERVER = ("manage_guild",)
MANAGE_ROLES = ("manage_guild", "manage_roles")

NEEDS: dict[str, tuple[str, ...]] = {
    "profile": (),
    "xpstats": (),
    "activity": (),
    "compare": (),
    "leaderboard": (),
    "topten": (),
    "dailyboard": (),
    "daily": (),
    "goal": (),
    "achievements": (),
    "nextachievement": (),
    "why": (),  # of others only for those with Manage Server: see test_why_asking.py
    "card": (),
    "card show": (),
    "card theme": (),
    "card accent": (),
    "card background": (),
    "card text": (),
    "card reset": (),
    "board": MANAGE_SERVER,
    "board pin": MANAGE_SERVER,
    "board unpin": MANAGE_SERVER,
    "cards": (),
    "cards list": (),
    "cards add": MANAGE_SERVER,
    "cards remove": MANAGE_SERVER,
    "help": (),
    "xp": (),  # alone it shows the profile
    "xp give": MANAGE_SERVER,
    "xp take": MANAGE_SERVER,
    "xp set": MANAGE_SERVER,
    "xp reset": MANAGE_SERVER,
    "xp undo": MANAGE_SERVER,
    "audit": MANAGE_SERVER,
    "noxp": MANAGE_SERVER,
    "noxp add": MANAGE_SERVER,
    "noxp remove": MANAGE_SERVER,
    "noxp list": MANAGE_SERVER,
    "onlyxp": MANAGE_SERVER,
    "onlyxp add": MANAGE_SERVER,
    "onlyxp remove": MANAGE_SERVER,
    "onlyxp list": MANAGE_SERVER,
    "multipliers": (),
    "multipliers list": (),
    "multipliers set": MANAGE_SERVER,
    "multipliers remove": MANAGE_SERVER,
    "multipliers combine": MANAGE_SERVER,
    "event": (),
    "event list": (),
    "event start": MANAGE_SERVER,
    "event stop": MANAGE_SERVER,
    "rewards": (),
    "rewards list": (),
    "rewards add": MANAGE_ROLES,
    "rewards remove": MANAGE_ROLES,
    "rewards sync": MANAGE_ROLES,
    "config": MANAGE_SERVER,
    "config show": MANAGE_SERVER,
    "config status": MANAGE_SERVER,
    "config panel": MANAGE_SERVER,
    "config set": MANAGE_SERVER,
    "config reset": MANAGE_SERVER,
    "config announce": MANAGE_SERVER,
    # The last two change what the others are typed with, and what they do.
    "config enabled": MANAGE_SERVER,
    "config prefix": MANAGE_SERVER,
}
"""By command, groups included: the permissions that it needs. A command without a row fails."""

ACTORS: dict[str, tuple[str, ...]] = {
    "member": (),
    "moderator": ("manage_roles", "kick_members", "ban_members", "manage_messages", "manage_channels"),
    "manager": ("manage_guild",),
    "lead": ("manage_guild", "manage_roles"),
    "admin": ("administrator",),
}
"""Who asks, by the permissions of their role; the owner of the server has none, and needs none."""


class Staff:
    """A server with one person of each kind, and a role that level 10 earns.

    Attributes:
        house: The server.
        people: Who asks, by kind; with the owner.
    """

    def __init__(self, house: House) -> None:
        world, guild = house.pg.world, house.pg.guild
        self.house = house
        self.people: dict[str, Member] = {"owner": guild.owner}
        self.guest = world.add_member(guild, "guest")
        self.veteran, _ = (world.add_role(guild, name, position=1) for name in ("Veteran", "Regular"))
        for kind, permissions in ACTORS.items():
            self.people[kind] = house.person(kind)
            self.people[kind].role_ids.append(world.add_role(guild, kind.title(), grants=permissions).id)

    async def connect(self) -> None:
        """Connect the bot, and let everybody see all commands, as an admin can in the server's settings."""
        house = self.house
        await house.connect()
        await house.context.rewards.add(
            RewardAddRequested(house.pg.guild.id, house.pg.guild.owner.id, 1, 10, self.veteran.id)
        )
        for command in house.pg.world.commands[None].values():
            command["default_member_permissions"] = None

    def lacks(self, kind: str, needed: tuple[str, ...]) -> str:
        """Return the permission that somebody lacks first, as Discord calls it, "" for none."""
        held = ACTORS.get(kind, ("administrator",))  # the owner
        lacking = [] if "administrator" in held else [name for name in needed if name not in held]
        return NAMES[lacking[0]] if lacking else ""

    async def ask(self, kind: str, name: str) -> str:
        """Give a command with a prefix; return what was answered in the channel."""
        arguments, options, _ = COMMANDS.get(name, ("", {}, ""))
        files = [FILE] if FILE in options.values() else []
        text = f"!{name} {arguments}".strip()
        answers = await self.house.pg.ask(self.people[kind], text, attachments=files)
        return "\n".join(answer.text for answer in answers)

    async def slash(self, kind: str, name: str) -> InteractionResult:
        """Give a slash command."""
        pg = self.house.pg
        people = {OWNER: pg.guild.owner, GUEST: self.guest}
        options: dict[str, Any] = {
            key: pg.role(value) if key == "role" else people.get(value, value)
            for key, value in COMMANDS[name][1].items()
        }
        return await pg.slash(self.people[kind], name, **options)


SERVER_ONLY = TEXTS("error-server-only")
NAMES = {"manage_guild": "Manage Server", "manage_roles": "Manage Roles"}
REFUSAL = TEXTS("error-missing-permissions", permissions="|").partition("|")[0]


def is_right(text: str, lacking: str) -> bool:
    """Tell whether an answer is a refusal that names what is lacking; where nothing is, that it is none."""
    assert text
    return text.startswith(f"{REFUSAL}{lacking}") if lacking else REFUSAL not in text


@pytest.fixture
async def staff(house: House) -> Staff:
    """Give the server with the bot connected."""
    staff = Staff(house)
    await staff.connect()
    return staff


async def test_the_table_is_complete(staff: Staff) -> None:
    """Every command and group has a row, and no row is left over."""
    assert {command.qualified_name for command in staff.house.bot.walk_commands()} == NEEDS.keys()
    pure = [
        command.qualified_name
        for command in staff.house.bot.tree.walk_commands()
        if command.qualified_name not in NEEDS
    ]
    assert pure == []


@pytest.mark.parametrize("kind", [*ACTORS, "owner"])
async def test_commands_with_a_prefix(staff: Staff, kind: str) -> None:
    """Each is refused to those who lack a permission, with its name, and to nobody else."""
    answers = {name: await staff.ask(kind, name) for name in NEEDS}
    assert {
        name: text for name, text in answers.items() if not is_right(text, staff.lacks(kind, NEEDS[name]))
    } == {}


@pytest.mark.parametrize("kind", [*ACTORS, "owner"])
async def test_slash_commands(staff: Staff, kind: str) -> None:
    """The same, also where the server's settings show all of them; who is refused alone reads that."""
    names = [name for name in NEEDS if name in COMMANDS]  # a slash group cannot be used itself
    answers = {name: await staff.slash(kind, name) for name in names}
    wrong = {}
    for name, result in answers.items():
        lacking = staff.lacks(kind, NEEDS[name])
        if not is_right(result.text, lacking) or (lacking and not result.ephemeral):
            wrong[name] = result.text
    assert wrong == {}


async def test_nothing_works_in_direct_messages(staff: Staff) -> None:
    """Everything is about a server; whoever forgets that is told so."""
    pg, owner = staff.house.pg, staff.house.pg.guild.owner
    answers = {name: await pg.ask(owner, f"!{name}", pg.dm(owner)) for name in NEEDS}
    assert {name for name, found in answers.items() if [a.text for a in found] != [SERVER_ONLY]} == set()


def list_suggesting(staff: Staff) -> list[tuple[str, str]]:
    """Return every command that suggests values for an option, with that option."""
    return [
        (command.qualified_name, parameter.display_name)
        for command in staff.house.bot.tree.walk_commands()
        if isinstance(command, discord.app_commands.Command)
        for parameter in command.parameters
        if parameter.autocomplete
    ]


async def test_suggestions_are_for_those_who_may_use_the_command(staff: Staff) -> None:
    """What is suggested names channels that not everybody sees; who cannot give the command gets none."""
    pg, owner, member = staff.house.pg, staff.house.pg.guild.owner, staff.people["member"]
    vault = await pg.create_channel("vault")
    await pg.deny(vault, "view_channel", target=pg.guild.roles[pg.guild.id])
    for command in (f"!noxp add {vault.id}", f"!onlyxp add {vault.id}", "!event start 2x 2h Weekend"):
        await pg.ask(owner, command)
    await staff.house.context.pictures.cards.add_asset(
        AssetAddRequested(
            guild_id=pg.guild.id,
            actor_id=owner.id,
            event_id=1,
            kind="theme",
            name="neon",
            title="",
            content=b"",
        )
    )
    assert await pg.autocomplete(owner, "noxp remove", "entry", "vault") != []
    found = list_suggesting(staff)
    assert len(found) > 8
    for name, option in found:
        given = {"rule": "general.enabled"} if option == "value" else {}
        suggested = await pg.autocomplete(owner, name, option, "", **given)
        assert suggested != [], name
        offered = await pg.autocomplete(member, name, option, "", **given)
        assert offered == ([] if NEEDS[name] else suggested), name


# buttons and menus


@dataclass(frozen=True)
class Control:
    """A button or a menu, as it would stand below a message for ever.

    Attributes:
        kind: Its class.
        custom_id: What it does; ``{asker}`` is whoever had it made.
        needs: The permissions that it needs when it is used.
        for_asker: Whether it is for the asker alone.
    """

    kind: type[discord.ui.DynamicItem[Any]]
    custom_id: str
    needs: tuple[str, ...] = ()
    for_asker: bool = True


CONTROLS = {
    "board": Control(BoardButton, "laurel:board:xp:1:{asker}:next"),
    "card text": Control(CardItem, "laurel:card:1:text:{asker}"),
    "card accent": Control(CardItem, "laurel:card:1:accent:{asker}"),
    "as text": Control(AsTextButton, "laurel:as-text:1:profile:{asker}", for_asker=False),
    "xpstats": Control(ViewButton, "laurel:xpstats:1:30:{asker}:{asker}"),
    "achievements": Control(AchievementsButton, "laurel:achievements:{asker}:1:{asker}:next"),
    "audit": Control(AuditButton, "laurel:audit:all:1:{asker}:next", MANAGE_SERVER),
    "sync start": Control(SyncButton, "laurel:rewards-sync:start:{asker}:0", MANAGE_ROLES),
    "sync cancel": Control(SyncButton, "laurel:rewards-sync:cancel:{asker}:0", MANAGE_ROLES),
    "sync stop": Control(SyncButton, "laurel:rewards-sync:stop:{asker}:0", MANAGE_ROLES, for_asker=False),
    "panel section": Control(PanelItem, "laurel:panel:1:back:goal:", MANAGE_SERVER, for_asker=False),
    "panel value": Control(
        PanelItem, "laurel:panel:1:set:general.enabled:off", MANAGE_SERVER, for_asker=False
    ),
    "panel form": Control(
        PanelItem, "laurel:panel:1:change:goal.max_target:", MANAGE_SERVER, for_asker=False
    ),
}
"""Each kind of button and menu, in each of its roles; a kind without a row fails."""

NOT_YOURS = TEXTS("ui-not-your-pages", command="|").partition("|")[0]


def list_kinds(
    kind: type[discord.ui.DynamicItem[Any]] = discord.ui.DynamicItem,
) -> Iterator[type[discord.ui.DynamicItem[Any]]]:
    """Yield the kinds of buttons and menus that outlive a process, without those that are only a base."""
    for child in kind.__subclasses__():
        children = list(list_kinds(child))
        yield from children
        if not children and child.__module__.startswith("cogs."):
            yield child


def test_every_kind_of_button_is_in_the_table() -> None:
    """What outlives a process can be used by anybody who sees it, at any time; there are no other forms."""
    assert {control.kind for control in CONTROLS.values()} == set(list_kinds())
    assert [form for form in discord.ui.Modal.__subclasses__() if form.__module__.startswith("cogs.")] == []


async def press(staff: Staff, control: Control, who: str, asker: str) -> InteractionResult:
    """Use a button that one person had made, as another."""
    pg = staff.house.pg
    message: Message = pg.world.add_message(pg.world.general, pg.world.bot, "here")
    custom_id = control.custom_id.format(asker=staff.people[asker].id)
    button = {"type": 2, "style": 2, "label": "Go", "custom_id": custom_id}
    message.components = [{"type": 1, "components": [button]}]
    return await pg.press(staff.people[who], message, "Go")


@pytest.mark.parametrize("name", CONTROLS)
async def test_buttons_look_at_the_permission_of_now(staff: Staff, name: str) -> None:
    """Whoever had it made is refused once the permission is gone."""
    control, wrong = CONTROLS[name], {}
    for kind in staff.people:
        result, lacking = await press(staff, control, kind, kind), staff.lacks(kind, control.needs)
        if NOT_YOURS in result.text or (lacking and not result.ephemeral):
            wrong[kind] = result.text
        if result.modal is None and not is_right(result.text, lacking):
            wrong[kind] = result.text
    assert wrong == {}


@pytest.mark.parametrize("name", CONTROLS)
async def test_buttons_of_somebody_else(staff: Staff, name: str) -> None:
    """Some are for the asker alone, whatever others may do; the others are for all who may."""
    control, wrong = CONTROLS[name], {}
    for kind in (*ACTORS, "owner"):
        result = await press(staff, control, kind, "owner" if kind != "owner" else "admin")
        is_refused = REFUSAL in result.text or NOT_YOURS in result.text
        if is_refused != (control.for_asker or bool(staff.lacks(kind, control.needs))):
            wrong[kind] = result.text
        assert result.ephemeral or not is_refused
    assert wrong == {}


# ways around a command that looks at more than the permission

MANAGED = [info for info in list_rules() if info.managed_by]


def test_rules_with_commands_of_their_own_are_known() -> None:
    """There are some of each kind."""
    assert {info.name.partition(".")[0] for info in MANAGED} == {"rewards", "scope", "multipliers", "events"}


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_no_rule_is_set_past_its_command(staff: Staff, way: str) -> None:
    """Not even by the owner: the command looks at hierarchy, powers and bounds, the rule does not."""
    pg, owner = staff.house.pg, staff.house.pg.guild.owner
    before = (await staff.house.leveling.get_rules_record(pg.guild.id)).changes
    for info in MANAGED:
        value = f"{staff.veteran.id}"
        if way == "prefix":
            [answer] = await pg.ask(owner, f"!config set {info.name} {value}")
            text = answer.text
        else:
            text = (await pg.slash(owner, "config set", rule=info.name, value=value)).text
        assert f"`/{info.managed_by}`" in text
    assert (await staff.house.leveling.get_rules_record(pg.guild.id)).changes == before


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_nobody_raises_themselves(staff: Staff, way: str) -> None:
    """Who may change XP cannot make a role of power, or one above their own, the reward of a level."""
    pg, lead = staff.house.pg, staff.people["lead"]
    police = await pg.create_role("Police", position=1)
    await pg.grant(police, "kick_members")
    above = await pg.create_role("Above")
    await pg.move_role("Laurel", 50)
    await staff.house.settle()
    for role, told in ((police, "not for earning"), (above, "does not stand below your own highest role")):
        if way == "prefix":
            text = (await staff.house.ask(lead, f"!rewards add 2 {role.id}")).text
        else:
            text = (await pg.slash(lead, "rewards add", level=2, role=role)).text
        assert told in text
    rules = (await staff.house.leveling.get_rules(pg.guild.id)).rules
    assert [reward.role_id for reward in rules.rewards.roles] == [staff.veteran.id]
