"""Orders to use what the bot shows: buttons, menus, forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playground.errors import PlaygroundError
from playground.terminal.controls import find_button, read_choice
from playground.terminal.forms import list_fields, read_filled
from playground.terminal.order_book import OrderBook

if TYPE_CHECKING:
    from playground.terminal.session import Session

__all__ = ["CONTROL_ORDERS"]

CONTROL_ORDERS: Final = OrderBook()
"""The orders about what the bot shows."""


@CONTROL_ORDERS.add("press NUMBER", "press a button of the last message that has some")
async def _press(session: Session, rest: str) -> None:
    if not rest:
        raise CONTROL_ORDERS.usage_error("press")
    message = session.get_usable()
    button = find_button(message, rest)
    await session.pass_time()
    await session.follow(session.pg.start_press(session.speaker, message, button))


@CONTROL_ORDERS.add("select [NUMBER] CHOICE", "choose in a menu of the last message that has one")
async def _select(session: Session, rest: str) -> None:
    message = session.get_usable()
    if not rest:
        raise CONTROL_ORDERS.usage_error("select")
    place, choices = read_choice(session.pg.guild, message, rest)
    await session.pass_time()
    await session.follow(session.pg.start_select(session.speaker, message, *choices, menu=place))


@CONTROL_ORDERS.add("fill FIELD=TEXT; …", "fill in and send the form that the bot has opened")
async def _fill(session: Session, rest: str) -> None:
    if session.modal is None:
        raise PlaygroundError("no form is open")
    form = session.modal
    values = read_filled(list_fields(form.modal or {}), rest)
    await session.pass_time()
    begun = session.pg.start_modal(session.speaker, form, values)
    session.modal = None
    await session.follow(begun)
    if not begun.answered:
        session.modal = form
