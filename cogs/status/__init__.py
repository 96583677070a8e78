"""`config status`: whether all is well in a server, and where it is not, what mends it."""

from __future__ import annotations

from cogs.status.report import StatusReport

__all__ = ["StatusReport"]
