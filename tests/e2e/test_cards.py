"""`card` and `cards`: how members choose their looks, and what admins bring for them to choose from."""

from __future__ import annotations

import pytest

from data import DATA_FOLDER, load_backgrounds
from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision
from leveling_core.documents import AssetRecord, CardRecord
from leveling_core.ids import asset_key
from leveling_core.picture_rules import MOST_ASSETS
from pictures import Look, RankCard
from playground import Member, Message
from tests.e2e.house import House
from tests.e2e.pictures import Desk, image_of, make_image

OWN_THEME = (DATA_FOLDER / "cards" / "arcade.toml").read_bytes().replace(b'"Arcade"', b'"Neon **nights**"', 1)


@pytest.fixture
async def ann(house: House, desk: Desk) -> Member:
    """Give a member with some XP; the bot is connected and draws."""
    assert desk.process_id is None
    house.pictures = True
    ann = house.person("ann")
    await house.give(ann, xp=550)
    await house.connect(Catalogue())
    return ann


def look_of(desk: Desk) -> Look:
    """Return the look of the card that was drawn last."""
    card = desk.drawn[-1]
    assert isinstance(card, RankCard)
    return card.look


async def card_of(house: House, who: Member) -> CardRecord:
    """Return what a member has chosen."""
    return await house.context.pictures.cards.get_card(house.key(who))


async def open_card(house: House, who: Member, way: str = "slash") -> Message:
    """Open a card."""
    return await (house.slash(who, "card show") if way == "slash" else house.ask(who, "!card"))


async def bring(house: House, kind: str, name: str, content: bytes) -> Message:
    """Let the owner bring a theme or a background."""
    return await house.slash(
        house.pg.guild.owner, "cards add", kind=kind, name=name, file=(f"{name}.file", content)
    )


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_the_preview_follows_each_choice(house: House, ann: Member, desk: Desk, way: str) -> None:
    """Theme, accent and text are chosen by clicks; the message shows the card as it is now."""
    message = await open_card(house, ann, way)
    assert image_of(message).size == (934, 282)
    assert message.attachments[0].description == (
        "ann: level 4, 31 of 281 XP to level 5. 550 XP in all. Rank 1 of 1."
    )
    assert message.ephemeral is (way == "slash")
    await house.pg.select(ann, message, "Sorbet", menu="Choose a theme")
    assert look_of(desk).theme == "sorbet"
    assert "Theme: **Sorbet** ·" in message.text
    form = await house.pg.press(ann, message, "Accent colour")
    await house.pg.submit_modal(ann, form, {"Colour": "FF2266"})
    assert look_of(desk).accent == "#ff2266"
    assert "Accent: **#ff2266**" in message.text
    assert len(message.attachments) == 1
    await house.pg.press(ann, message, "Theme's accent")
    assert look_of(desk) == Look(theme="sorbet")
    await house.pg.press(ann, message, "Show me text")
    assert (message.attachments, "You see text" in message.text) == ([], True)
    await house.pg.press(ann, message, "Show me pictures")
    assert len(message.attachments) == 1
    await house.pg.press(ann, message, "Reset")
    assert (look_of(desk), await card_of(house, ann)) == (Look(theme="laurel"), CardRecord())


async def test_choices_hold_for_profiles_whoever_asks(house: House, ann: Member, desk: Desk) -> None:
    """What a member has chosen is how others see that member, and nobody else."""
    bob = await house.pg.join("bob")
    for command in ("theme midnight", "accent #ABCDEF"):
        await house.ask(ann, f"!card {command}")
    await house.ask(bob, f"!profile {ann.mention}")
    assert look_of(desk) == Look(theme="midnight", accent="#abcdef")
    await house.ask(bob, "!profile")
    assert look_of(desk) == Look(theme="laurel")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("theme neon", "There is no theme `neon`. There are: laurel,"),
        ("accent blue", "`blue` is no colour"),
        ("accent #12", "`#12` is no colour"),
        ("background sea", "There is no background `sea` in this server. There are: aurora, dusk,"),
        ("text maybe", "say one of on, off"),
    ],
)
async def test_what_is_none_is_explained(house: House, ann: Member, command: str, answer: str) -> None:
    """A wrong choice changes nothing and says what would be right."""
    assert answer in (await house.ask(ann, f"!card {command}")).text
    assert await card_of(house, ann) == CardRecord()


async def test_a_wrong_colour_in_the_form(house: House, ann: Member) -> None:
    """It is told to who typed it alone, and the card stays."""
    message = await open_card(house, ann)
    form = await house.pg.press(ann, message, "Accent colour")
    result = await house.pg.submit_modal(ann, form, {"Colour": "red"})
    assert result.ephemeral
    assert "`red` is no colour" in result.text


