"""How pictures are to look: what is chosen is kept, what admins bring is counted, all else stays."""

from __future__ import annotations

import pytest

from leveling_core.card_changes import decide_asset_added, decide_asset_removed, decide_card_change
from leveling_core.card_facts import AssetAddRequested, AssetRemovalRequested, CardChangeRequested
from leveling_core.decision import View
from leveling_core.documents import AssetNote, AssetRecord, AssetsRecord, CardRecord
from leveling_core.errors import NoSuchAssetError, TooManyAssetsError
from leveling_core.ids import AssetKind, asset_key, assets_key, card_key
from leveling_core.picture_rules import MOST_ASSETS
from leveling_core.rule_changes import get_rule
from leveling_core.rules import stored_ruleset

GUILD, ANN, EVENT = 41, 1, 7 << 22
CARD, ASSETS = card_key(GUILD, ANN), assets_key(GUILD)
CHOSEN = CardRecord(theme="sorbet", accent="#ff2266", background="sea", text_only=True)


def bring(kind: AssetKind, name: str) -> AssetAddRequested:
    """Let an admin bring something."""
    return AssetAddRequested(
        guild_id=GUILD, actor_id=9, event_id=EVENT, kind=kind, name=name, title="A title", content=b"new"
    )


@pytest.mark.parametrize(
    ("fact", "chosen"),
    [
        (CardChangeRequested(guild_id=GUILD, user_id=ANN), CHOSEN),
        (
            CardChangeRequested(guild_id=GUILD, user_id=ANN, theme="", text_only=False),
            CardRecord(accent="#ff2266", background="sea"),
        ),
        (CardChangeRequested(guild_id=GUILD, user_id=ANN, reset=True), CardRecord()),
        (
            CardChangeRequested(guild_id=GUILD, user_id=ANN, reset=True, theme="arcade"),
            CardRecord(theme="arcade"),
        ),
    ],
)
def test_what_is_not_chosen_stays(fact: CardChangeRequested, chosen: CardRecord) -> None:
    """A choice changes what it names alone; a reset forgets what was chosen before it."""
    decision = decide_card_change(View({CARD: CHOSEN}), fact)
    assert decision.answer == chosen
    assert decision.writes == {CARD: chosen}
    assert decision.lines == ()


@pytest.mark.parametrize("kind", ["theme", "background"])
def test_what_is_brought_is_noted_and_kept(kind: AssetKind) -> None:
    """Its note says who and when; another one of the name is replaced, and the other kind is left alone."""
    note = AssetNote("A title", 9, EVENT)
    before = AssetsRecord(themes={"x": note}, backgrounds={"y": note})
    decision = decide_asset_added(View({ASSETS: before}), bring(kind, "neon"))
    assert decision.answer is False
    after = decision.writes[ASSETS]
    assert isinstance(after, AssetsRecord)
    assert {**after.themes, **after.backgrounds} == {"x": note, "y": note, "neon": note}
    assert ("neon" in after.themes) is (kind == "theme")
    assert decision.writes[asset_key(GUILD, kind, "neon")] == AssetRecord(b"new")
    assert decide_asset_added(View({ASSETS: after}), bring(kind, "neon")).answer is True
    assert note.at == 1_420_070_400_007


@pytest.mark.parametrize("kind", ["theme", "background"])
def test_there_are_so_many_and_no_more(kind: AssetKind) -> None:
    """Of each kind; one in place of another is always possible."""
    notes = {f"n{number}": AssetNote("", 9, 1) for number in range(MOST_ASSETS)}
    full = View({ASSETS: AssetsRecord(notes, {}) if kind == "theme" else AssetsRecord({}, notes)})
    with pytest.raises(TooManyAssetsError):
        decide_asset_added(full, bring(kind, "another"))
    assert decide_asset_added(full, bring(kind, "n0")).answer is True


def test_what_is_removed_is_gone() -> None:
    """Its note and its content go; what was never there is refused."""
    note = AssetNote("A title", 9, EVENT)
    view = View({ASSETS: AssetsRecord({"neon": note, "x": note}, {"neon": note})})
    fact = AssetRemovalRequested(guild_id=GUILD, actor_id=9, event_id=1, kind="theme", name="neon")
    decision = decide_asset_removed(view, fact)
    assert decision.answer == note
    assert decision.writes == {
        ASSETS: AssetsRecord({"x": note}, {"neon": note}),
        asset_key(GUILD, "theme", "neon"): AssetRecord(),
    }
    gone = AssetRemovalRequested(guild_id=GUILD, actor_id=9, event_id=1, kind="background", name="x")
    with pytest.raises(NoSuchAssetError):
        decide_asset_removed(view, gone)


def test_the_rule_of_the_theme_takes_names_alone() -> None:
    """A name is written small; what is none is passed over as any rule is."""
    assert get_rule("pictures.theme").default == "laurel"
    assert stored_ruleset({"pictures.theme": "Arcade "}, 1).rules.pictures.theme == "arcade"
    assert stored_ruleset({"pictures.theme": "../etc"}, 1).invalid == ("pictures.theme",)
