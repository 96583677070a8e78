"""The gateway: sessions over websockets, as discord.py speaks it (Discord API reference, "Gateway")."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from playground.errors import Json
from playground.model import Channel, Guild
from playground.payloads import LARGE_GUILD
from playground.sessions import Connection, Session, new_compressor

if TYPE_CHECKING:
    from playground.server import DiscordServer

_log = logging.getLogger(__name__)

OP_HEARTBEAT: Final = 1
OP_IDENTIFY: Final = 2
OP_RESUME: Final = 6
OP_RECONNECT: Final = 7
OP_REQUEST_MEMBERS: Final = 8
OP_INVALID_SESSION: Final = 9
OP_HELLO: Final = 10
OP_HEARTBEAT_ACK: Final = 11

CLOSE_UNKNOWN_ERROR: Final = 4000
CLOSE_NOT_AUTHENTICATED: Final = 4003
CLOSE_BAD_TOKEN: Final = 4004
CLOSE_DISALLOWED_INTENTS: Final = 4014

INTENT_GUILDS: Final = 1 << 0
INTENT_MEMBERS: Final = 1 << 1
INTENT_VOICE: Final = 1 << 7
INTENT_PRESENCES: Final = 1 << 8
INTENT_MESSAGES: Final = 1 << 9
INTENT_REACTIONS: Final = 1 << 10
INTENT_DMS: Final = 1 << 12
INTENT_DM_REACTIONS: Final = 1 << 13
INTENT_CONTENT: Final = 1 << 15
PRIVILEGED: Final = INTENT_MEMBERS | INTENT_PRESENCES | INTENT_CONTENT

CHUNK_SIZE: Final = 1000
"""Members in one GUILD_MEMBERS_CHUNK at most (Discord API reference, "Request Guild Members")."""


class Gateway:
    """Hold the sessions and send events to those that may see them.

    Attributes:
        heartbeat_interval_seconds: What HELLO asks for.
        allowed_privileged_intents: Bits of the privileged intents switched on for the application;
            identifying with others closes the connection with 4014.
        sessions: All sessions that are connected or may be resumed, by id.
    """

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._world = server.world
        self.heartbeat_interval_seconds = 41.25
        self.allowed_privileged_intents = PRIVILEGED
        self.sessions: dict[str, Session] = {}
        self.replay_extra = 0
        """How many events, already seen by the bot, the next resume sends once more (a fault)."""
        self.acks_heartbeats = True
        self._session_count = 0

    # events

    def dispatch(
        self,
        event: str,
        data: Json,
        *,
        intents: int = 0,
        guild: Guild | None = None,
        channel: Channel | None = None,
        redacted: Json | None = None,
    ) -> None:
        """Send an event to every session that may see it.

        Args:
            event: Its name, for example `MESSAGE_CREATE`.
            data: Its payload.
            intents: The session needs one of these bits; 0 for none.
            guild: The bot must be in this guild.
            channel: The bot must see this channel.
            redacted: The payload for sessions without the message content intent; None when it is the same.
        """
        if not self._bot_sees(guild, channel):
            return
        self._server.faults.pass_event(event, lambda: self._send_to_sessions(event, data, intents, redacted))

    def _bot_sees(self, guild: Guild | None, channel: Channel | None) -> bool:
        if guild is not None and self._world.bot.id not in guild.members:
            return False
        return channel is None or self._server.bot_may_see(channel)

    def _send_to_sessions(self, event: str, data: Json, intents: int, redacted: Json | None) -> None:
        raw: dict[bool, bytes] = {}
        for session in self.sessions.values():
            if intents and not session.intents & intents:
                continue
            full = redacted is None or bool(session.intents & INTENT_CONTENT)
            if full not in raw:
                raw[full] = orjson.dumps(data if full else redacted)
            session.send_event(event, raw[full])

    async def until_read(self, after: int = 0) -> None:
        """Wait until every bot has read what it was sent: for those who send a great deal.

        Args:
            after: How many marks, one for each earlier call, may still be unread: 0 to wait for this one.
        """
        for session in list(self.sessions.values()):
            if session.connection is not None:
                await session.connection.until_read(after)

    # connections

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket from HELLO to its end."""
        ws = web.WebSocketResponse(autoclose=True, autoping=False, compress=False, max_msg_size=0)
        await ws.prepare(request)
        connection = Connection(ws, new_compressor(request.query.get("compress")), request.transport)
        connection.send(
            {"op": OP_HELLO, "d": {"heartbeat_interval": int(self.heartbeat_interval_seconds * 1000)}}
        )
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    self._handle_payload(connection, orjson.loads(message.data))
                elif message.type is WSMsgType.PING:
                    await ws.pong(message.data)
                elif message.type is WSMsgType.PONG:
                    connection.note_pong()
        finally:
            self._forget(connection, clean=ws.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY))
            await connection.finish()
        return ws

    def _forget(self, connection: Connection, *, clean: bool) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if clean:
            self.sessions.pop(session.id, None)

    def _handle_payload(self, connection: Connection, payload: Json) -> None:
        op, data = payload["op"], payload.get("d") or {}
        if op == OP_HEARTBEAT:
            if self.acks_heartbeats:
                connection.send({"op": OP_HEARTBEAT_ACK})
        elif op == OP_IDENTIFY:
            self._identify(connection, data)
        elif op == OP_RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            connection.close(CLOSE_NOT_AUTHENTICATED, "Not authenticated.")
        elif op == OP_REQUEST_MEMBERS:
            self._request_members(connection.session, data)

    def _identify(self, connection: Connection, data: Json) -> None:
        if data["token"] != self._world.token:
            connection.close(CLOSE_BAD_TOKEN, "Authentication failed.")
            return
        intents = int(data["intents"])
        if intents & PRIVILEGED & ~self.allowed_privileged_intents:
            connection.close(CLOSE_DISALLOWED_INTENTS, "Disallowed intent(s).")
            return
        self._session_count += 1
        session = Session(id=f"session-{self._session_count}", intents=intents)
        session.attach(connection)
        self.sessions[session.id] = session
        session.send_event("READY", orjson.dumps(self._ready(session, data.get("shard"))))
        for guild in self._world.guilds.values():
            if self._world.bot.id in guild.members and intents & INTENT_GUILDS:
                self._send_guild(session, guild)

    def _send_guild(self, session: Session, guild: Guild) -> None:
        wants_all = bool(session.intents & INTENT_PRESENCES) and len(guild.members) <= LARGE_GUILD
        payload = self._server.payloads.guild_create(guild, all_members=wants_all)
        session.send_event("GUILD_CREATE", orjson.dumps(payload))

    def _ready(self, session: Session, shard: list[int] | None) -> Json:
        ready: Json = {
            "v": 10,
            "user": self._server.payloads.user(self._world.bot),
            "guilds": [
                {"id": str(guild.id), "unavailable": True}
                for guild in self._world.guilds.values()
                if self._world.bot.id in guild.members
            ],
            "session_id": session.id,
            "resume_gateway_url": self._server.gateway_url,
            "application": {"id": str(self._world.bot.id), "flags": self._server.application_flags},
        }
        if shard is not None:
            ready["shard"] = shard
        return ready

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if data["token"] != self._world.token:
            connection.close(CLOSE_BAD_TOKEN, "Authentication failed.")
        elif session is None or not session.resumable_from(data["seq"]):
            connection.send({"op": OP_INVALID_SESSION, "d": False})
        else:
            session.attach(connection)
            session.replay(max(0, data["seq"] - self.replay_extra))
            self.replay_extra = 0
            session.send_event("RESUMED", b"{}")

    def _request_members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = set(map(int, data.get("user_ids") or ()))
        query, limit = (data.get("query") or "").lower(), int(data.get("limit") or 0)
        members = [
            member
            for member in guild.members.values()
            if (member.id in wanted if wanted else member.display_name.lower().startswith(query))
        ]
        if not wanted and not query and limit == 0 and not session.intents & INTENT_MEMBERS:
            _log.warning("the bot asked for all members without the members intent; Discord would not answer")
            return
        members = members[:limit] if limit else members
        chunks = [members[start : start + CHUNK_SIZE] for start in range(0, len(members), CHUNK_SIZE)] or [[]]
        for index, chunk in enumerate(chunks):
            payload: Json = {
                "guild_id": str(guild.id),
                "members": [self._server.payloads.member(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [str(user_id) for user_id in wanted if user_id not in guild.members],
            }
            if data.get("nonce") is not None:
                payload["nonce"] = data["nonce"]
            session.send_event("GUILD_MEMBERS_CHUNK", orjson.dumps(payload))

    # ends

    def drop(
        self, *, resumable: bool = True, abruptly: bool = False, code: int = CLOSE_UNKNOWN_ERROR
    ) -> None:
        """Close every connection; resuming one that is not resumable is answered with "invalid session"."""
        for session in list(self.sessions.values()):
            if not resumable:
                self.sessions.pop(session.id)
            if session.connection is not None:
                if abruptly:
                    session.connection.abort()
                else:
                    session.connection.close(code, "")
                session.connection = None

    def ask_to_reconnect(self) -> None:
        """Send op 7: the bot closes and resumes."""
        for session in self.sessions.values():
            if session.connection is not None:
                session.connection.send({"op": OP_RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9: the bot closes, then resumes or identifies anew."""
        for session in list(self.sessions.values()):
            if not resumable:
                self.sessions.pop(session.id)
            if session.connection is not None:
                session.connection.send({"op": OP_INVALID_SESSION, "d": resumable})

    async def close(self) -> None:
        """Close every connection for good."""
        self.drop(resumable=False, code=WSCloseCode.GOING_AWAY)
        await asyncio.sleep(0)
