"""The fonts that come along: free, small, complete, and read rightly."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from data import DATA_FOLDER
from leveling_core.errors import ContentError
from pictures.text.coverage import read_coverage
from pictures.text.fonts import Face, FontBook

FOLDER = DATA_FOLDER / "fonts"


def test_fonts_weigh_at_most_25_megabytes_and_have_their_licence_beside_them() -> None:
    """All files together are small enough to ship, and the licence names every maker."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 25_000_000
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    for maker in ("Inter", "JetBrains", "Fraunces", "Nunito", "Space Grotesk", "Noto Sans", "Emoji", "CJK"):
        assert maker in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_every_font_is_listed_and_every_listed_one_is_there() -> None:
    """fonts.toml and the folder agree."""
    FontBook(FOLDER, basic=True)
    listed = (FOLDER / "fonts.toml").read_text(encoding="utf-8")
    files = {path.name for path in FOLDER.iterdir() if path.suffix in {".ttf", ".otf"}}
    assert [name for name in sorted(files) if f'"{name}"' not in listed] == []


@pytest.mark.parametrize("name", ["Inter-Bold.otf", "NotoSansArabic-Bold.ttf", "NotoSansMath-Regular.ttf"])
def test_coverage_is_what_the_font_says(name: str) -> None:
    """The characters read from a font's table are those that fonttools reads."""
    coverage = read_coverage(FOLDER / name)
    expected = set(TTFont(FOLDER / name).getBestCmap())
    assert {code for code in range(0x20000) if code in coverage} == {c for c in expected if c < 0x20000}


def test_the_nearest_weight_is_taken() -> None:
    """A face without its exact weight takes the nearest one."""
    book = FontBook(FOLDER, basic=True)
    assert book.list_fonts(Face("inter", 900))[0].path.name == "InterDisplay-ExtraBold.otf"
    assert book.list_fonts(Face("inter", 400))[0].path.name == "Inter-Medium.otf"


@pytest.mark.parametrize(
    ("content", "entry"),
    [
        ("[families.inter]\n500 = 'missing.ttf'", "missing.ttf"),
        ("[families]", "families"),
        ("nonsense = 1\n[families.a]\n500 = 'b'", "nonsense"),
        ("[[[", ""),
    ],
)
def test_a_wrong_list_is_refused(tmp_path: Path, content: str, entry: str) -> None:
    """A list that names what is not there, or is none, says which entry is wrong."""
    (tmp_path / "fonts.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        FontBook(tmp_path, basic=True)
    assert caught.value.file == "fonts.toml"
    assert caught.value.entry == entry


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    """A text file with a font's name is found out."""
    (tmp_path / "a.ttf").write_text("not a font, but longer than a header is")
    with pytest.raises(ContentError, match=r"a\.ttf"):
        read_coverage(tmp_path / "a.ttf")
    with pytest.raises(ContentError, match="cannot be read"):
        read_coverage(tmp_path / "b.ttf")
