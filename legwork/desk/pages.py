"""The desk on the web: links of mails, Jessica's calendar feed, and the worker that sends what is decided here."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from sanic import Blueprint, Request, Sanic, response
from sanic.response import HTTPResponse

from legwork import links, wire
from legwork.bookings import invitations, store
from legwork.desk import deeds, feed, html
from legwork.desk.notices import OnMessage, senders
from legwork.errors import NotFound
from legwork.links import LinkError
from legwork.settings import practice, settings
from legwork.storage import outbox

CSS = Path(__file__).with_name("desk.css")


def blueprint(on_message: OnMessage) -> Blueprint:
    """The desk, to be registered without a prefix; it runs the outbox's worker as long as the server runs.

    Args:
        on_message: brings a message into a conversation: its id, and the protocol's message with `from` (legwork or
            jessica), `topic`, `text` and `quick_replies`, without `id` and `at`. It raises when that can't be done now,
            and is called again later; after a crash it may be called twice with the same message.
    """
    desk = Blueprint("desk", url_prefix="/desk")

    @desk.route("/desk.css", **wire.READ)
    async def style(request: Request) -> HTTPResponse:
        return await response.file(CSS, mime_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})

    @desk.route("/feed/<name:str>", **wire.READ)
    async def calendar(request: Request, name: str) -> HTTPResponse:
        if not feed.is_secret(name.removesuffix(".ics")):
            return _page(html.over("unknown"), 404)
        headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        return response.text(feed.calendar(), content_type="text/calendar; charset=utf-8", headers=headers)

    @desk.route("/<token:str>", **wire.READ)
    async def ask(request: Request, token: str) -> HTTPResponse:
        try:
            link = links.read(token)
            return _file(link.id) if link.kind == "appointment" else _page(deeds.show(link))
        except LinkError as error:
            return _over(error)
        except NotFound:
            return _page(html.done("This is gone", ["The client has had it forgotten."]), 410)

    @desk.post("/<token:str>")
    async def act(request: Request, token: str) -> HTTPResponse:
        form = {name: values[0] for name, values in (request.form or {}).items()}
        try:
            link = links.read(token)
            if link.kind == "appointment":
                raise LinkError("unknown")
            try:
                return _page(deeds.act(link, form))
            except deeds.FormError as error:
                return _page(deeds.show(link, str(error), form), 422)
        except LinkError as error:
            return _over(error)
        except NotFound:
            return _page(html.done("This is gone", ["The client has had it forgotten."]), 410)

    @desk.listener("after_server_start")
    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.outbox = loop.create_task(outbox.run(senders(on_message)))

    @desk.listener("before_server_stop")
    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.outbox.cancel()
        with suppress(asyncio.CancelledError):
            await app.ctx.outbox

    return desk


def _file(code: str) -> HTTPResponse:
    """The appointment for the client's calendar; it may be fetched as often as the link lives."""
    booking = store.find(code)
    if not booking.agreed:
        return _page(html.done("This appointment is off", ["There is nothing to put into your calendar any more."]), 410)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"', "Cache-Control": "no-store"}
    text = invitations.download(booking, practice(), settings().now())
    return response.text(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _page(text: str, status: int = 200) -> HTTPResponse:
    return response.html(text, status=status, headers=dict(html.HEADERS))


def _over(error: LinkError) -> HTTPResponse:
    return _page(html.over(error.reason), 404 if error.reason == "unknown" else 410)
