"""The settings panel: every rule in menus, buttons and forms, made of what the rules say of themselves."""

from __future__ import annotations

from cogs.panel.items import Act, PanelHost
from cogs.panel.panel import ConfigPanel

__all__ = ["Act", "ConfigPanel", "PanelHost"]
