"""The whole bot: real cogs, real discord.py, a real database file, and a Discord on loopback."""
