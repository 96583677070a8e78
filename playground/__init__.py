"""A small Discord on loopback, to try and to test a bot without a token. Start at `playground.kit`."""

from playground.clock import WorldClock
from playground.components import Button, Select
from playground.errors import PlaygroundError, PlaygroundTimeoutError
from playground.faults import Faults, RouteFault
from playground.interactions import InteractionResult
from playground.kit import Playground
from playground.model import Attachment, Channel, ChannelType, Guild, Member, Message, MessageType, Role, User
from playground.server import DiscordServer
from playground.world import World

__all__ = [
    "Attachment",
    "Button",
    "Channel",
    "ChannelType",
    "DiscordServer",
    "Faults",
    "Guild",
    "InteractionResult",
    "Member",
    "Message",
    "MessageType",
    "Playground",
    "PlaygroundError",
    "PlaygroundTimeoutError",
    "Role",
    "RouteFault",
    "Select",
    "User",
    "World",
    "WorldClock",
]
