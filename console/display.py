"""Telling how far long work is: a bar on a terminal, else a line for each stage; on standard error."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from data import Texts
from storage.progress import Progress, no_progress

__all__ = ["Display"]

REDRAWN_SECONDS = 0.1
ESTIMATED_AFTER_SECONDS = 2.0
"""How long a stage must have gone on before it is told how long it will."""

USUAL_COLUMNS = 80
BAR_COLUMNS = 30


class Display:
    """Shows the stages of one piece of work. Used with ``async with``; at the end nothing of a bar is left.

    Args:
        texts: The texts.
        stream: Where to; None for standard error.
        monotonic: Seconds, which go on evenly.
    """

    def __init__(
        self,
        texts: Texts,
        stream: TextIO | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._texts = texts
        self._stream = stream or sys.stderr
        self._monotonic = monotonic
        self._is_bar = self._stream.isatty()
        self._drawing: asyncio.Task[None] | None = None
        self._drawn_columns = 0
        self._label = ""
        self._rows = self._done = 0
        self._begun = self._drawn = 0.0

    def begin(self, stage: str, rows: int = 0) -> Progress:
        """Show that a stage begins.

        Args:
            stage: Its name, which is that of a text.
            rows: How many it has, 0 where that is not known.
        """
        self._label = self._texts(f"store-stage-{stage}")
        if not self._is_bar:
            line = self._texts("store-stage-line", stage=self._label, rows=rows)
            sys.stdout.flush()
            self._stream.write(f"{line}\n")
            self._stream.flush()
            return no_progress
        self._rows, self._done, self._begun = rows, 0, self._monotonic()
        self._draw()
        return self._go_on

    def _go_on(self, rows: int) -> None:
        self._done += rows
        if self._monotonic() - self._drawn > REDRAWN_SECONDS:  # the work may leave no time to who else draws
            self._draw()

    def clear(self) -> None:
        """Take the bar away, so that something can be written; it comes again by itself."""
        if self._drawn_columns:
            self._stream.write("\r" + " " * self._drawn_columns + "\r")
            self._stream.flush()
            self._drawn_columns = 0

    def _draw(self) -> None:
        line = self._line()[: self._columns() - 1]
        self._stream.write("\r" + line.ljust(self._drawn_columns))
        self._stream.flush()
        self._drawn_columns, self._drawn = len(line), self._monotonic()

    def _line(self) -> str:
        seconds = self._monotonic() - self._begun
        if not self._rows:
            return self._texts("store-bar-unknown", stage=self._label, time=_clock_face(seconds))
        share = min(self._done / self._rows, 1.0)
        filled = int(share * BAR_COLUMNS)
        bar = "#" * filled + "." * (BAR_COLUMNS - filled)
        percent = int(share * 100)
        if seconds < ESTIMATED_AFTER_SECONDS or not share:
            return self._texts("store-bar", stage=self._label, bar=bar, percent=percent)
        left = _clock_face(seconds / share - seconds)
        return self._texts("store-bar-left", stage=self._label, bar=bar, percent=percent, time=left)

    def _columns(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            return os.get_terminal_size(self._stream.fileno()).columns or USUAL_COLUMNS
        return USUAL_COLUMNS

    async def _keep_drawing(self) -> None:
        while True:
            await asyncio.sleep(REDRAWN_SECONDS)
            if self._label:
                self._draw()

    async def __aenter__(self) -> Self:
        if self._is_bar:
            self._drawing = asyncio.create_task(self._keep_drawing(), name="console-display")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._drawing is not None:
            self._drawing.cancel()
        self.clear()


def _clock_face(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
