"""What can go wrong in the playground.

PlaygroundError          the person at the keyboard or the test asked for something impossible
└── PlaygroundTimeoutError    the bot did not come to rest, or did not answer, in time
DiscordError             an error answer of the REST API, in Discord's shape
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class PlaygroundError(Exception):
    """Tell the person or the test what cannot be done in this world, and why."""


class PlaygroundTimeoutError(PlaygroundError):
    """Tell what was still going on when the time was up."""


class DiscordError(Exception):
    """An error answer of the REST API.

    Attributes:
        status: HTTP status.
        code: Discord's JSON error code (Discord API reference, "Opcodes and Status Codes").
        message: Discord's text for it.
        errors: For code 50035, the tree of field errors.
    """

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def to_json(self) -> Json:
        """Return the body of the answer."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def unauthorized() -> DiscordError:
    """Refuse a missing or wrong token."""
    return DiscordError(401, 0, "401: Unauthorized")


def unknown_route() -> DiscordError:
    """Answer a path this Discord does not have."""
    return DiscordError(404, 0, "404: Not Found")


_UNKNOWN = {
    "channel": 10003,
    "guild": 10004,
    "member": 10007,
    "message": 10008,
    "role": 10011,
    "user": 10013,
    "emoji": 10014,
    "webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
}


def unknown(kind: str) -> DiscordError:
    """Answer for an object that does not exist (any more): 404 with Discord's code for its kind."""
    return DiscordError(404, _UNKNOWN[kind], f"Unknown {kind[0].upper()}{kind[1:]}")


def missing_access() -> DiscordError:
    """Refuse because the bot cannot even see the place."""
    return DiscordError(403, 50001, "Missing Access")


def missing_permissions() -> DiscordError:
    """Refuse because a permission or the role hierarchy forbids it."""
    return DiscordError(403, 50013, "Missing Permissions")


def invalid_form(path: str, code: str, message: str) -> DiscordError:
    """Refuse a body: 400 with code 50035.

    Args:
        path: Dotted path of the field, for example `embeds.0.title`.
        code: Discord's name of the fault, for example `BASE_TYPE_MAX_LENGTH`.
        message: Discord's text for it.
    """
    tree: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".")):
        tree = {part: tree}
    return DiscordError(400, 50035, "Invalid Form Body", tree)
