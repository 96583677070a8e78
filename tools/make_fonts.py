"""Make data/fonts from fonts that Debian and npm package: ``python -m tools.make_fonts SOURCES [TARGET]``.

SOURCES is a folder in which these packages lie unpacked (``dpkg -x PACKAGE SOURCES``; ``npm pack
PACKAGE`` and ``tar x``): fonts-noto-core, fonts-noto-cjk-extra, fonts-noto-color-emoji, fonts-inter,
fonts-jetbrains-mono, @fontsource/fraunces, @fontsource/nunito, @fontsource/space-grotesk.

Fonts are cut down to the characters that names are written in, lose their hints (text is drawn large and
smooth) and keep all tables that shaping needs. Emoji become small pictures in one archive, named by their
code points: so a family or a flag is looked up, not shaped, and looks the same wherever the bot runs.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fontTools import merge, subset
from fontTools.ttLib import TTCollection, TTFont
from PIL import Image

__all__ = ["main"]

EUROPEAN = [*range(0x20, 0x530), *range(0x1C80, 0x1C90), *range(0x1D00, 0x2070), *range(0x2070, 0x2200)]
EUROPEAN += [*range(0x2200, 0x2300), *range(0x25A0, 0x2600), *range(0x2C60, 0x2C80), *range(0xA640, 0xA800)]
EUROPEAN += [0xFB01, 0xFB02, 0xFFFD]

FAMILIES = {
    "Inter-Medium": "Inter-Medium.otf",
    "Inter-Bold": "Inter-Bold.otf",
    "InterDisplay-ExtraBold": "InterDisplay-ExtraBold.otf",
    "JetBrainsMono-Medium": "JetBrainsMono-Medium.ttf",
    "JetBrainsMono-ExtraBold": "JetBrainsMono-ExtraBold.ttf",
    "Fraunces-Bold": ("fraunces-latin-700-normal.woff2", "fraunces-latin-ext-700-normal.woff2"),
    "Fraunces-SemiBold": ("fraunces-latin-600-normal.woff2", "fraunces-latin-ext-600-normal.woff2"),
    "Nunito-Bold": (
        "nunito-latin-700-normal.woff2",
        "nunito-latin-ext-700-normal.woff2",
        "nunito-cyrillic-700-normal.woff2",
    ),
    "Nunito-Black": (
        "nunito-latin-900-normal.woff2",
        "nunito-latin-ext-900-normal.woff2",
        "nunito-cyrillic-900-normal.woff2",
    ),
    "SpaceGrotesk-Medium": (
        "space-grotesk-latin-500-normal.woff2",
        "space-grotesk-latin-ext-500-normal.woff2",
    ),
    "SpaceGrotesk-Bold": (
        "space-grotesk-latin-700-normal.woff2",
        "space-grotesk-latin-ext-700-normal.woff2",
    ),
}

SCRIPTS_IN_TWO_WEIGHTS = ("", "Arabic", "Hebrew", "Devanagari", "Thai")
SCRIPTS = (
    "Armenian",
    "Bengali",
    "CanadianAboriginal",
    "Cherokee",
    "Ethiopic",
    "Georgian",
    "Gujarati",
    "Gurmukhi",
    "Javanese",
    "Kannada",
    "Khmer",
    "Lao",
    "Lisu",
    "Malayalam",
    "Myanmar",
    "Oriya",
    "Sinhala",
    "Tamil",
    "Telugu",
    "Thaana",
)
REGULAR_ONLY = (
    "Math",
    "Symbols2",
    "Runic",
    "Tifinagh",
    "Yi",
    "Vai",
    "Gothic",
    "Osage",
    "Coptic",
    "NKo",
    "Syriac",
)
SYMBOLS_BOLD = ("Symbols",)
SERIF = ("NotoSerifTibetan-Bold.ttf",)

EMOJI_HEIGHT = 72
EMOJI_QUALITY, EMOJI_ALPHA_QUALITY = 74, 50
FIRST_EMOJI, VARIATION_SELECTOR = 0xA9, 0xFE0F


def _find(sources: Path, name: str) -> Path:
    found = sorted(sources.rglob(name))
    if not found:
        raise SystemExit(f"{name} is nowhere below {sources}: see this module's docstring for the packages")
    return found[0]


def _cut(font: Any, unicodes: Iterable[int], target: Path, features: tuple[str, ...] = ("*",)) -> None:
    options = subset.Options()
    options.layout_features = list(features)
    options.hinting = False
    options.desubroutinize = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["FFTM", "BASE", "MATH", "STAT", "meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    font.flavor = None
    font.save(target)


def _list_cjk() -> list[int]:
    """List what the national standards of Japan, China, Taiwan and Korea know, kana and all Hangul."""
    found = {*range(0x3000, 0x3130), *range(0x31F0, 0x3250), *range(0xFF00, 0xFFF0), *range(0xAC00, 0xD7A4)}
    found |= {*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0x3250, 0x33FF), *range(0x4E00, 0x4E30)}
    for encoding in ("euc_jp", "gb2312", "euc_kr", "big5"):
        for lead in range(0xA1, 0xFF):
            for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
                try:
                    found |= {ord(char) for char in bytes((lead, trail)).decode(encoding)}
                except UnicodeDecodeError:
                    continue  # a hole in the standard
    return [code for code in found if code >= 0x1100]


def _make_families(sources: Path, target: Path) -> None:
    for name, files in FAMILIES.items():
        if isinstance(files, str):
            font = TTFont(_find(sources, files))
            suffix = Path(files).suffix
        else:
            parts = []
            for file in files:
                part = TTFont(_find(sources, file))
                part.flavor = None
                buffer = io.BytesIO()
                part.save(buffer)
                buffer.seek(0)
                parts.append(buffer)
            merger = merge.Merger(merge.Options(drop_tables=["STAT", "DSIG", "meta"]))
            font = merger.merge(parts)
            suffix = ".ttf"
        _cut(font, EUROPEAN, target / f"{name}{suffix}")


def _make_scripts(sources: Path, target: Path) -> None:
    for scripts, weights in (
        (SCRIPTS_IN_TWO_WEIGHTS, ("Regular", "Bold")),
        ((*SCRIPTS, *SYMBOLS_BOLD), ("Bold",)),
        (REGULAR_ONLY, ("Regular",)),
    ):
        for script in scripts:
            for weight in weights:
                file = f"NotoSans{script}-{weight}.ttf"
                font = TTFont(_find(sources, file))
                _cut(font, font.getBestCmap(), target / file)
    for file in SERIF:
        font = TTFont(_find(sources, file))
        _cut(font, font.getBestCmap(), target / file)


def _make_cjk(sources: Path, target: Path) -> None:
    fonts = TTCollection(_find(sources, "NotoSansCJK-Medium.ttc")).fonts
    font = next(f for f in fonts if "CJK SC" in f["name"].getDebugName(1))
    _cut(font, _list_cjk(), target / "NotoSansCJKsc-Medium.otf", ("ccmp", "ljmo", "vjmo", "tjmo", "calt"))


def _list_sequences(font: Any) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the glyph names of all emoji with the code points that they stand for."""
    codes = {name: code for code, name in font.getBestCmap().items()}
    for name, code in codes.items():
        yield name, (code,)
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)  # noqa: PLW2901 -- the same table, unwrapped
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for ligature in ligatures:
                    names = (first, *ligature.Component)
                    if all(name in codes for name in names):
                        yield ligature.LigGlyph, tuple(codes[name] for name in names)


