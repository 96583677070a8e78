"""The one way errors are answered: a refusal becomes its text, anything else is logged with an id."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from cogs.ui.names import clean_name
from cogs.usage import children_of, may_use, usage_of
from data.texts import Texts
from leveling_core.errors import RuleError, StoreError, StoreUnavailableError

__all__ = [
    "SHOWN_CHARACTERS",
    "UserFacingError",
    "answer_error",
    "describe_error",
    "permission_names",
    "quoted",
    "root_of",
]

log = logging.getLogger(__name__)

_Field = str | int
_Fields = dict[str, _Field]
_Answer = tuple[str, _Fields]
"""The name of a text and its fields."""

SHOWN_CHARACTERS = 100
"""How much of what a person typed is shown back."""

REASON_CHARACTERS = 500
"""How much is shown of a reason. What a person typed is cut before it becomes a part of one."""


_CHANNEL_MENTION = re.compile(r"<#[0-9]{1,20}>")


class UserFacingError(commands.CommandError):
    """A command cannot do this, for a reason its user should read.

    Args:
        text_name: The text that says so.
        fields: What the text's placeholders hold.
    """

    def __init__(self, text_name: str, /, **fields: _Field) -> None:
        self.text_name = text_name
        self.fields = fields
        super().__init__(text_name)


def quoted(text: object, limit: int = SHOWN_CHARACTERS) -> str:
    """Return text as it may stand between backticks in a message: one line, bounded, no backticks.

    Of characters that nobody would see the numbers stand there.
    """
    line = " ".join(str(text).replace("`", "'").split())
    if line and not clean_name(line):
        line = " ".join(f"U+{ord(character):04X}" for character in line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def root_of(error: BaseException) -> BaseException:
    """Return what really went wrong, below the wrappers that discord.py puts around it."""
    while True:
        inner = getattr(error, "original", None)
        if not isinstance(inner, BaseException):
            inner = error.__cause__ if isinstance(error, app_commands.TransformerError) else None
        if inner is None:
            return error
        error = inner


def _rule_error(error: RuleError) -> _Answer:
    fields: _Fields = {}
    for name, value in error.fields.items():
        if name.endswith("_at") and isinstance(value, int):
            fields[name] = f"<t:{value // 1000}:R>"
        elif name.endswith("_id") and isinstance(value, int):
            fields[name] = f"<@{value}>"
        else:
            fields[name] = value if isinstance(value, int) else quoted(value, REASON_CHARACTERS)
    return f"error-{error.code}", fields


def permission_names(names: list[str]) -> str:
    """Return permissions as Discord shows them."""
    shown = (name.replace("guild", "server").replace("_", " ").title() for name in names)
    return ", ".join(shown)


def _number(value: object) -> _Field:
    return value if isinstance(value, int) else quoted(value)


def _range(error: commands.RangeError) -> _Answer:
    if error.minimum is None:
        return "error-range-below", {"value": quoted(error.value), "maximum": _number(error.maximum)}
    if error.maximum is None:
        return "error-range-above", {"value": quoted(error.value), "minimum": _number(error.minimum)}
    return "error-range", {
        "value": quoted(error.value),
        "minimum": _number(error.minimum),
        "maximum": _number(error.maximum),
    }


def _no_channel(argument: object) -> _Answer:
    text = str(argument)
    if _CHANNEL_MENTION.fullmatch(text):
        return "error-channel-not-read", {"channel": text}  # Discord shows its name to who may see it
    return "error-channel-not-found", {"argument": quoted(text)}


def _no_choice(error: commands.BadLiteralArgument) -> _Answer:
    if error.argument.startswith(("#", "<#")):  # meant as a channel, which was left out as it was not found
        return _no_channel(error.argument)
    choices = ", ".join(map(str, error.literals))
    return "error-not-a-choice", {"argument": quoted(error.argument), "choices": quoted(choices)}


E = TypeVar("E", bound=BaseException)


def _row(kind: type[E], answer: Callable[[E], _Answer]) -> tuple[type[Any], Callable[[Any], _Answer]]:
    return kind, answer


def _fixed(text_name: str) -> Callable[[BaseException], _Answer]:
    return lambda _: (text_name, {})


ANSWERS: tuple[tuple[type[Any], Callable[[Any], _Answer]], ...] = (
    _row(UserFacingError, lambda e: (e.text_name, e.fields)),
    _row(RuleError, _rule_error),
    _row(StoreUnavailableError, _fixed("error-storage-unavailable")),
    _row(StoreError, _fixed("error-storage")),
    _row(commands.MissingRequiredArgument, lambda e: ("error-missing-argument", {"argument": e.param.name})),
    _row(commands.MissingRequiredAttachment, _fixed("error-missing-attachment")),
    _row(commands.MemberNotFound, lambda e: ("error-member-not-found", {"argument": quoted(e.argument)})),
    _row(commands.UserNotFound, lambda e: ("error-member-not-found", {"argument": quoted(e.argument)})),
    _row(commands.ChannelNotFound, lambda e: _no_channel(e.argument)),
    _row(commands.ChannelNotReadable, lambda e: _no_channel(e.argument)),
    _row(commands.RoleNotFound, lambda e: ("error-role-not-found", {"argument": quoted(e.argument)})),
    _row(commands.RangeError, _range),
    _row(commands.BadBoolArgument, lambda e: ("error-not-on-or-off", {"argument": quoted(e.argument)})),
    _row(commands.BadLiteralArgument, _no_choice),
    _row(commands.ArgumentParsingError, _fixed("error-quotes")),
    _row(commands.TooManyArguments, _fixed("error-too-many-arguments")),
    _row(commands.UserInputError, _fixed("error-bad-argument")),
    _row(app_commands.TransformerError, _fixed("error-bad-argument")),
    _row(commands.CommandOnCooldown, lambda e: ("error-cooldown", {"seconds": int(e.retry_after) + 1})),
    _row(app_commands.CommandOnCooldown, lambda e: ("error-cooldown", {"seconds": int(e.retry_after) + 1})),
    _row(commands.MaxConcurrencyReached, _fixed("error-busy")),
    _row(commands.NoPrivateMessage, _fixed("error-server-only")),
    _row(app_commands.NoPrivateMessage, _fixed("error-server-only")),
    _row(
        commands.MissingPermissions,
        lambda e: ("error-missing-permissions", {"permissions": permission_names(e.missing_permissions)}),
    ),
    _row(
        app_commands.MissingPermissions,
        lambda e: ("error-missing-permissions", {"permissions": permission_names(e.missing_permissions)}),
    ),
    _row(
        commands.BotMissingPermissions,
        lambda e: ("error-bot-missing-permissions", {"permissions": permission_names(e.missing_permissions)}),
    ),
    _row(
        app_commands.BotMissingPermissions,
        lambda e: ("error-bot-missing-permissions", {"permissions": permission_names(e.missing_permissions)}),
    ),
    _row(commands.DisabledCommand, _fixed("error-disabled")),
    _row(commands.CheckFailure, _fixed("error-not-allowed")),
    _row(app_commands.CheckFailure, _fixed("error-not-allowed")),
    _row(app_commands.CommandSignatureMismatch, _fixed("error-outdated-command")),
    _row(app_commands.CommandNotFound, _fixed("error-outdated-command")),
    _row(discord.Forbidden, _fixed("error-forbidden")),
)
"""What is answered to which error: the first row that fits. What fits none is a fault of ours."""


def _wrapped(error: BaseException) -> Iterator[BaseException]:
    root = root_of(error)
    yield root
    if root is not error:
        yield error


def describe_error(error: BaseException) -> _Answer | None:
    """Return the text that tells a person of an error, or None for a fault that nobody foresaw."""
    for candidate in _wrapped(error):
        for kind, answer in ANSWERS:
            if isinstance(candidate, kind):
                return answer(candidate)
    return None


SHAPE_ERRORS = (
    commands.MissingRequiredArgument,
    commands.TooManyArguments,
    commands.BadArgument,
    commands.ArgumentParsingError,
)
"""What was typed does not have the shape of the command."""

FINDING_ERRORS = (
    commands.MemberNotFound,
    commands.UserNotFound,
    commands.ChannelNotFound,
    commands.ChannelNotReadable,
    commands.RoleNotFound,
    UserFacingError,
)
"""What was typed has the shape, but is not to be found."""


async def answer_error(
    texts: Texts, target: commands.Context[Any] | discord.Interaction, error: BaseException
) -> None:
    """Tell the person who gave a command what went wrong; log what is not their doing.

    Args:
        texts: What people read.
        target: What failed: a command's context, or an interaction.
        error: As it was caught, with or without discord.py's wrappers.
    """
    answer = describe_error(error)
    root = root_of(error)
    if answer is None:
        error_id = secrets.token_hex(4)
        log.error("Error %s in %s", error_id, _command_of(target), exc_info=root)
        answer = "error-unexpected", {"id": error_id}
    elif isinstance(root, StoreUnavailableError):
        log.warning("Storage is unavailable to %s: %s", _command_of(target), root)
    elif isinstance(root, StoreError):
        log.error("Storage failed in %s: %s", _command_of(target), root)
    name, fields = answer
    text = texts(name, **fields)
    if there := await _subcommands(target, root):
        if isinstance(root, commands.TooManyArguments):
            text = texts("error-no-subcommand", command=_as_typed(target), there=there)
        else:
            text = f"{text} {texts('error-subcommands', there=there)}"
    elif usage := _usage(target, root):
        text = f"{text} {texts('error-usage', usage=quoted(usage))}"
    try:
        await _send(target, text)
    except discord.HTTPException as problem:
        log.warning("The answer to an error of %s could not be sent: %s", _command_of(target), problem)


def _as_typed(target: commands.Context[Any] | discord.Interaction) -> str:
    """Return a group and the word behind it that is none of its commands."""
    passed = target.subcommand_passed if isinstance(target, commands.Context) else None
    return quoted(f"{_command_of(target)} {passed or ''}")


async def _subcommands(target: commands.Context[Any] | discord.Interaction, root: BaseException) -> str:
    """Return what whoever typed an unknown word behind a group could have meant, "" for nothing."""
    if not isinstance(target, commands.Context) or target.interaction is not None:
        return ""
    group = target.command
    if not isinstance(group, commands.Group) or not isinstance(
        root, commands.TooManyArguments | commands.MemberNotFound
    ):
        return ""
    found = [command.qualified_name for command in children_of(group) if await may_use(target, command)]
    return ", ".join(f"`{target.clean_prefix}{name}`" for name in found)


def _usage(target: commands.Context[Any] | discord.Interaction, root: BaseException) -> str | None:
    """Return how the command is typed, where somebody typed it in a wrong shape."""
    if not isinstance(target, commands.Context) or target.interaction is not None or target.command is None:
        return None
    if not isinstance(root, SHAPE_ERRORS) or isinstance(root, FINDING_ERRORS):
        return None
    return usage_of(target.command, target.clean_prefix)


def _command_of(target: commands.Context[Any] | discord.Interaction) -> str:
    command = target.command
    return command.qualified_name if command is not None else "a component"


async def _send(target: commands.Context[Any] | discord.Interaction, text: str) -> None:
    quiet = discord.AllowedMentions.none()
    if isinstance(target, commands.Context):
        await target.send(text, ephemeral=True, allowed_mentions=quiet)
    elif target.response.is_done():
        await target.followup.send(text, ephemeral=True, allowed_mentions=quiet)
    else:
        await target.response.send_message(text, ephemeral=True, allowed_mentions=quiet)
