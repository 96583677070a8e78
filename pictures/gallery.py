"""Draw every picture in every theme: ``python -m pictures.gallery FOLDER``.

It takes names and numbers that break layouts. For each theme it writes one sheet with all its pictures,
and with ``--single`` each picture in a file of its own. Look at the sheets after any change to a theme, a
font or the drawing.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from pictures.artist import Artist
from pictures.content import (
    Board,
    BoardRow,
    Comparison,
    HeatMap,
    LevelUpCard,
    Look,
    Picture,
    RankCard,
    Series,
    Side,
    SourceChart,
    UnlockCard,
)

__all__ = ["HARD_NAMES", "list_pictures", "main", "make_avatar"]

HARD_NAMES = {
    "plain": "Aurelia",
    "wide": "W" * 32,
    "marks": "Žofie Łęcká-Ærøskøbing",
    "cyrillic": "Дмитрий Ковальчук",
    "greek": "Ελένη Παπαδοπούλου",
    "arabic": "محمد عبد الله القحطاني",
    "hebrew": "שלום עולם (נועם)",
    "mixed": "abc שלום 123 مرحبا def",
    "devanagari": "प्रिया क्षत्रिय",
    "thai": "สมชาย ใจดี น้ำผึ้ง",
    "chinese": "李小龍 王力宏",
    "japanese": "さくら カナデ 音楽",
    "korean": "김민수 안녕하세요",
    "emoji": "👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🇯🇵 ❤️‍🔥 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "zero width": "\u200b\u200d\u2060\ufeff\u3164",
    "zalgo": "Z̸̢̛͓͇̗̈́̎̿̈́̕a̶̡͓͈̝͋̎̐l̶̡̛̪͓g̸̢͖̈́o̵ ẗ̴͓e̵͎͝x̷̱̂t̶̬̕",
    "fancy": "꧁༺ 𝓕𝓪𝓷𝓬𝔂 𝔑𝔞𝔪𝔢 ༻꧂",
}
"""Names that have broken pictures of other bots."""

BROKEN = b"\x89PNG\r\n\x1a\n this is no picture"
_ROLES = ("", "#e74c3c", "#2ecc71", "#101010", "#fefefe", "#9b59b6")
_SHEET_GAP, _SHEET_SCALE = 14, 0.75
_MOST_COLUMN_HEIGHT = 4200
_SOURCES = ("Messages", "Daily claims", "Commands", "Achievements", "Server goals")


def make_avatar(seed: int) -> bytes:
    """Return a picture that looks like somebody's avatar; the same for the same seed."""
    size = 256
    hues = [(seed * 47 + turn) % 256 for turn in (0, 40, 128)]
    image = Image.merge(
        "HSV", [Image.new("L", (size, size), value) for value in (hues[0], 120, 225)]
    ).convert("RGB")
    pen = ImageDraw.Draw(image)
    colours = [Image.new("HSV", (1, 1), (hue, 150, 190)).convert("RGB").getpixel((0, 0)) for hue in hues]
    pen.ellipse((-40, 120, 140, 300), fill=colours[1])
    pen.ellipse((40, 170, 216, 380), fill=colours[2])
    pen.ellipse((78, 62, 178, 178), fill=(247, 214, 184))
    pen.chord((70, 44, 186, 150), 180, 360, fill=(60 + seed * 17 % 120, 44, 40))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _rank_card(look: Look) -> RankCard:
    return RankCard(
        look=look,
        name="Aurelia",
        fallback_name="Member",
        avatar=make_avatar(3),
        level_label="Level",
        level="42",
        rank_label="Rank",
        rank="#4",
        xp="1,240 / 2,000 XP",
        total="48,120 XP in all",
        progress=0.62,
        streak_label="Streak",
        streak="12 days",
        badges=("🏆", "🔥", "🌸", "⭐", "📚"),
    )


def _rank_cards(look: Look) -> Iterator[tuple[str, Picture]]:
    base = _rank_card(look)
    for index, (case, name) in enumerate(HARD_NAMES.items()):
        role = _ROLES[index % len(_ROLES)]
        yield f"rank card, {case}", replace(base, name=name, look=replace(look, role_colour=role))
    least = replace(
        base, level="1", rank="#1", progress=0.0, xp="0 / 100 XP", total="0 XP in all", streak="", badges=()
    )
    yield "rank card, level 1, no avatar", replace(least, avatar=b"")
    yield (
        "rank card, level 999, broken avatar",
        replace(
            base,
            avatar=BROKEN,
            level="999",
            rank="#1,000,000",
            progress=1.0,
            xp="1,204,999 / 1,999,999 XP",
            total="123,456,789 XP in all",
            streak="1,204 days",
            badges=base.badges * 4,
        ),
    )
    yield "rank card, accent", replace(base, look=replace(look, accent="#3ec46d"))
    yield "rank card, background", replace(base, look=replace(look, background=_make_background()))


