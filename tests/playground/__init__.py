"""Tests of the playground, with small plain discord.py bots."""
