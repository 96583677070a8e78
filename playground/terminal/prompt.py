"""The playground at a terminal in colours, with a history and completion; needs prompt_toolkit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app_session
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import AnyFormattedText, FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import Style

from playground.terminal.drawing import Line
from playground.terminal.screen import STYLES, printable
from playground.terminal.session import Session
from playground.terminal.suggesting import list_suggestions
from playground.terminal.time_orders import written

LOOK_EVERY_SECONDS: Final = 0.25
"""How often it is looked, while somebody types, whether the bot has done something by itself."""

TOUR_PAUSE_SECONDS: Final = 1.0
WIDEST: Final = 110

_STYLE: Final = Style.from_dict(STYLES)


class ColourScreen:
    """Writes in colours, above what is being typed."""

    pause_seconds = TOUR_PAUSE_SECONDS

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return min(WIDEST, get_app_session().output.get_size().columns - 1)

    def show(self, line: Line) -> None:
        """Write a line."""
        fragments = [(f"class:{style}" if style else "", printable(text)) for style, text in line]
        print_formatted_text(FormattedText(fragments), style=_STYLE)


async def read_prompt(session: Session) -> AsyncIterator[str]:
    """Yield what is typed, until Ctrl-D or Ctrl-C; show meanwhile what the bot does by itself."""
    prompt: PromptSession[str] = PromptSession(
        history=InMemoryHistory(),
        completer=_Completer(session),
        complete_while_typing=True,
        erase_when_done=True,
        style=_STYLE,
    )
    with patch_stdout(raw=True):
        while True:
            looking = asyncio.create_task(_keep_looking(session))
            try:
                line = await prompt.prompt_async(
                    lambda: _prompt(session),
                    bottom_toolbar=lambda: f" {written(session.pg.clock.now)} · :help :tour :quit",
                )
            except (EOFError, KeyboardInterrupt):
                return
            finally:
                looking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await looking
            yield line


def _prompt(session: Session) -> AnyFormattedText:
    return [("class:speaker", session.speaker.name), ("", f" in #{session.channel.name} > ")]


async def _keep_looking(session: Session) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        session.show_news()


class _Completer(Completer):
    """Completes names, orders and commands."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield what the word at the cursor may become."""
        del complete_event
        text = document.text_before_cursor
        word = document.get_word_before_cursor(WORD=True)
        for suggestion in list_suggestions(self._session, text):
            yield Completion(suggestion, start_position=-len(word))
