"""The entrance of the REST API, where tokens, faults and errors of all routes are handled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import orjson
from aiohttp import BodyPartReader, web

from playground import (
    rest_channels,
    rest_commands,
    rest_guilds,
    rest_interactions,
    rest_messages,
    rest_misc,
)
from playground.compose import Files, Upload
from playground.errors import DiscordError, unauthorized, unknown_route
from playground.faults import FaultKind, RouteFault, rate_limit_body
from playground.rest import Call, Route

if TYPE_CHECKING:
    from playground.server import DiscordServer

API_PREFIX: Final = "/api/v10"
BODY_LIMIT_BYTES: Final = 128 * 1024 * 1024
"""Above Discord's limit for ten files, so that it is the limit's own error that answers."""


class Entrance:
    """Take requests in: faults, token, body, handler, answer."""

    def __init__(self, server: DiscordServer) -> None:
        self._server = server

    def handler_of(self, route: Route) -> Callable[[web.Request], Any]:
        """Return the aiohttp handler of a route."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route)

        return handle

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Answer what no route answers."""

        def refuse(call: Call) -> None:
            call.server.record_unknown_route(request.method, api_path(request))
            raise unknown_route()

        return await self._serve(request, Route(request.method, "", refuse))

    def around_file(self, handler: rest_misc.FileHandler) -> rest_misc.FileHandler:
        """Return a handler of files that faults can be arranged for too; its paths begin with ``/cdn``."""

        async def serve(request: web.Request) -> web.StreamResponse:
            faults = self._server.faults.take(request.method, request.path)
            response: web.StreamResponse | None = await self._before(request, faults)
            if response is None:
                response = await handler(request)
            self._server.record_request(request.method, request.path, response.status, request.headers)
            return response

        return serve

    async def _serve(self, request: web.Request, route: Route) -> web.StreamResponse:
        path = api_path(request)
        faults = self._server.faults.take(request.method, path)
        with self._counted():
            response: web.StreamResponse | None = await self._before(request, faults)
            if response is None:
                response = await self._within_limits(request, route, path)
                if any(fault.kind is FaultKind.LOSE_ANSWER for fault in faults):
                    _cut(request)
            self._server.record_request(request.method, path, response.status, request.headers)
        return response

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._server.requests_in_flight += 1
        try:
            yield
        finally:
            self._server.requests_in_flight -= 1

    async def _before(self, request: web.Request, faults: list[RouteFault]) -> web.Response | None:
        """Let the faults act that come before the deed; return the answer when that is all."""
        for fault in faults:
            if fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
            elif fault.kind is FaultKind.RATE_LIMIT:
                headers = {"Via": "1.1 playground", "Retry-After": str(fault.seconds)}
                if fault.is_global:
                    headers["X-RateLimit-Global"] = "true"
                body = rate_limit_body(fault.seconds, is_global=fault.is_global)
                return json_response(body, 429, headers)
            elif fault.kind is FaultKind.STATUS:
                return json_response(
                    {"message": f"{fault.status}: playground fault", "code": 0}, fault.status
                )
            elif fault.kind is FaultKind.REFUSE_CONNECTION:
                _cut(request)
                return web.Response(status=500)
        return None

    async def _within_limits(self, request: web.Request, route: Route, path: str) -> web.Response:
        limits = self._server.rate_limits
        if limits is None:
            return await self._answer(request, route)
        verdict = limits.take(request.method, path)
        if verdict.retry_after:
            body = rate_limit_body(verdict.retry_after, is_global=verdict.is_global)
            headers = {"Via": "1.1 playground", "Retry-After": str(verdict.retry_after), **verdict.headers}
            return json_response(body, 429, headers)
        response = await self._answer(request, route)
        response.headers.update(verdict.headers)
        return response

    async def _answer(self, request: web.Request, route: Route) -> web.Response:
        try:
            if (
                route.needs_token
                and request.headers.get("Authorization") != f"Bot {self._server.world.token}"
            ):
                raise unauthorized()
            body, files = await _read_body(request)
            call = Call(
                server=self._server,
                path=dict(request.match_info),
                query=dict(request.query),
                body=body,
                files=files,
                reason=_reason(request),
            )
            result = route.handler(call)
        except DiscordError as error:
            return json_response(error.to_json(), error.status)
        return web.Response(status=204) if result is None else json_response(result, 200)


def json_response(data: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON; discord.py wants the content type to be exactly `application/json`."""
    return web.Response(
        body=orjson.dumps(data), status=status, content_type="application/json", headers=headers
    )


def api_path(request: web.Request) -> str:
    """Return the path asked for, without the API's prefix."""
    return request.path.removeprefix(API_PREFIX)


def _reason(request: web.Request) -> str | None:
    reason = request.headers.get("X-Audit-Log-Reason")
    return None if reason is None else unquote(reason)


def _cut(request: web.Request) -> None:
    """Close the connection under an answer."""
    if request.transport is not None:
        request.transport.close()


async def _read_body(request: web.Request) -> tuple[Any, Files]:
    """Return the JSON and the files of a request.

    Raises:
        DiscordError: 400 with code 50109 when the JSON is none.
    """
    if request.content_type.startswith("multipart/"):
        return await _read_multipart(request)
    raw = await request.read()
    if not raw:
        return {}, {}
    return _parse(raw), {}


def _parse(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise DiscordError(400, 50109, "The request body contains invalid JSON.") from error


async def _read_multipart(request: web.Request) -> tuple[Any, Files]:
    body: Any = {}
    files: Files = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.name == "payload_json":
            body = _parse(bytes(await part.read()))
        elif part.name.startswith("files["):
            number = int(part.name.removeprefix("files[").removesuffix("]"))
            files[number] = Upload(part.filename or "file", bytes(await part.read()))
    return body, files


def new_application(server: DiscordServer) -> web.Application:
    """Return the aiohttp application with all routes of a server."""
    entrance = Entrance(server)
    application = web.Application(client_max_size=BODY_LIMIT_BYTES)
    application.router.add_get("/gateway", server.gateway.handle)
    application.router.add_get("/gateway/", server.gateway.handle)
    rest_misc.add_cdn(application, server, entrance.around_file)
    subjects = (rest_misc, rest_channels, rest_messages, rest_guilds, rest_commands, rest_interactions)
    for subject in subjects:
        for route in subject.routes:
            application.router.add_route(route.method, API_PREFIX + route.path, entrance.handler_of(route))
    application.router.add_route("*", "/{tail:.*}", entrance.unknown)
    return application
