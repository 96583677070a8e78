"""`python bot.py store ...`, as whoever keeps a bot running knows it."""