def _make_emoji(sources: Path, target: Path) -> None:
    font = TTFont(_find(sources, "NotoColorEmoji.ttf"))
    pictures = {name: glyph.imageData for name, glyph in font["CBDT"].strikeData[0].items()}
    keys: dict[str, str] = {}
    with zipfile.ZipFile(target / "emoji.zip", "w", zipfile.ZIP_STORED) as archive:
        aliases = []
        for name, sequence in sorted(_list_sequences(font), key=lambda item: item[1]):
            key = "-".join(f"{code:x}" for code in sequence if code != VARIATION_SELECTOR)
            if name not in pictures or (len(sequence) == 1 and sequence[0] < FIRST_EMOJI):
                continue
            if name in keys:
                aliases.append(f"{key} {keys[name]}")
                continue
            keys[name] = key
            archive.writestr(_entry(f"{key}.webp"), _shrink(pictures[name]))
        archive.writestr(_entry("aliases.txt"), "\n".join(sorted(set(aliases))))


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry that looks the same whenever it is made."""
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _shrink(png: bytes) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    width = round(picture.width * EMOJI_HEIGHT / picture.height)
    small = picture.resize((width, EMOJI_HEIGHT), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=EMOJI_QUALITY, alpha_quality=EMOJI_ALPHA_QUALITY, method=6)
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    """Write the fonts; return the exit code."""
    sources = Path(arguments[0])
    target = Path(arguments[1]) if arguments[1:] else Path(__file__).parents[1] / "data" / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    _make_families(sources, target)
    _make_scripts(sources, target)
    _make_cjk(sources, target)
    _make_emoji(sources, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
