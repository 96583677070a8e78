"""What is found in a store that is not as it must be, and how it is named."""

from __future__ import annotations

from typing import Literal

import msgspec

from leveling_core.ids import DocumentKey
from storage.codec import LEDGER_COLUMNS, Row

__all__ = ["Finding", "Portion", "name_document", "name_line", "name_member"]

_SEQ, _GUILD = LEDGER_COLUMNS.index("seq"), LEDGER_COLUMNS.index("guild_id")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it must be.

    Attributes:
        severity: ``error``, or ``warning`` for what changes nothing that anybody sees.
        kind: ``file`` (the files themselves), ``unfinished`` (a copy), ``unreadable``, ``difference`` (from
            what the ledger says), ``problem`` (a record that cannot be right), ``order`` (of the ledger).
        where: Which record or line, or which file.
        field: Of the record, "" for the whole.
        expected: What it must be and becomes by a repair, "" where that cannot be said.
        found: What it is, or what is wrong.
        is_repairable: Whether a repair puts it right.
    """

    kind: Literal["difference", "file", "order", "problem", "unfinished", "unreadable"]
    where: str
    found: str
    severity: Literal["error", "warning"] = "error"
    field: str = ""
    expected: str = ""
    is_repairable: bool = False


class Portion(msgspec.Struct):
    """What was found in a part of a store.

    Attributes:
        findings: What is wrong.
        members: The rows of members that put it right.
        documents: Those of other records.
    """

    findings: list[Finding] = []
    members: list[Row] = []
    documents: list[Row] = []


def name_member(guild_id: int, user_id: int) -> str:
    """Name a member as errors do."""
    return f"member {user_id} of guild {guild_id}"


def name_document(key: DocumentKey) -> str:
    """Name a record as errors do."""
    name = f"{key.kind} {key.id}" if key.id else key.kind
    return f"{name} of guild {key.guild_id}" if key.guild_id else name


def name_line(row: Row) -> str:
    """Name a ledger line as errors do."""
    return f"ledger line {row[_SEQ]} of guild {row[_GUILD]}"
