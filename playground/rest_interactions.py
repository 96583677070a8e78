"""Routes with which a bot answers interactions: the callback, the answer itself, follow-ups."""

from __future__ import annotations

from collections.abc import Callable

from playground.compose import check_new, fill, get_message
from playground.errors import Json, invalid_form, unknown
from playground.interactions import InteractionResult, InteractionType, ResponseType
from playground.limits import check_choices, check_message, check_modal
from playground.model import EPHEMERAL, LOADING, Message, MessageType
from playground.rest import Call, Routes

routes = Routes()

_WEBHOOK = "/webhooks/{application_id}/{token}"


@routes.add("POST", "/interactions/{interaction_id}/{token}/callback", needs_token=False)
def answer(call: Call) -> Json | None:
    """Give the first answer."""
    result = call.server.interactions.get_unanswered(call.number("interaction_id"), call.path["token"])
    kind = _response_type(result, call.body)
    data: Json = call.body.get("data") or {}
    _ANSWERS[kind](call, result, data)
    result.note_answer(kind)
    if call.query.get("with_response") not in ("1", "true"):
        return None
    return _callback_payload(call, result, kind)


def _response_type(result: InteractionResult, body: Json) -> ResponseType:
    """Return how the bot answers.

    Raises:
        DiscordError: That answer does not fit what was done.
    """
    allowed = {
        InteractionType.COMMAND: (ResponseType.MESSAGE, ResponseType.DEFERRED_MESSAGE, ResponseType.MODAL),
        InteractionType.COMPONENT: tuple(kind for kind in ResponseType if kind is not ResponseType.CHOICES),
        InteractionType.AUTOCOMPLETE: (ResponseType.CHOICES,),
        InteractionType.MODAL: (ResponseType.MESSAGE, ResponseType.DEFERRED_MESSAGE),
    }[result.type]
    if result.type is InteractionType.MODAL and result.source is not None:
        allowed = (*allowed, ResponseType.DEFERRED_UPDATE, ResponseType.UPDATE)
    if body.get("type") not in allowed:
        raise invalid_form(
            "type", "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, map(int, allowed)))}}}."
        )
    return ResponseType(body["type"])


def _new_message(call: Call, result: InteractionResult, flags: int) -> Message:
    """Make the message of an answer; only what is not ephemeral enters the channel."""
    world = call.server.world
    message = Message(
        id=world.clock.next_snowflake(),
        channel=result.channel,
        author=world.bot,
        content="",
        created_at=world.clock.now_ms,
        type=MessageType.SLASH_COMMAND if result.type is InteractionType.COMMAND else MessageType.DEFAULT,
        webhook_id=world.bot.id,
        application_id=world.bot.id,
        flags=flags,
        interaction=call.server.interactions.metadata(result),
    )
    if result.source is not None:
        message.type, message.reference = MessageType.REPLY, result.source
    if not message.ephemeral:
        world.keep_message(message)
    return message


def _publish(call: Call, message: Message) -> None:
    if not message.ephemeral:
        call.server.actions.announce_message(message)


def _send(call: Call, result: InteractionResult, data: Json) -> None:
    check_new(data, call.files)
    message = _new_message(call, result, (data.get("flags") or 0) & EPHEMERAL)
    fill(call.server.world, message, data, call.files)
    result.response = message
    _publish(call, message)


def _defer(call: Call, result: InteractionResult, data: Json) -> None:
    message = _new_message(call, result, (data.get("flags") or 0) & EPHEMERAL | LOADING)
    result.response, result.loading = message, True
    _publish(call, message)


def _defer_update(_call: Call, result: InteractionResult, _data: Json) -> None:
    result.response = result.source


def _update(call: Call, result: InteractionResult, data: Json) -> None:
    if result.source is None:
        raise unknown("message")
    result.response = result.source
    _edit(call, result.source, data)


def _complete(_call: Call, result: InteractionResult, data: Json) -> None:
    check_choices(data.get("choices") or [])
    result.choices = data.get("choices") or []


def _show_modal(_call: Call, result: InteractionResult, data: Json) -> None:
    check_modal(data)
    result.modal = data


