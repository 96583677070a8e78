"""How the process logs: one line for each event, without the token and without what people said."""

from __future__ import annotations

import logging

__all__ = ["set_up_logging"]


class _TokenlessFormatter(logging.Formatter):
    """Keeps the token out of the log, wherever it comes from."""

    def __init__(self, token: str) -> None:
        super().__init__("{asctime} {levelname:<8} {name}: {message}", "%Y-%m-%d %H:%M:%S", style="{")
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = super().format(record)
        return line.replace(self._token, "[token]") if self._token else line


def set_up_logging(level: str, token: str) -> None:
    """Write the log to standard error.

    Args:
        level: How much, as the ``logging`` module calls it.
        token: What is never shown; "" for nothing.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_TokenlessFormatter(token))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("discord.gateway", "discord.http"):
        # At DEBUG these write whole events: what people said does not belong into a log.
        logging.getLogger(name).setLevel(max(logging.getLevelNamesMapping()[level], logging.INFO))
    if level == "INFO":
        # It tells twice a minute that it looked at the clock; what comes of that, the jobs themselves tell.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