async def test_nobody_changes_somebody_elses_card(house: House, ann: Member) -> None:
    """Who presses a button of another member's card is told where the own one is."""
    message = await open_card(house, ann, "prefix")
    bob = await house.pg.join("bob")
    for result in (
        await house.pg.press(bob, message, "Show me text"),
        await house.pg.press(bob, message, "Accent colour"),
        await house.pg.select(bob, message, "Arcade", menu="Choose a theme"),
    ):
        assert result.ephemeral
        assert "These buttons belong to whoever asked. Use `card show`" in result.text
    assert await card_of(house, ann) == CardRecord()


async def test_a_preview_that_discord_refuses_is_left_out(house: House, ann: Member) -> None:
    """Where Discord takes no file, the choices and what changes them are shown all the same."""
    house.pg.faults.fail("POST */messages", status=503, times=1)
    message = await open_card(house, ann, "prefix")
    assert message.attachments == []
    assert "Theme: **Laurel**" in message.text
    await house.pg.select(ann, message, "Sorbet", menu="Choose a theme")
    assert (await card_of(house, ann)).theme == "sorbet"


async def test_a_card_works_after_a_restart(house: House, ann: Member, desk: Desk) -> None:
    """Menus, buttons and the form do what they say, and what was chosen is still there."""
    message = await open_card(house, ann, "prefix")
    await house.pg.select(ann, message, "Sorbet", menu="Choose a theme")
    form = await house.pg.press(ann, message, "Accent colour")
    await house.reopen()
    await house.pg.submit_modal(ann, form, {"Colour": "#00ff00"})
    assert look_of(desk) == Look(theme="sorbet", accent="#00ff00")


async def test_without_files_there_is_no_preview(house: House, ann: Member, desk: Desk) -> None:
    """Where the bot may not send files everything can be chosen all the same."""
    await house.pg.deny("general", "attach_files")
    await house.pg.idle()
    message = await house.ask(ann, "!card theme arcade")
    assert (message.attachments, desk.drawn) == ([], [])
    assert "The preview cannot be shown" in message.text
    assert (await card_of(house, ann)).theme == "arcade"


async def test_where_a_server_shows_text(house: House, ann: Member) -> None:
    """The card says so, and keeps what is chosen."""
    await house.ask(house.pg.guild.owner, "!config set pictures.enabled off")
    message = await house.ask(ann, "!card theme arcade")
    assert message.attachments == []
    assert "This server shows text" in message.text


async def test_choices_are_suggested(house: House, ann: Member) -> None:
    """What is typed is completed by what there is."""
    await bring(house, "background", "sea", make_image())
    themes = await house.pg.autocomplete(ann, "card theme", "theme", "a")
    assert [choice["value"] for choice in themes] == ["laurel", "gazette", "arcade"]
    assert [
        choice["value"] for choice in await house.pg.autocomplete(ann, "card background", "background", "e")
    ] == ["none", "ember", "forest", "ocean", "rose", "sea"]


async def test_a_theme_of_the_servers_own(house: House, ann: Member, desk: Desk) -> None:
    """It is tried on a card, listed, and chosen by members and the server; removed, all is as before."""
    owner = house.pg.guild.owner
    added = await bring(house, "theme", "Neon", OWN_THEME)
    assert "Members can choose the theme `neon`" in added.text
    assert image_of(added).size == (934, 282)
    await house.ask(ann, "!card theme neon")
    assert look_of(desk) == Look(theme="neon", own_theme=OWN_THEME.decode())
    assert r"`neon` · Neon \*\*nights\*\* · brought by" in (await house.ask(ann, "!cards list")).text
    assert "→ `neon`" in (await house.ask(owner, "!config set pictures.theme neon")).text
    await house.ask(owner, "!profile")
    assert look_of(desk).theme == "neon"
    assert "is another one now" in (await bring(house, "theme", "neon", OWN_THEME + b"\n")).text
    await house.ask(ann, "!profile")
    assert look_of(desk).own_theme.endswith("\n\n")
    await house.pg.advance(minutes=1)
    removed = await house.slash(owner, "cards remove", kind="theme", name="neon")
    assert "The theme `neon` is gone. It was this server's: pictures have `laurel` now" in removed.text
    assert "there is no theme `neon` any more" in (await house.ask(owner, "!config status")).text
    assert "Theme: **Laurel** (the server's)" in (await house.ask(ann, "!card")).text
    assert look_of(desk) == Look(theme="laurel")


async def test_backgrounds_that_come_along(house: House, ann: Member, desk: Desk) -> None:
    """There are some to choose from before any admin has brought one; each has a title and can be drawn."""
    message = await open_card(house, ann)
    for name, content in load_backgrounds().items():
        await house.pg.select(ann, message, name.title(), menu="Choose a background")
        assert look_of(desk).background == content
        assert f"Background: **{name.title()}**" in message.text
        assert image_of(message).size == (934, 282)


