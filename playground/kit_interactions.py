"""Verbs about interactions: slash commands, context menus, autocomplete, buttons, menus, modals."""

from __future__ import annotations

from typing import Any

from playground.base import KitBase, Where, Who
from playground.commands import command_data, find_command, find_menu, focused_data, option_names
from playground.components import LABEL, TEXT_INPUT, Button, Select, walk
from playground.errors import Json, PlaygroundError
from playground.interactions import InteractionResult, InteractionType
from playground.model import Channel, Member, Message, Role, User
from playground.resolved import Resolver


class InteractionVerbs(KitBase):
    """What people do with commands and components. Each begins the interaction and returns at once."""

    def start_slash(
        self, who: Who, name: str, place: Where = None, options: dict[str, Any] | None = None
    ) -> InteractionResult:
        """Begin a slash command; see `Playground.slash`."""
        given = dict(options or {})
        asker, channel = self._asker(who, place)
        command, path = find_command(self.world, asker, channel, name)
        if "channel" in given and "channel" not in option_names(command, path):
            asker, channel = self._asker(who, given.pop("channel"))
            command, path = find_command(self.world, asker, channel, name)
        if not self.server.interactions.may_use_commands(asker, channel):
            raise PlaygroundError(f"{asker.name} may not use application commands in {channel.name}")
        data = command_data(command, path, given, Resolver(self.world, self.server.payloads, channel))
        return self.server.interactions.start(InteractionType.COMMAND, asker, channel, data)

    def start_autocomplete(
        self, who: Who, name: str, option: str, text: str, place: Where, options: dict[str, Any]
    ) -> InteractionResult:
        """Begin to type an option; see `Playground.autocomplete`."""
        asker, channel = self._asker(who, place)
        command, path = find_command(self.world, asker, channel, name)
        data = focused_data(command, path, option, text, options)
        return self.server.interactions.start(InteractionType.AUTOCOMPLETE, asker, channel, data)

    def start_context_menu(
        self, who: Who, name: str, target: Member | Message, channel: Where = None
    ) -> InteractionResult:
        """Begin a context-menu command; see `Playground.context_menu`."""
        asker, place = self._asker(who, target.channel if isinstance(target, Message) else channel)
        command = find_menu(self.world, asker, place, name, on_message=isinstance(target, Message))
        resolver = Resolver(self.world, self.server.payloads, place)
        resolver.add(target)
        data: Json = {
            "id": command["id"],
            "name": command["name"],
            "type": command["type"],
            "target_id": str(target.id),
            "resolved": resolver.resolved,
        }
        return self.server.interactions.start(InteractionType.COMMAND, asker, place, data)

    def start_press(self, who: Who, message: Message, button: str | int) -> InteractionResult:
        """Begin a press; see `Playground.press`."""
        found = find_button(message, button)
        if found.disabled or found.custom_id is None:
            raise PlaygroundError(
                f"the button {found.label or found.emoji!r} is a link or cannot be pressed now"
            )
        return self._use(who, message, {"component_type": 2, "custom_id": found.custom_id})

    def start_select(
        self, who: Who, message: Message, *values: str | Member | Role | Channel, menu: str | int = 0
    ) -> InteractionResult:
        """Begin a choice; see `Playground.select`."""
        found = find_select(message, menu)
        if found.disabled:
            raise PlaygroundError(f"the menu {found.custom_id!r} is disabled")
        if not found.min_values <= len(values) <= found.max_values:
            raise PlaygroundError(
                f"the menu {found.custom_id!r} takes {found.min_values} to {found.max_values} values, "
                f"got {len(values)}"
            )
        resolver = Resolver(self.world, self.server.payloads, message.channel)
        chosen = [
            _option_value(found, value) if isinstance(value, str) else resolver.add(value) for value in values
        ]
        data: Json = {"component_type": found.type, "custom_id": found.custom_id, "values": chosen}
        if resolver.resolved:
            data["resolved"] = resolver.resolved
        return self._use(who, message, data)

    def _use(self, who: Who, message: Message, data: Json) -> InteractionResult:
        if message.deleted:
            raise PlaygroundError("the message has been deleted")
        asker, place = self._asker(who, message.channel)
        return self.server.interactions.start(InteractionType.COMPONENT, asker, place, data, source=message)

    def start_modal(self, who: Who, shown_by: InteractionResult, values: dict[str, Any]) -> InteractionResult:
        """Begin to submit a modal; see `Playground.submit_modal`."""
        if shown_by.modal is None:
            raise PlaygroundError("the bot has shown no modal there")
        asker, place = self._asker(who, shown_by.channel)
        data: Json = {
            "custom_id": shown_by.modal["custom_id"],
            "components": fill_modal(shown_by.modal, dict(values)),
        }
        return self.server.interactions.start(
            InteractionType.MODAL, asker, place, data, source=shown_by.source
        )

    def _asker(self, who: Who, channel: Where) -> tuple[Member | User, Channel]:
        member = self.member(who)
        place = self.channel(channel, member.guild)
        if place.guild is None:
            return member.user, place
        if place.guild is not member.guild:
            raise PlaygroundError(f"{member.name} is no member of {place.guild.name}")
        return member, place