_ANSWERS: dict[ResponseType, Callable[[Call, InteractionResult, Json], None]] = {
    ResponseType.MESSAGE: _send,
    ResponseType.DEFERRED_MESSAGE: _defer,
    ResponseType.DEFERRED_UPDATE: _defer_update,
    ResponseType.UPDATE: _update,
    ResponseType.CHOICES: _complete,
    ResponseType.MODAL: _show_modal,
}


def _callback_payload(call: Call, result: InteractionResult, kind: ResponseType) -> Json:
    interaction: Json = {"id": str(result.id), "type": int(result.type)}
    payload: Json = {"interaction": interaction}
    if result.response is not None:
        interaction["response_message_id"] = str(result.response.id)
        interaction["response_message_loading"] = result.loading
        interaction["response_message_ephemeral"] = result.response.ephemeral
    if kind in (ResponseType.MESSAGE, ResponseType.UPDATE) and result.response is not None:
        payload["resource"] = {"type": int(kind), "message": call.server.payloads.message(result.response)}
    return payload


def _edit(call: Call, message: Message, data: Json) -> None:
    if message.deleted:
        raise unknown("message")
    check_message(data, file_sizes=[len(upload.data) for upload in call.files.values()])
    before = message.text
    fill(call.server.world, message, data, call.files)
    call.server.actions.edited(message, before)


def _find_result(call: Call) -> InteractionResult:
    return call.server.interactions.get_answered(call.number("application_id"), call.path["token"])


def _get_message(call: Call, result: InteractionResult) -> Message:
    """Return one of the interaction's messages; `@original` is the answer.

    Raises:
        DiscordError: 404 with code 10008: there is none, or it has been deleted.
    """
    if call.path["message_id"] == "@original":
        if result.response is None or result.response.deleted:
            raise unknown("message")
        return result.response
    own = [
        message
        for message in (result.response, *result.followups)
        if message is not None and not message.deleted
    ]
    return get_message({message.id: message for message in own}, call.number("message_id"))


@routes.add("POST", _WEBHOOK, needs_token=False)
def follow_up(call: Call) -> Json:
    """Send a further message; after a deferral the first one takes the place of the answer."""
    result = _find_result(call)
    check_new(call.body, call.files)
    if result.loading and result.response is not None:
        _finish_loading(call, result, result.response)
        return call.server.payloads.message(result.response)
    message = _new_message(call, result, (call.body.get("flags") or 0) & EPHEMERAL)
    if result.response is not None:
        message.type, message.reference = MessageType.REPLY, result.response
    fill(call.server.world, message, call.body, call.files)
    result.followups.append(message)
    _publish(call, message)
    return call.server.payloads.message(message)


def _finish_loading(call: Call, result: InteractionResult, message: Message) -> None:
    """Fill the message a deferral has promised; whether it is ephemeral was decided then."""
    was_ephemeral = message.flags & EPHEMERAL
    fill(call.server.world, message, call.body, call.files)
    message.flags = (message.flags & ~(LOADING | EPHEMERAL)) | was_ephemeral
    result.loading = False
    message.edited_at = call.server.world.clock.now_ms
    if not message.ephemeral:
        call.server.actions.announce_message(message, "MESSAGE_UPDATE")


@routes.add("GET", _WEBHOOK + "/messages/{message_id}", needs_token=False)
def get_answer(call: Call) -> Json:
    """Return the answer or a follow-up."""
    return call.server.payloads.message(_get_message(call, _find_result(call)))


@routes.add("PATCH", _WEBHOOK + "/messages/{message_id}", needs_token=False)
def edit_answer(call: Call) -> Json:
    """Edit the answer or a follow-up; after a deferral this is the answer."""
    result = _find_result(call)
    message = _get_message(call, result)
    if result.loading and message is result.response:
        check_message(call.body, file_sizes=[len(upload.data) for upload in call.files.values()])
        _finish_loading(call, result, message)
    else:
        _edit(call, message, call.body)
    return call.server.payloads.message(message)


@routes.add("DELETE", _WEBHOOK + "/messages/{message_id}", needs_token=False)
def delete_answer(call: Call) -> None:
    """Delete the answer or a follow-up."""
    result = _find_result(call)
    message = _get_message(call, result)
    if message is result.response:
        result.loading = False
    call.server.actions.delete_message(message)
