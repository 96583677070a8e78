"""Discord's limits on what a bot sends, checked before anything is done (Discord API reference)."""

from __future__ import annotations

import re
from typing import Final

from playground.components import ACTION_ROW, BUTTON, LINK_STYLE, SELECTS, TEXT_DISPLAY, walk
from playground.errors import DiscordError, Json, invalid_form
from playground.model import COMPONENTS_V2

CONTENT_CHARS: Final = 2000
EMBEDS: Final = 10
EMBED_TOTAL_CHARS: Final = 6000
EMBED_FIELDS: Final = 25
EMBED_TEXT_CHARS: Final = {"title": 256, "description": 4096}
FIELD_TEXT_CHARS: Final = {"name": 256, "value": 1024}
FOOTER_CHARS: Final = 2048
AUTHOR_CHARS: Final = 256
ROWS: Final = 5
ROW_BUTTONS: Final = 5
V2_COMPONENTS: Final = 40
V2_TEXT_CHARS: Final = 4000
CUSTOM_ID_CHARS: Final = 100
LABEL_CHARS: Final = 80
PLACEHOLDER_CHARS: Final = 150
OPTIONS: Final = 25
OPTION_CHARS: Final = 100
FILES: Final = 10
FILE_BYTES: Final = 10 * 1024 * 1024
NONCE_CHARS: Final = 25
MODAL_TITLE_CHARS: Final = 45
CHOICES: Final = 25

_COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")