def find_button(message: Message, button: str | int) -> Button:
    """Return a button by its place (0 is the first), label, emoji or custom id.

    Raises:
        PlaygroundError: There is none.
    """
    buttons = message.buttons
    if isinstance(button, int):
        if 0 <= button < len(buttons):
            return buttons[button]
    else:
        for found in buttons:
            if button in (found.label, found.custom_id, found.emoji):
                return found
    known = ", ".join(repr(found.label or found.emoji or found.custom_id) for found in buttons) or "none"
    raise PlaygroundError(f"there is no button {button!r}; the message has {known}")


def find_select(message: Message, menu: str | int) -> Select:
    """Return a select menu by its place (0 is the first), placeholder or custom id.

    Raises:
        PlaygroundError: There is none.
    """
    selects = message.selects
    if isinstance(menu, int):
        if 0 <= menu < len(selects):
            return selects[menu]
    else:
        for found in selects:
            if menu in (found.custom_id, found.placeholder):
                return found
    raise PlaygroundError(f"there is no menu {menu!r}; the message has {len(selects)}")


def _option_value(select: Select, wanted: str) -> str:
    for label, value in select.options:
        if wanted in (label, value):
            return value
    raise PlaygroundError(
        f"{wanted!r} is no option; there are {', '.join(label for label, _ in select.options)}"
    )


def fill_modal(modal: Json, values: dict[str, Any]) -> list[Json]:
    """Return a modal's components as submitted; fields are named by custom id or label.

    Raises:
        PlaygroundError: A required field is missing, or a name is no field.
    """
    components = [_submitted(component, values) for component in modal["components"]]
    if values:
        labels = [item["label"] for item in walk(modal["components"]) if item.get("label")]
        raise PlaygroundError(f"the form has no field {next(iter(values))!r}; it has {', '.join(labels)}")
    return components


def _submitted(component: Json, values: dict[str, Any]) -> Json:
    if component["type"] == 1:
        return {"type": 1, "components": [_field(child, None, values) for child in component["components"]]}
    if component["type"] == LABEL:
        return {
            "type": LABEL,
            "id": 1,
            "component": _field(component["component"], component["label"], values),
        }
    return {"type": component["type"], "id": 1}


def _field(field: Json, label: str | None, values: dict[str, Any]) -> Json:
    names = (field["custom_id"], field.get("label"), label)
    name = next((name for name in names if name in values), None)
    value = values.pop(name) if name is not None else field.get("value", "")
    if not value and field.get("required", True):
        raise PlaygroundError(f"the field {label or field.get('label') or field['custom_id']!r} is required")
    submitted: Json = {"type": field["type"], "id": 2, "custom_id": field["custom_id"]}
    if field["type"] == TEXT_INPUT:
        return submitted | {"value": str(value)}
    return submitted | {"values": [value] if isinstance(value, str) else list(value or ())}
