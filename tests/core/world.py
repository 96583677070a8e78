"""A world without storage: records in a dict, decisions run on them, all lines kept."""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import TypeVar, cast

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decide, RecordsNeeded, View
from leveling_core.documents import Record, RulesRecord, absent_record
from leveling_core.ids import Key, MemberKey, first_snowflake_at, rules_key
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine

T = TypeVar("T")

GUILD = 900
ANN, BOB, CYD = 1, 2, 3
CHANNEL = 77
START_AT = 1_767_225_600_000  # 2026-01-01 00:00 UTC
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

NO_ACHIEVEMENTS = Catalogue.from_mapping({}, file="none.toml")


def snowflake(at: int, number: int = 0) -> int:
    """A snowflake of an instant."""
    return first_snowflake_at(at) + number


class World:
    """Runs decisions one after another, as a store would, and refuses one that changes what it was given."""

    def __init__(self, catalogue: Catalogue = NO_ACHIEVEMENTS, **rules: object) -> None:
        self.catalogue = catalogue
        self.records: dict[Key, Record] = {}
        self.lines: list[LedgerLine] = []
        if rules:
            self.set_rules(**rules)

    def run(self, decide: Decide[T], keys: Collection[Key] = ()) -> T:
        """Run a decision with the records it asks for; keep what it returns."""
        wanted = set(keys)
        while True:
            view = View({key: self.records.get(key) or absent_record(key) for key in wanted})
            before = copy.deepcopy(dict(view))
            try:
                decision = decide(view)
            except RecordsNeeded as needed:
                wanted.update(needed.keys)
                continue
            finally:
                assert dict(view) == before
            self.records.update(decision.writes)
            for line in decision.lines:
                line.seq = len(self.lines) + 1
                self.lines.append(line)
            return decision.answer

    def member(self, user_id: int = ANN) -> MemberRecord:
        """A member's record."""
        key = MemberKey(GUILD, user_id)
        return cast(MemberRecord, self.records.get(key) or absent_record(key))

    def set_member(self, user_id: int = ANN, **fields: object) -> None:
        """Give a member a past that no line tells of."""
        self.records[MemberKey(GUILD, user_id)] = MemberRecord(**fields)  # type: ignore[arg-type]  # any field

    def set_rules(self, **rules: object) -> None:
        """Have other rules from now on, in place of all there were."""
        changes = {name.replace("__", "."): value for name, value in rules.items()}
        self.records[rules_key(GUILD)] = RulesRecord(changes=changes, version=self._next_version())

    def _next_version(self) -> int:
        before = self.records.get(rules_key(GUILD))
        return 1 + (before.version if isinstance(before, RulesRecord) else 0)

    def kinds(self, user_id: int | None = None) -> list[str]:
        """The kinds of all lines, or of one member's, in order."""
        return [
            str(line.outcome.__struct_config__.tag)
            for line in self.lines
            if user_id is None or line.user_id == user_id
        ]
