"""Routes about guilds, members and roles."""

from __future__ import annotations

from playground import permissions
from playground.clock import parse_timestamp_ms
from playground.errors import DiscordError, Json, missing_access, missing_permissions, unknown
from playground.gateway import INTENT_MEMBERS
from playground.limits import check_length
from playground.model import Guild, Member, Role
from playground.rest import Call, Routes

routes = Routes()

_NICK_CHARS = 32
_ROLE_NAME_CHARS = 100
_MEMBERS_PAGE = 1000


@routes.add("GET", "/guilds/{guild_id}")
def get_guild(call: Call) -> Json:
    """Return a guild."""
    return call.server.payloads.guild(call.get_guild())


@routes.add("GET", "/guilds/{guild_id}/members")
def list_members(call: Call) -> list[Json]:
    """Return members by id; needs the members intent switched on for the application."""
    guild = call.get_guild()
    if not call.server.gateway.allowed_privileged_intents & INTENT_MEMBERS:
        raise missing_access()
    limit, after = int(call.query.get("limit", 1)), int(call.query.get("after", 0))
    chosen = sorted(user_id for user_id in guild.members if user_id > after)[: min(limit, _MEMBERS_PAGE)]
    return [call.server.payloads.member(guild.members[user_id]) for user_id in chosen]


@routes.add("GET", "/guilds/{guild_id}/members/search")
def search_members(call: Call) -> list[Json]:
    """Return members whose name or nick begins with the query."""
    guild, query = call.get_guild(), call.query.get("query", "").lower()
    found = [
        member
        for member in guild.members.values()
        if member.name.lower().startswith(query) or (member.nick or "").lower().startswith(query)
    ]
    return [call.server.payloads.member(member) for member in found[: int(call.query.get("limit", 1))]]


def _get_member(call: Call, guild: Guild) -> Member:
    text = call.path["user_id"]
    member = guild.members.get(call.server.world.bot.id if text == "@me" else call.number("user_id"))
    if member is None:
        raise unknown("member")
    return member


@routes.add("GET", "/guilds/{guild_id}/members/{user_id}")
def get_member(call: Call) -> Json:
    """Return a member."""
    return call.server.payloads.member(_get_member(call, call.get_guild()))


@routes.add("PATCH", "/guilds/{guild_id}/members/{user_id}")
def edit_member(call: Call) -> Json:
    """Change a member's nick, roles, time-out or voice channel."""
    guild, body = call.get_guild(), call.body
    member = _get_member(call, guild)
    bot = guild.members[call.server.world.bot.id]
    if "nick" in body:
        _set_nick(bot, member, body["nick"])
    if "roles" in body:
        _set_roles(guild, bot, member, [int(role_id) for role_id in body["roles"] or ()])
    if "communication_disabled_until" in body:
        _set_timeout(bot, member, body["communication_disabled_until"])
    call.server.actions.member_updated(member)
    return call.server.payloads.member(member)


def _require(bot: Member, needed: int) -> None:
    if needed & ~permissions.guild_permissions(bot):
        raise missing_permissions()


def _set_nick(bot: Member, member: Member, nick: str | None) -> None:
    if member is bot:
        _require(bot, permissions.CHANGE_NICKNAME)
    else:
        _require(bot, permissions.MANAGE_NICKNAMES)
        if not permissions.outranks_member(bot, member):
            raise missing_permissions()
    check_length("nick", nick, _NICK_CHARS)
    member.nick = nick or None


def _set_roles(guild: Guild, bot: Member, member: Member, role_ids: list[int]) -> None:
    for role_id in set(member.role_ids) ^ set(role_ids):
        _require_role(bot, _get_role(guild, role_id))
    member.role_ids = list(dict.fromkeys(role_ids))


def _set_timeout(bot: Member, member: Member, until: str | None) -> None:
    _require(bot, permissions.MODERATE_MEMBERS)
    is_admin = permissions.guild_permissions(member) & permissions.ADMINISTRATOR
    if is_admin or not permissions.outranks_member(bot, member):
        raise missing_permissions()
    member.timed_out_until = None if until is None else parse_timestamp_ms(until)