def _make_background() -> bytes:
    """Return a busy, bright picture: the hardest thing to write on."""
    image = Image.effect_mandelbrot((620, 300), (-1.6, -0.6, 0.4, 0.6), 60).convert("L")
    coloured = Image.merge(
        "RGB", [image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Image.new("L", image.size, 210)]
    )
    buffer = io.BytesIO()
    coloured.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _cards(look: Look) -> Iterator[tuple[str, Picture]]:
    level_up = LevelUpCard(
        look=look,
        name="Aurelia",
        fallback_name="Member",
        avatar=make_avatar(3),
        headline="Level up",
        before="41",
        level_label="Level",
        level="42",
        detail="1,960 XP to level 43",
    )
    unlock = UnlockCard(
        look=look,
        name="Aurelia",
        fallback_name="Member",
        headline="Achievement unlocked",
        badge=("🌋",),
        title="Unstoppable",
        description="Claimed the daily reward on 100 days in a row",
        tier="Gold",
        rarity="3 % of members",
    )
    yield "level-up card", level_up
    wide = replace(
        level_up,
        name="W" * 32,
        level="999",
        avatar=b"",
        detail="Member of the month, and of the year, and of all years",
    )
    yield "level-up card, wide", wide
    yield "level-up card, arabic", replace(level_up, name=HARD_NAMES["arabic"], avatar=BROKEN, level="1")
    yield "unlock card", unlock
    yield (
        "unlock card, wide",
        replace(unlock, title="W" * 40, name="W" * 32, tier="Legendary beyond words", description="W" * 90),
    )
    yield (
        "unlock card, mixed",
        replace(unlock, title=HARD_NAMES["mixed"], name=HARD_NAMES["emoji"], badge=("👨‍👩‍👧‍👦",), tier=""),
    )


def _board(look: Look) -> Board:
    names = [
        HARD_NAMES[case]
        for case in (
            "plain",
            "wide",
            "arabic",
            "japanese",
            "emoji",
            "zalgo",
            "thai",
            "fancy",
            "korean",
            "zero width",
        )
    ]
    rows = [
        BoardRow(
            rank=f"{index + 1:,}",
            name=name,
            fallback_name="Member",
            avatar=(make_avatar(index), b"", BROKEN)[min(index % 5, 2)]
            if index % 5 < 3
            else make_avatar(index),
            value=f"{int(48_120 * 0.8**index):,} XP",
            detail=f"Level {42 - 3 * index}",
            share=0.8**index,
            medal=index + 1 if index < 3 else 0,
            is_viewer=index == 4,
        )
        for index, name in enumerate(names)
    ]
    rows[-1] = replace(rows[-1], rank="1,000,000", value="123,456,789 XP", detail="Level 999")
    return Board(
        look=look,
        title="Leaderboard",
        subtitle="The Laurel Grove",
        rows=tuple(rows),
        footer="You are #5: 140 XP to pass #4",
    )


