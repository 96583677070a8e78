"""What every test shares."""

from __future__ import annotations

from hypothesis import settings

# A busy machine makes an example slow, which says nothing about the code; a hang is reported by faulthandler.
settings.register_profile("laurel", deadline=None)
settings.load_profile("laurel")
