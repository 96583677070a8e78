"""What replies are made of: names, bars, times, embeds, pages. Nothing here knows a rule of leveling."""