@routes.add("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def add_member_role(call: Call) -> None:
    """Give a role."""
    guild = call.get_guild()
    member, role = _get_member(call, guild), _get_role(guild, call.number("role_id"))
    _require_role(guild.members[call.server.world.bot.id], role)
    if role.id not in member.role_ids:
        member.role_ids.append(role.id)
        call.server.actions.member_updated(member)


@routes.add("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def remove_member_role(call: Call) -> None:
    """Take a role."""
    guild = call.get_guild()
    member, role = _get_member(call, guild), _get_role(guild, call.number("role_id"))
    _require_role(guild.members[call.server.world.bot.id], role)
    if role.id in member.role_ids:
        member.role_ids.remove(role.id)
        call.server.actions.member_updated(member)


@routes.add("DELETE", "/guilds/{guild_id}/members/{user_id}")
def kick_member(call: Call) -> None:
    """Throw a member out."""
    guild = call.get_guild()
    member, bot = _get_member(call, guild), guild.members[call.server.world.bot.id]
    _require(bot, permissions.KICK_MEMBERS)
    if not permissions.outranks_member(bot, member):
        raise missing_permissions()
    call.server.actions.remove_member(member)


@routes.add("DELETE", "/users/@me/guilds/{guild_id}")
def leave_guild(call: Call) -> None:
    """Let the bot leave a guild."""
    call.server.actions.remove_member(call.get_guild().members[call.server.world.bot.id])


# roles


def _get_role(guild: Guild, role_id: int) -> Role:
    role = guild.roles.get(role_id)
    if role is None:
        raise unknown("role")
    return role


def _require_role(bot: Member, role: Role) -> None:
    """Refuse a role the bot may not give or take: permission, hierarchy, managed roles, @everyone."""
    _require(bot, permissions.MANAGE_ROLES)
    if role.id == role.guild.id:
        raise DiscordError(400, 50028, "Invalid role")
    if role.managed_by is not None or not permissions.outranks(bot, role):
        raise missing_permissions()


@routes.add("GET", "/guilds/{guild_id}/roles")
def list_roles(call: Call) -> list[Json]:
    """Return the guild's roles."""
    return [call.server.payloads.role(role) for role in call.get_guild().roles.values()]


@routes.add("GET", "/guilds/{guild_id}/roles/{role_id}")
def get_role(call: Call) -> Json:
    """Return a role."""
    return call.server.payloads.role(_get_role(call.get_guild(), call.number("role_id")))


@routes.add("POST", "/guilds/{guild_id}/roles")
def create_role(call: Call) -> Json:
    """Create a role at the bottom of the hierarchy."""
    guild, world = call.get_guild(), call.server.world
    _require(guild.members[world.bot.id], permissions.MANAGE_ROLES)
    role = world.add_role(guild, call.body.get("name") or "new role", position=1)
    _write_role(guild.members[world.bot.id], role, call.body)
    call.server.actions.role_created(role)
    return call.server.payloads.role(role)


@routes.add("PATCH", "/guilds/{guild_id}/roles/{role_id}")
def edit_role(call: Call) -> Json:
    """Change a role below the bot's highest."""
    guild = call.get_guild()
    role, bot = _get_role(guild, call.number("role_id")), guild.members[call.server.world.bot.id]
    _require(bot, permissions.MANAGE_ROLES)
    if not permissions.outranks(bot, role):
        raise missing_permissions()
    _write_role(bot, role, call.body)
    call.server.actions.role_updated(role)
    return call.server.payloads.role(role)


def _write_role(bot: Member, role: Role, body: Json) -> None:
    check_length("name", body.get("name"), _ROLE_NAME_CHARS)
    if body.get("permissions") is not None:
        wanted = int(body["permissions"])
        _require(bot, wanted & ~role.permissions)
        role.permissions = wanted
    role.name = body.get("name") or role.name
    colours = body.get("colors") or {}
    role.colour = colours.get("primary_color") or body.get("color") or role.colour
    role.hoist = body.get("hoist", role.hoist)
    role.mentionable = body.get("mentionable", role.mentionable)


@routes.add("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_role(call: Call) -> None:
    """Delete a role."""
    guild = call.get_guild()
    role = _get_role(guild, call.number("role_id"))
    _require_role(guild.members[call.server.world.bot.id], role)
    call.server.actions.delete_role(role)
