"""How fast pictures are drawn, and what drawing does to the event loop."""
