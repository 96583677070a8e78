"""Draw messages as lines of text: embeds, buttons, menus, files. Nothing here knows a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from playground.components import LINK_STYLE, Button, Select, list_texts
from playground.errors import Json
from playground.model import LOADING, Attachment, Message, MessageType
from playground.terminal.wording import Wording

Fragment = tuple[str, str]
"""A style's name and a text."""

Line = list[Fragment]

BAR: Final = "│ "
INDENT: Final = "  "
INLINE_LIMIT: Final = 3
"""How many short fields stand beside each other, as in Discord."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Draws messages.

    Args:
        wording: Writes mentions, times and emphasis.
        pictures: Where the file of an attachment lies, by the attachment's id.
        width: Columns of a line, at least 40.
    """

    wording: Wording
    pictures: Mapping[int, str]
    width: int

    def draw(self, message: Message) -> list[Line]:
        """Return a message's lines, without its author."""
        if message.type is MessageType.PIN:
            return [[("dim", "(pinned a message)")]]
        lines: list[Line] = []
        if message.flags & LOADING:
            lines.append([("dim", "is thinking …")])
        lines += self._text(message.content, self.width)
        for embed in message.embeds:
            lines += self._embed(embed)
        for text in list_texts(message.components):
            lines += self._text(text, self.width)
        lines += [self._file(attachment) for attachment in message.attachments]
        if controls := list(_controls(message)):
            lines.append(controls)
        if message.reactions:
            shown = "  ".join(f"{emoji} {len(users)}" for emoji, users in message.reactions.items())
            lines.append([("dim", shown)])
        return lines or [[("dim", "(nothing to see)")]]

    def _text(self, text: str, width: int) -> list[Line]:
        """Return a text's lines; what stands between fences keeps its spaces."""
        lines: list[Line] = []
        fenced = False
        for raw in text.split("\n") if text else []:
            if raw.startswith("```"):
                fenced = not fenced
            elif fenced:
                lines.append([("code", raw)])
            else:
                style, plain = self.wording.read_line(raw)
                wrapped = textwrap.wrap(plain, width, break_long_words=False, break_on_hyphens=False)
                lines += [[(style, part)] for part in wrapped or [""]]
        return lines

    def _embed(self, embed: Json) -> list[Line]:
        width = self.width - len(BAR)
        lines: list[Line] = []
        if name := (embed.get("author") or {}).get("name"):
            lines.append([("dim", name)])
        for text, style in ((embed.get("title"), "title"), (embed.get("description"), "")):
            lines += _styled(self._text(text or "", width), style)
        lines += self._fields(embed.get("fields") or [], width)
        for kind in ("image", "thumbnail"):
            if url := (embed.get(kind) or {}).get("url"):
                lines.append([("dim", f"({kind}: {url})")])
        if footer := (embed.get("footer") or {}).get("text"):
            lines += _styled(self._text(footer, width), "dim")
        return [[("bar", BAR), *line] for line in lines]

    def _fields(self, fields: list[Json], width: int) -> list[Line]:
        lines: list[Line] = []
        row: list[Fragment] = []
        for field in fields:
            value = self._text(field.get("value", ""), width - len(INDENT))
            name = self.wording.read_line(field.get("name", ""))[1]
            if field.get("inline") and len(value) == 1 and not value[0][0][0]:
                row.append((name, value[0][0][1]))
                if len(row) == INLINE_LIMIT:
                    lines += _row(row, width)
                    row = []
                continue
            lines += _row(row, width)
            row = []
            lines += [[("name", name)], *([("", INDENT), *line] for line in value)]
        return lines + _row(row, width)

    def _file(self, attachment: Attachment) -> Line:
        size = f", {attachment.size_px[0]} × {attachment.size_px[1]}" if attachment.size_px else ""
        place = self.pictures.get(attachment.id)
        lines = [line.strip() for line in (attachment.description or "").splitlines() if line.strip()]
        described = f" {' · '.join(lines)}" if lines else ""
        return [("file", f"[{attachment.filename}{size}]{described}"), ("dim", f" {place}" if place else "")]


def _styled(lines: list[Line], style: str) -> list[Line]:
    return [[(own or style, text) for own, text in line] for line in lines]


def _row(row: list[Fragment], width: int) -> list[Line]:
    """Return short fields beside each other, or below each other where they do not fit."""
    if not row:
        return []
    fields = [[("name", f"{name}: "), ("", value)] for name, value in row]
    length = sum(len(text) for field in fields for _, text in field) + 3 * (len(fields) - 1)
    if length > width:
        return fields
    beside: Line = list(fields[0])
    for field in fields[1:]:
        beside += [("", "   "), *field]
    return [beside]


def list_controls(message: Message) -> list[Button | Select]:
    """Return what can be used on a message, in the order of its numbers: buttons, then menus."""
    return [*message.buttons, *message.selects]


def _controls(message: Message) -> Iterator[Fragment]:
    for number, control in enumerate(list_controls(message), 1):
        if number > 1:
            yield ("", "  ")
        if isinstance(control, Select):
            options = ", ".join(label for label, _ in control.options)
            shown = f"[{number} {control.placeholder or 'menu'} ▾{' ' + options if options else ''}]"
            yield ("dim" if control.disabled else "control", shown)
            continue
        label = " ".join(part for part in (control.emoji, control.label) if part)
        if control.style == LINK_STYLE:
            yield ("control", f"[{label}: {control.url}]")
        elif control.disabled:
            yield ("dim", f"({number} {label})")
        else:
            yield ("control", f"[{number} {label}]")