async def test_a_theme_whose_title_shows_nothing(house: House, ann: Member) -> None:
    """In the menu, which takes no empty label, it is called by its name."""
    await bring(house, "theme", "neon", OWN_THEME.replace(b'"Neon **nights**"', '"\u200b\u2060"'.encode(), 1))
    message = await open_card(house, ann)
    assert ("neon", "neon") in message.selects[0].options


async def test_a_background_of_the_servers_own(house: House, ann: Member, desk: Desk) -> None:
    """It is kept small, by prefix too, and stands behind the cards of who chooses it."""
    say = "!cards add background sea"
    [added] = await house.pg.ask(house.pg.guild.owner, say, attachments=[("sea.png", make_image())])
    assert "Members can choose the background `sea`" in added.text
    message = await open_card(house, ann)
    await house.pg.select(ann, message, "sea", menu="Choose a background")
    assert look_of(desk).background.startswith(b"\xff\xd8")
    assert "Background: **sea**" in message.text
    await house.ask(house.pg.guild.owner, "!cards remove background sea")
    await house.ask(ann, "!profile")
    assert look_of(desk).background == b""


@pytest.mark.parametrize(
    ("kind", "name", "content", "answer"),
    [
        ("theme", "laurel", OWN_THEME, "There is a theme `laurel` that comes along"),
        ("background", "ocean", make_image(), "There is a background `ocean` that comes along"),
        ("theme", "no spaces", OWN_THEME, "will not do as a name"),
        ("theme", "x" * 21, OWN_THEME, "will not do as a name"),
        ("theme", "neon", b"\x89PNG\r\n\x1a\n", "That is no text file. A theme is a TOML file"),
        ("theme", "neon", b"title = 3", "That is no theme that I can draw: neon, entry 'title'"),
        ("theme", "neon", b"\xff\xfe", "That is no text file"),
        ("theme", "neon", b"#" * 64_001, "That file has 64,001 bytes. A theme may have 64,000 at most."),
        ("background", "sea", b"no picture", "That is no picture that I can use"),
        ("background", "sea", make_image((100, 100)), "at least 200 wide and high"),
    ],
)
async def test_what_cannot_be_kept(
    house: House, ann: Member, kind: str, name: str, content: bytes, answer: str
) -> None:
    """A file that is none, or too large, is refused with what would be right."""
    assert answer in (await bring(house, kind, name, content)).text
    assert "brought by" not in (await house.ask(ann, "!cards list")).text


async def test_a_theme_that_cannot_be_drawn_any_more(house: House, ann: Member, desk: Desk) -> None:
    """A stored theme that a later version does not take is drawn in the first theme there is."""
    await bring(house, "theme", "neon", OWN_THEME)
    await house.ask(ann, "!card theme neon")
    key = asset_key(house.pg.guild.id, "theme", "neon")
    await house.store.commit((key,), lambda _: Decision(None, {key: AssetRecord(b"title = 3")}))
    await house.restart()
    message = await house.ask(ann, "!profile")
    assert image_of(message).size == (934, 282)
    assert look_of(desk) == Look(theme="laurel")
    tried = len(desk.drawn)
    assert image_of(await house.ask(ann, "!profile")).size == (934, 282)
    assert len(desk.drawn) == tried + 1  # it is not tried again for a while: all servers would wait


async def test_there_is_an_end_to_it(house: House, ann: Member) -> None:
    """A server has so many backgrounds; one more is refused, one in place of another is not."""
    for number in range(MOST_ASSETS):
        await bring(house, "background", f"sea{number}", make_image())
    answer = (await bring(house, "background", "sea", make_image())).text
    assert f"This server has {MOST_ASSETS} backgrounds of its own" in answer
    assert "is another one now" in (await bring(house, "background", "sea0", make_image())).text
    assert len((await open_card(house, ann)).selects[1].options) == 1 + len(load_backgrounds()) + MOST_ASSETS


async def test_changing_them_needs_manage_server(house: House, ann: Member) -> None:
    """By prefix, where Discord hides nothing; looking is for everybody."""
    for command in ("add theme neon", "remove theme neon"):
        [answer] = await house.pg.ask(ann, f"!cards {command}", attachments=[("neon.toml", OWN_THEME)])
        assert "You need the permission Manage Server" in answer.text
    assert "`midnight` · Midnight" in (await house.ask(ann, "!cards")).text


async def test_a_theme_that_there_is_not_is_no_rule(house: House, ann: Member) -> None:
    """The rule takes the names that there are, in any case, and its default back."""
    owner = house.pg.guild.owner
    assert ann is not owner
    assert "There is no theme `nope`" in (await house.ask(owner, "!config set pictures.theme nope")).text
    assert "→ `arcade`" in (await house.ask(owner, "!config set pictures.theme Arcade")).text
    assert "→ `laurel`" in (await house.ask(owner, "!config reset pictures.theme")).text
