"""A rank card as bots usually draw it: fonts, avatar, masks and background made anew for every card."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pictures import RankCard

__all__ = ["draw_naively"]

SIZE = (934, 282)
SCALE = 4
GOLD, PALE, TRACK = "#e2b85c", "#f5f1e6", "#2a3a34"


def _open(fonts: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts / "Inter-Bold.otf", size)


def draw_naively(card: RankCard, background: bytes, fonts: Path) -> bytes:
    """Return a card with the same content as Laurel's, as a PNG file.

    Args:
        card: What it shows.
        background: A PNG file of the card's size.
        fonts: The folder of the fonts.
    """
    image = Image.open(io.BytesIO(background)).convert("RGBA")
    pen = ImageDraw.Draw(image)
    avatar = Image.open(io.BytesIO(card.avatar)).convert("RGBA").resize((170, 170), Image.Resampling.LANCZOS)
    mask = Image.new("L", (170 * SCALE, 170 * SCALE))
    ImageDraw.Draw(mask).ellipse((0, 0, 170 * SCALE, 170 * SCALE), fill=255)
    image.paste(avatar, (50, 56), mask.resize((170, 170), Image.Resampling.LANCZOS))
    pen.text((264, 44), card.name, font=_open(fonts, 44), fill=GOLD)
    pen.text((264, 104), f"{card.rank_label} {card.rank}", font=_open(fonts, 22), fill=PALE)
    pen.text((400, 104), f"{card.streak_label} {card.streak}", font=_open(fonts, 22), fill=PALE)
    pen.text((264, 148), card.xp, font=_open(fonts, 20), fill=PALE)
    pen.text((760, 84), card.level_label, font=_open(fonts, 15), fill=PALE)
    pen.text((756, 108), card.level, font=_open(fonts, 68), fill=PALE)
    bar = Image.new("RGBA", (386 * SCALE, 22 * SCALE))
    bar_pen = ImageDraw.Draw(bar)
    bar_pen.rounded_rectangle((0, 0, 386 * SCALE - 1, 22 * SCALE - 1), 11 * SCALE, fill=TRACK)
    filled = round(386 * SCALE * card.progress)
    bar_pen.rounded_rectangle((0, 0, max(filled, 22 * SCALE), 22 * SCALE - 1), 11 * SCALE, fill=GOLD)
    bar = bar.resize((386, 22), Image.Resampling.LANCZOS)
    image.paste(bar, (264, 182), bar)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