def check_length(path: str, text: object, limit: int, *, required: bool = False) -> None:
    """Refuse a text that is too long, is no text, or is missing though required."""
    if text is None or text == "":
        if required:
            raise invalid_form(path, "BASE_TYPE_REQUIRED", "This field is required")
        return
    if not isinstance(text, str):
        raise invalid_form(path, "STRING_TYPE_CONVERT", f'Could not interpret "{text}" as string.')
    if len(text) > limit:
        raise invalid_form(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _check_count(path: str, items: list[Json], limit: int) -> None:
    if len(items) > limit:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {limit} in length.")


def check_message(body: Json, *, file_sizes: list[int]) -> None:
    """Refuse a message body that breaks a limit; what is absent is not checked."""
    check_length("content", body.get("content"), CONTENT_CHARS)
    nonce = body.get("nonce")
    if nonce is not None:
        check_length("nonce", str(nonce), NONCE_CHARS)
    embeds = body.get("embeds") or []
    if len(embeds) > EMBEDS:
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
    for index, embed in enumerate(embeds):
        _check_embed(f"embeds.{index}", embed)
    if sum(map(_embed_chars, embeds)) > EMBED_TOTAL_CHARS:
        raise invalid_form(
            "embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL_CHARS}"
        )
    if body.get("components"):
        check_components(body["components"], v2=bool((body.get("flags") or 0) & COMPONENTS_V2))
    if len(file_sizes) > FILES:
        raise invalid_form("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {FILES} or fewer in length.")
    if any(size > FILE_BYTES for size in file_sizes):
        raise DiscordError(413, 40005, "Request entity too large")


def _check_embed(path: str, embed: Json) -> None:
    for key, limit in EMBED_TEXT_CHARS.items():
        check_length(f"{path}.{key}", embed.get(key), limit)
    check_length(f"{path}.footer.text", (embed.get("footer") or {}).get("text"), FOOTER_CHARS)
    check_length(f"{path}.author.name", (embed.get("author") or {}).get("name"), AUTHOR_CHARS)
    fields = embed.get("fields") or []
    if len(fields) > EMBED_FIELDS:
        raise invalid_form(
            f"{path}.fields", "BASE_TYPE_MAX_LENGTH", f"Must be {EMBED_FIELDS} or fewer in length."
        )
    for index, embed_field in enumerate(fields):
        for key, limit in FIELD_TEXT_CHARS.items():
            check_length(f"{path}.fields.{index}.{key}", embed_field.get(key), limit, required=True)


def _embed_chars(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for embed_field in embed.get("fields") or []:
        texts += [embed_field.get("name"), embed_field.get("value")]
    return sum(len(text) for text in texts if text)


def check_components(components: list[Json], *, v2: bool) -> None:
    """Refuse buttons and menus that break a limit."""
    every = list(walk(components))
    if v2:
        if len(every) > V2_COMPONENTS:
            raise invalid_form(
                "components", "BASE_TYPE_MAX_LENGTH", f"Must be {V2_COMPONENTS} or fewer in length."
            )
        if sum(len(item["content"]) for item in every if item["type"] == TEXT_DISPLAY) > V2_TEXT_CHARS:
            raise invalid_form(
                "components",
                "COMPONENT_MAX_TOTAL_TEXT_SIZE_EXCEEDED",
                f"The text of all components must be {V2_TEXT_CHARS} or fewer in length.",
            )
    else:
        if any(row["type"] != ACTION_ROW for row in components):
            raise invalid_form(
                "components.0.type", "UNION_TYPE_CHOICES", "Value of field must be one of (1,)."
            )
        _check_count("components", components, ROWS)
    for index, component in enumerate(components):
        _check_row(f"components.{index}", component)
    custom_ids = [item["custom_id"] for item in every if item.get("custom_id")]
    if len(set(custom_ids)) != len(custom_ids):
        raise invalid_form(
            "components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        )


def _check_row(path: str, component: Json) -> None:
    children = component.get("components", [])
    if component["type"] == ACTION_ROW:
        has_select = any(child["type"] in SELECTS for child in children)
        _check_count(f"{path}.components", children, 1 if has_select else ROW_BUTTONS)
        if not children:
            raise invalid_form(
                f"{path}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."
            )
    for index, child in enumerate(children):
        child_path = f"{path}.components.{index}"
        if child["type"] == BUTTON:
            _check_button(child_path, child)
        elif child["type"] in SELECTS:
            _check_select(child_path, child)
        else:
            _check_row(child_path, child)


def _check_button(path: str, button: Json) -> None:
    check_length(f"{path}.label", button.get("label"), LABEL_CHARS)
    is_link = button.get("style") == LINK_STYLE
    check_length(f"{path}.custom_id", button.get("custom_id"), CUSTOM_ID_CHARS, required=not is_link)
    if is_link:
        check_length(f"{path}.url", button.get("url"), 512, required=True)
    if not button.get("label") and not button.get("emoji"):
        raise invalid_form(
            f"{path}.label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required"
        )


def _check_select(path: str, select: Json) -> None:
    check_length(f"{path}.custom_id", select.get("custom_id"), CUSTOM_ID_CHARS, required=True)
    check_length(f"{path}.placeholder", select.get("placeholder"), PLACEHOLDER_CHARS)
    options = select.get("options") or []
    if select["type"] == SELECTS[0] and not options:
        raise invalid_form(f"{path}.options", "BASE_TYPE_REQUIRED", "This field is required")
    _check_count(f"{path}.options", options, OPTIONS)
    for index, option in enumerate(options):
        for key in ("label", "value"):
            check_length(f"{path}.options.{index}.{key}", option.get(key), OPTION_CHARS, required=True)
        check_length(f"{path}.options.{index}.description", option.get("description"), OPTION_CHARS)
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        raise invalid_form(
            f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Values must be unique"
        )


def check_modal(data: Json) -> None:
    """Refuse a modal that breaks a limit."""
    check_length("data.title", data.get("title"), MODAL_TITLE_CHARS, required=True)
    check_length("data.custom_id", data.get("custom_id"), CUSTOM_ID_CHARS, required=True)
    components = data.get("components") or []
    if not 1 <= len(components) <= ROWS:
        raise invalid_form(
            "data.components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS} in length."
        )


def check_choices(choices: list[Json]) -> None:
    """Refuse autocomplete choices that break a limit."""
    if len(choices) > CHOICES:
        raise invalid_form("data.choices", "BASE_TYPE_MAX_LENGTH", f"Must be {CHOICES} or fewer in length.")
    for index, choice in enumerate(choices):
        check_length(f"data.choices.{index}.name", choice.get("name"), OPTION_CHARS, required=True)


def check_command(path: str, command: Json) -> None:
    """Refuse an application command that breaks a limit."""
    name = command.get("name") or ""
    if command.get("type", 1) == 1:
        if not _COMMAND_NAME.match(name) or name != name.lower():
            raise invalid_form(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        check_length(f"{path}.description", command.get("description"), OPTION_CHARS, required=True)
        _check_options(path, command.get("options") or [])
    else:
        check_length(f"{path}.name", name, 32, required=True)


def _check_options(path: str, options: list[Json]) -> None:
    _check_count(f"{path}.options", options, OPTIONS)
    optional_seen = False
    for index, option in enumerate(options):
        option_path = f"{path}.options.{index}"
        if not _COMMAND_NAME.match(option["name"]) or option["name"] != option["name"].lower():
            raise invalid_form(
                f"{option_path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"
            )
        check_length(f"{option_path}.description", option.get("description"), OPTION_CHARS, required=True)
        if option.get("required") and optional_seen:
            raise invalid_form(
                f"{option_path}",
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required", False)
        _check_count(f"{option_path}.choices", option.get("choices") or [], CHOICES)
        for number, choice in enumerate(option.get("choices") or []):
            check_length(
                f"{option_path}.choices.{number}.name", choice.get("name"), OPTION_CHARS, required=True
            )
        _check_options(option_path, option.get("options") or [])