def _source_chart(look: Look, days: int) -> SourceChart:
    values = [
        tuple(
            (day * 37 + source * 91 + day * day * (source + 3)) % (160 - 28 * source) for day in range(days)
        )
        for source in range(len(_SOURCES))
    ]
    columns = tuple(f"Nov {day + 1}" if day % max(1, days // 7) == 0 else "" for day in range(days))
    series = tuple(Series(label=label, values=row) for label, row in zip(_SOURCES, values, strict=True))
    return SourceChart(
        look=look,
        title=f"XP of the last {days} days",
        subtitle="Aurelia",
        columns=columns,
        series=series,
        ticks=((100, "100"), (200, "200"), (300, "300"), (400, "400")),
        notes=("At the pace of the last 14 days, level 43 is reached on 12 December.",),
    )


def _sheets(look: Look) -> Iterator[tuple[str, Picture]]:
    board = _board(look)
    yield "board", board
    yield "board, two rows", replace(board, rows=board.rows[:2], footer="")
    for days in (7, 30, 90):
        yield f"chart, {days} days", _source_chart(look, days)
    chart = _source_chart(look, 30)
    nothing = tuple(replace(one, values=(0,) * 30) for one in chart.series)
    yield "chart, empty", replace(chart, series=nothing, subtitle=HARD_NAMES["mixed"], empty="Nothing yet")
    week = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    rows = tuple(
        Series(
            label=day,
            values=tuple(max(0, (hour - 6) * (25 - hour) * (index + 2) % 97 - 12) for hour in range(24)),
        )
        for index, day in enumerate(week)
    )
    hours = tuple(f"{hour:02}" if hour % 3 == 0 else "" for hour in range(24))
    yield (
        "heat map",
        HeatMap(
            look=look,
            title="Hours of the week",
            subtitle="Aurelia, last 90 days",
            rows=rows,
            hours=hours,
            low="quiet",
            high="busy",
        ),
    )
    left = Side(
        name="Aurelia",
        fallback_name="Member",
        avatar=make_avatar(3),
        detail="Level 42",
        values=("48,120 XP", "1,204", "12 days", "0"),
        amounts=(48120, 1204, 12, 0),
    )
    right = Side(
        name="W" * 32,
        fallback_name="Member",
        avatar=BROKEN,
        detail="Level 999",
        values=("123,456,789 XP", "804", "12 days", "0"),
        amounts=(123456789, 804, 12, 0),
    )
    comparison = Comparison(
        look=look,
        labels=("XP", "Messages", "Streak", "Achievements"),
        left=left,
        right=right,
        versus="vs",
        footer="W leads by 123,408,669 XP",
    )
    yield "comparison", comparison
    other = replace(
        right,
        name=HARD_NAMES["arabic"],
        avatar=b"",
        values=("51,000 XP", "1", "3 days", "7"),
        amounts=(51000, 1, 3, 7),
    )
    yield "comparison, arabic", replace(comparison, right=other, footer="")


def list_pictures(theme: str) -> Iterator[tuple[str, Picture]]:
    """Yield every picture in a theme, with what is special about it."""
    look = Look(theme=theme)
    yield from _rank_cards(look)
    yield from _cards(look)
    yield from _sheets(look)


def _make_sheet(images: Sequence[Image.Image]) -> Image.Image:
    """Return all pictures of a theme in columns."""
    small = [
        image.resize(
            (round(image.width * _SHEET_SCALE), round(image.height * _SHEET_SCALE)), Image.Resampling.LANCZOS
        )
        for image in images
    ]
    places: list[tuple[int, int]] = []
    left = top = _SHEET_GAP
    column = right = bottom = 0
    for image in small:
        if top + image.height > _MOST_COLUMN_HEIGHT:
            left, top, column = left + column + _SHEET_GAP, _SHEET_GAP, 0
        places.append((left, top))
        column = max(column, image.width)
        top += image.height + _SHEET_GAP
        right, bottom = max(right, left + column), max(bottom, top)
    sheet = Image.new("RGB", (right + _SHEET_GAP, bottom), "#2b2d31")
    for image, place in zip(small, places, strict=True):
        sheet.paste(image, place)
    return sheet


def _make_front(cards: Sequence[Image.Image]) -> Image.Image:
    """Return one card of each theme, two in a row: what a first look at the project shows."""
    width, height = (round(side * _SHEET_SCALE) for side in cards[0].size)
    step_x, step_y = width + _SHEET_GAP, height + _SHEET_GAP
    front = Image.new("RGB", (_SHEET_GAP + 2 * step_x, _SHEET_GAP + -(-len(cards) // 2) * step_y), "#2b2d31")
    for number, card in enumerate(cards):
        small = card.resize((width, height), Image.Resampling.LANCZOS)
        front.paste(small, (_SHEET_GAP + number % 2 * step_x, _SHEET_GAP + number // 2 * step_y))
    return front


def main(arguments: list[str]) -> int:
    """Write the gallery; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pictures.gallery", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="where the sheets go")
    parser.add_argument("--single", action="store_true", help="write each picture in a file of its own, too")
    parser.add_argument("--theme", action="append", help="only this theme")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    artist, cards = Artist(), list[Image.Image]()
    for theme in options.theme or artist.themes.by_name:
        images = []
        for case, picture in list_pictures(theme):
            png = artist.draw(picture)
            if options.single:
                (options.folder / theme).mkdir(exist_ok=True)
                (options.folder / theme / f"{case.replace(', ', '-').replace(' ', '_')}.png").write_bytes(png)
            images.append(Image.open(io.BytesIO(png)))
        _make_sheet(images).save(options.folder / f"{theme}.webp", quality=82, method=6)
        cards.append(images[0])
    _make_front(cards).save(options.folder / "cards.webp", quality=88, method=6)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
