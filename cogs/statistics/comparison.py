"""Two members side by side: as a picture, in text, and in words for those who cannot see it."""

from __future__ import annotations

import discord

from cogs.ui.embeds import add_field, new_embed
from cogs.ui.names import clean_name, plain_name, shown_name
from data.texts import Texts
from leveling_core.comparing import ComparedRow, Comparison
from leveling_core.profiles import MemberProfile
from pictures import Comparison as ComparisonPicture
from pictures import Look, Side

__all__ = ["ComparisonWriter"]

_Members = tuple[discord.Member, discord.Member]


class ComparisonWriter:
    """Puts a comparison into pictures and words.

    Args:
        texts: What people read.
        comparison: What is compared.
        members: Of whom.
    """

    def __init__(self, texts: Texts, comparison: Comparison, members: _Members) -> None:
        self._texts = texts
        self._comparison = comparison
        self._members = members

    def picture(self, look: Look, avatars: tuple[bytes, bytes]) -> ComparisonPicture:
        """Return the picture."""
        names = [clean_name(member.display_name) or self._texts("ui-nobody") for member in self._members]
        rows = self._comparison.rows
        left, right = (
            Side(
                name=member.display_name,
                fallback_name=self._texts("ui-nobody"),
                avatar=avatar,
                detail=self._texts("compare-level-detail", level=profile.progress.level),
                values=tuple(self._value(row, profile, first=first) for row in rows),
                amounts=tuple(float(row.left_amount if first else row.right_amount) for row in rows),
            )
            for first, member, avatar, profile in zip(
                (True, False), self._members, avatars, self._profiles, strict=True
            )
        )
        return ComparisonPicture(
            look=look,
            labels=tuple(self._texts("compare-row", row=row.name) for row in rows),
            left=left,
            right=right,
            versus=self._texts("compare-versus"),
            footer=self._lead(names),
            barless=tuple(place for place, row in enumerate(rows) if row.name == "rank"),
        )

    def embed(self) -> discord.Embed:
        """Return the same in text."""
        nobody = self._texts("ui-nobody")
        names = [shown_name(member.display_name, nobody) for member in self._members]
        embed = new_embed(
            title=self._texts("compare-title"),
            description=self._lead(names),
            footer=self._texts("ui-footer"),
        )
        for first, name, profile in zip((True, False), names, self._profiles, strict=True):
            lines = (
                self._texts(
                    "compare-line",
                    label=self._texts("compare-row", row=row.name),
                    value=self._value(row, profile, first=first),
                )
                for row in self._comparison.rows
            )
            add_field(embed, name, "\n".join(lines), inline=True)
        return embed

    def describe(self) -> str:
        """Return in words what the picture shows."""
        nobody = self._texts("ui-nobody")
        left, right = (plain_name(member.display_name, nobody) for member in self._members)
        rows = [
            self._texts(
                "compare-alt-row",
                label=self._texts("compare-row", row=row.name),
                left=self._value(row, self._comparison.left, first=True),
                right=self._value(row, self._comparison.right, first=False),
            )
            for row in self._comparison.rows
        ]
        return "\n".join([self._texts("compare-alt", left=left, right=right), *rows])

    @property
    def _profiles(self) -> tuple[MemberProfile, MemberProfile]:
        return self._comparison.left, self._comparison.right

    def _value(self, row: ComparedRow, profile: MemberProfile, *, first: bool) -> str:
        value = row.left if first else row.right
        if row.name == "achievements":
            return self._texts("compare-value-achievements", value=value, achievements=profile.achievements)
        return self._texts(f"compare-value-{row.name}", value=value)

    def _lead(self, names: list[str]) -> str:
        lead_xp = self._comparison.lead_xp
        if not lead_xp:
            return self._texts("compare-equal")
        return self._texts("compare-lead", name=names[0] if lead_xp > 0 else names[1], xp=abs(lead_xp))
