"""bot.py in a process of its own, for tests that kill it in the middle of a sync of roles.

Its arguments: where the playground's REST API, gateway and CDN are, and how long a sync waits after a change.
"""

from __future__ import annotations

import sys

import bot
from cogs.rewards import sync
from playground.kit import Addresses


def main() -> int:
    """Look for Discord where the test is, then be bot.py."""
    api_url, gateway_url, cdn_url, pause_seconds = sys.argv[1:]
    Addresses().replace(api_url, gateway_url, cdn_url)
    sync.PAUSE_SECONDS = float(pause_seconds)
    return bot.main([])


if __name__ == "__main__":
    sys.exit(main())
