"""Pictures in Discord: what draws them for the cogs, and how members and admins say how they look."""

from cogs.pictures.sending import picture_for, reply_with_picture
from cogs.pictures.service import MakePicture, Pictures

__all__ = ["MakePicture", "Pictures", "picture_for", "reply_with_picture"]
