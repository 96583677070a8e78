"""Find buttons, menus and choices by what is typed for them: numbers as they are shown, labels, names."""

from __future__ import annotations

from collections.abc import Iterator

from playground.components import CHANNEL_SELECT, MENTIONABLE_SELECT, ROLE_SELECT, USER_SELECT, Button, Select
from playground.errors import PlaygroundError
from playground.model import Channel, Guild, Member, Message, Role
from playground.terminal.drawing import list_controls

__all__ = ["find_button", "read_choice"]

Choice = str | Member | Role | Channel


def find_button(message: Message, typed: str) -> int:
    """Return the place of a button among those of a message, by its number or its label.

    Raises:
        PlaygroundError: There is none, or it cannot be pressed.
    """
    control = _find_numbered(message, typed) or _find_named(message, typed)
    if control is None:
        raise _nothing_called(message, typed)
    if isinstance(control, Select):
        number = list_controls(message).index(control) + 1
        raise PlaygroundError(f"{typed} is {_name(control)}: :select {number} CHOICE chooses in it")
    if control.custom_id is None:
        raise PlaygroundError(f"{_name(control)} is a link, which leads to {control.url}")
    if control.disabled:
        raise PlaygroundError(f"{_name(control)} cannot be pressed now")
    return message.buttons.index(control)


def read_choice(guild: Guild, message: Message, typed: str) -> tuple[int, list[Choice]]:
    """Return the place of a menu among those of a message, and what is chosen in it.

    Args:
        guild: Whose channels, roles and members may be chosen.
        message: Whose menu.
        typed: The menu's number and choices between commas. Without a number it is the first menu that offers
            the choice.

    Raises:
        PlaygroundError: There is no such menu, or no such choice in it.
    """
    menus = message.selects
    fitting = next((menu for menu in menus if typed.casefold() in _choices(guild, menu)), None)
    menu = fitting or (menus[0] if menus else None)
    first, _, rest = typed.partition(" ")
    if first.isdecimal() and fitting is None:
        control = _find_numbered(message, first)
        if isinstance(control, Button):
            raise PlaygroundError(f"{first} is {_name(control)}: :press {first} presses it")
        if control is None:
            raise _nothing_called(message, first)
        menu, typed = control, rest.strip()
    if menu is None:
        raise PlaygroundError(f"there is no menu here; {_list(message)}")
    if menu.disabled:
        raise PlaygroundError(f"nothing can be chosen in {_name(menu)} now")
    return menus.index(menu), _read_choices(guild, menu, typed)


def _read_choices(guild: Guild, menu: Select, typed: str) -> list[Choice]:
    choices = _choices(guild, menu)
    words = (
        [typed]
        if typed.casefold() in choices
        else [part.strip() for part in typed.split(",") if part.strip()]
    )
    known = ", ".join(dict.fromkeys(label for label, _ in _offered(guild, menu))) or "none"
    for word in words:
        if word.casefold() not in choices:
            raise PlaygroundError(f"{word!r} is no option; there are {known}")
    if not menu.min_values <= len(words) <= menu.max_values:
        least, most = menu.min_values, menu.max_values
        bounds = f"{least}" if least == most else f"{least} to {most}"
        raise PlaygroundError(f"{_name(menu)} takes {bounds} of {known}; {len(words)} were typed")
    return [choices[word.casefold()] for word in words]


def _choices(guild: Guild, menu: Select) -> dict[str, Choice]:
    """Return what may be chosen, by all that may be typed for it, in small letters."""
    choices: dict[str, Choice] = {}
    for label, choice in _offered(guild, menu):
        names = [label, label.removeprefix("#").removeprefix("@")]
        names += [choice] if isinstance(choice, str) else [choice.name]
        for name in names:
            choices.setdefault(name.casefold(), choice)
    return choices


def _offered(guild: Guild, menu: Select) -> Iterator[tuple[str, Choice]]:
    """Yield what a menu offers, each as it is shown and as it is."""
    if menu.type in (USER_SELECT, MENTIONABLE_SELECT):
        yield from ((f"@{member.display_name}", member) for member in guild.members.values())
    if menu.type in (ROLE_SELECT, MENTIONABLE_SELECT):
        yield from ((f"@{role.name}", role) for role in guild.roles.values() if role is not guild.everyone)
    if menu.type == CHANNEL_SELECT:
        for place in (*guild.channels.values(), *guild.threads.values()):
            if not menu.channel_types or place.type in menu.channel_types:
                yield f"#{place.name}", place
    yield from menu.options


def _find_numbered(message: Message, typed: str) -> Button | Select | None:
    controls = list_controls(message)
    return controls[int(typed) - 1] if typed.isdecimal() and 1 <= int(typed) <= len(controls) else None


def _find_named(message: Message, typed: str) -> Button | Select | None:
    return next((item for item in list_controls(message) if typed.casefold() in _names(item)), None)


def _names(control: Button | Select) -> set[str]:
    """Return all that may be typed for a button or menu, in small letters."""
    names = [control.custom_id, _label(control)]
    names += [control.label, control.emoji] if isinstance(control, Button) else []
    return {name.casefold() for name in names if name}


def _label(control: Button | Select) -> str:
    if isinstance(control, Select):
        return control.placeholder
    return " ".join(part for part in (control.emoji, control.label) if part)


def _name(control: Button | Select) -> str:
    return f"the {'menu' if isinstance(control, Select) else 'button'} {_label(control)}".strip()


def _list(message: Message) -> str:
    """Return what there is on a message, in words."""
    controls = list_controls(message)
    listed = ", ".join(f"{number} {_name(control)}" for number, control in enumerate(controls, 1))
    return f"there {'is' if len(controls) == 1 else 'are'} {listed}"


def _nothing_called(message: Message, typed: str) -> PlaygroundError:
    called = f"has the number {typed}" if typed.isdecimal() else f"is called {typed}"
    return PlaygroundError(f"nothing here {called}; {_list(message)}")
