"""Buttons, menus and forms at the playground, by what is typed for them."""

from __future__ import annotations

from tests.playground.terminal.conftest import TestSession


async def test_controls_are_named_as_they_are_shown(session: TestSession) -> None:
    """What cannot be used is told by the number that was typed, with what there is under which number."""
    there = "there are 1 the button 🚪 Knock, 2 the menu Metal"
    await session.type("/choose")
    for typed, told in (
        (":press 9", f"nothing here has the number 9; {there}"),
        (":press 0", f"nothing here has the number 0; {there}"),
        (":press Door", f"nothing here is called Door; {there}"),
        (":press 2", "2 is the menu Metal: :select 2 CHOICE chooses in it"),
        (":press metal", "metal is the menu Metal: :select 2 CHOICE chooses in it"),
        (":select 1 Gold", "1 is the button 🚪 Knock: :press 1 presses it"),
        (":select 7 Gold", f"nothing here has the number 7; {there}"),
        (":select 2", "the menu Metal takes 1 of Gold; 0 were typed"),
        (":select Gold, Gold", "the menu Metal takes 1 of Gold; 2 were typed"),
        (":select 2 Tin", "'Tin' is no option; there are Gold"),
    ):
        assert (await session.type(typed)).splitlines() == [f"> {typed}", f"! {told}"]
    assert "knocked" in await session.type(":press 🚪 knock")
    assert "chose au" in await session.type(":select gold")


async def test_what_cannot_be_pressed_is_told(session: TestSession) -> None:
    """A link leads elsewhere, and a button may be off."""
    await session.type("/people")
    assert "! the button Docs is a link, which leads to https://example.org" in await session.type(
        ":press Docs"
    )
    assert "! the button Off cannot be pressed now" in await session.type(":press 1")


async def test_roles_and_people_are_chosen_by_name(session: TestSession) -> None:
    """With @ or without; several between commas; nothing where a menu allows that."""
    await session.type(":role Gold, the metal", "/people")
    for typed, chosen in (
        (":select 3 @Gold, the metal", "role: Gold, the metal"),
        (":select 3 laurel", "role: Laurel"),
        (":select 3", "role: "),
        (":select 4 ann, @bob", "people: ann, bob"),
        (":select 5 cleo", "either: cleo"),
        (":select 5 Gold, the metal", "either: Gold, the metal"),
    ):
        assert chosen.strip() in (await session.type(typed)).splitlines()[-1]
    assert "'dave' is no option; there are @owner, @Laurel, @ann, @bob, @cleo" in await session.type(
        ":select 4 dave"
    )


async def test_channels_are_chosen_by_name(session: TestSession) -> None:
    """The panel's menu of channels takes names with # and without, and says which there are."""
    await session.type(":channel level-ups in Info", ":channel general", "owner: !config panel")
    await session.type(":select 1 announcements", ":select 2 level")
    assert "! 'Info' is no option; there are #general, #level-ups" in await session.type(":select 6 Info")
    assert "Now: #level-ups" in await session.type(":select 6 #level-ups")
    assert "Now: #general" in await session.type(":select 6 general")
    assert "Now: #level-ups" in await session.type(":select level-ups")
    shown = await session.type(":chat ann 7")
    assert "── #level-ups ──\nLaurel  🎉 ann reached level 2!" in shown
