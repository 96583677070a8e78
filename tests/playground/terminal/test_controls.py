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


async def test_a_form_is_filled_in_by_its_own_fields(session: TestSession) -> None:
    """The hint names them; what is wrong is told in plain words, and the form stays open."""
    await session.type("owner: !config panel", ":select earning", ":select cooldown_seconds")
    assert (await session.type(":press Change")).splitlines()[1:] == [
        "* a form opens: earning.cooldown_seconds",
        "*   New value: 60 · Takes a whole number from 0 to 86,400 (seconds)",
        "* fill it in like this: :fill New value=…",
    ]
    for typed, told in (
        (":fill", "write it like this: :fill New value=…"),
        (":fill 30", "write it like this: :fill New value=…"),
        (":fill Reason=30", "the form has no field 'Reason'; it has New value"),
        (":fill New value=30; Why=so", "the form has no field 'Why'; it has New value"),
        (":fill New value=", "the field 'New value' is required"),
    ):
        assert (await session.type(typed)).splitlines() == [f"> {typed}", f"! {told}"]
    assert "`60` → `30`" in await session.type(":fill new VALUE = 30;")
    assert "! no form is open" in await session.type(":fill New value=30")


async def test_a_semicolon_may_stand_in_a_form(session: TestSession) -> None:
    """It ends a value only where another field follows."""
    await session.type("/why")
    assert "because it rains; it pours\n" in await session.type(":fill reason=it rains; it pours")


async def test_a_form_that_nobody_took_stays_open(session: TestSession) -> None:
    """As at Discord, where what was typed is not lost."""
    await session.type("owner: !config panel", ":select earning", ":select cooldown_seconds", ":press Change")
    await session.type(":offline")
    assert "! the interaction failed" in await session.type(":fill New value=30")
    await session.type(":online")
    assert "`60` → `30`" in await session.type(":fill New value=30")
