"""Write what a bot sent into a message: new ones and edits, with their files."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from typing import Final

from playground import limits, permissions
from playground.errors import DiscordError, Json, invalid_form, unknown
from playground.model import COMPONENTS_V2, Attachment, Message, MessageType
from playground.world import World

_UNSAFE: Final = re.compile(r"[^\w.\-()]")
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT_FLAGS: Final = (1 << 2) | (1 << 6) | (1 << 12) | COMPONENTS_V2
"""What a bot may set: suppressed embeds, ephemeral, suppressed notifications, components v2."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came over HTTP."""

    filename: str
    data: bytes


Files = dict[int, Upload]


def new_attachment(world: World, upload: Upload, description: str | None = None) -> Attachment:
    """Make an attachment of an uploaded file; Discord replaces unusual characters in its name."""
    filename = _UNSAFE.sub("_", upload.filename) or "file"
    attachment = Attachment(
        id=world.clock.next_snowflake(),
        filename=filename,
        data=upload.data,
        content_type=mimetypes.guess_type(filename)[0] or "application/octet-stream",
        description=description,
        size_px=_png_size(upload.data),
    )
    world.attachments[attachment.id] = attachment
    return attachment


def _png_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_PNG_SIGNATURE):
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def check_new(body: Json, files: Files) -> None:
    """Refuse a new message that breaks a limit or is empty."""
    limits.check_message(body, file_sizes=[len(upload.data) for upload in files.values()])
    if not any(
        (body.get("content"), body.get("embeds"), body.get("components"), files, body.get("sticker_ids"))
    ):
        raise DiscordError(400, 50006, "Cannot send an empty message")
    if (body.get("flags") or 0) & COMPONENTS_V2 and (body.get("content") or body.get("embeds")):
        raise invalid_form(
            "flags",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The content and embeds fields cannot be used",
        )


def fill(world: World, message: Message, body: Json, files: Files) -> None:
    """Write a checked body into a new or edited message; what is absent stays as it is."""
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = [{**embed, "type": "rich"} for embed in body["embeds"] or []]
    if "components" in body:
        message.components = _numbered(body["components"] or [])
    if body.get("flags") is not None:
        message.flags = (message.flags & ~_KEPT_FLAGS) | (body["flags"] & _KEPT_FLAGS)
    if "tts" in body:
        message.tts = bool(body["tts"])
    if files or "attachments" in body:
        message.attachments = _attachments(world, message, body, files)
    message.pinged_ids = _pinged(message, body.get("allowed_mentions"))


def _numbered(components: list[Json]) -> list[Json]:
    """Give every component the id Discord gives when the bot sets none."""
    counter = iter(range(1, 10_000))

    def number(component: Json) -> Json:
        numbered = {"id": next(counter), **component}
        if "components" in component:
            numbered["components"] = [number(child) for child in component["components"]]
        if isinstance(component.get("accessory"), dict):
            numbered["accessory"] = number(component["accessory"])
        return numbered

    return [number(component) for component in components]


def _attachments(world: World, message: Message, body: Json, files: Files) -> list[Attachment]:
    existing = {attachment.id: attachment for attachment in message.attachments}
    if body.get("attachments") is None:
        return [*existing.values(), *(new_attachment(world, upload) for upload in files.values())]
    result = []
    for entry in body["attachments"]:
        number = int(entry["id"])
        if number in existing:
            result.append(existing[number])
        elif number in files:
            result.append(new_attachment(world, files[number], entry.get("description")))
        else:
            raise invalid_form(
                "attachments", "ATTACHMENT_NOT_FOUND", f"No file was sent for attachment {number}"
            )
    return result


def _pinged(message: Message, allowed: Json | None) -> list[int]:
    """Return whom the message notifies: those mentioned, as far as `allowed_mentions` lets it."""
    guild = message.channel.guild
    roles = set(guild.roles) if guild is not None else set()
    mentioned = message.mentioned_ids
    replied = message.reference.author.id if message.type is MessageType.REPLY and message.reference else None
    if allowed is None:
        return mentioned
    kinds = set(allowed.get("parse") or ())
    pinged = []
    for target in mentioned:
        kind = "roles" if target in roles else "users"
        listed = str(target) in {str(item) for item in allowed.get(kind) or ()}
        written = message.content.find(str(target)) >= 0
        if (target == replied and allowed.get("replied_user")) or (written and (kind in kinds or listed)):
            pinged.append(target)
    return pinged


def needed_permissions(body: Json, files: Files) -> int:
    """Return the permissions that the parts of a body need beside sending."""
    return (permissions.EMBED_LINKS if body.get("embeds") else 0) | (permissions.ATTACH_FILES if files else 0)


def find_reference(message: Message, reference: Json | None) -> Message | None:
    """Return the message replied to, or None when the bot replies to nothing (or may reply to what is gone).

    Raises:
        DiscordError: It does not exist and `fail_if_not_exists` is not off.
    """
    if not reference:
        return None
    found = message.channel.messages.get(int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise invalid_form("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    return found


def get_message(messages: dict[int, Message], message_id: int) -> Message:
    """Return a message of a channel.

    Raises:
        DiscordError: 404 with code 10008.
    """
    message = messages.get(message_id)
    if message is None:
        raise unknown("message")
    return message
