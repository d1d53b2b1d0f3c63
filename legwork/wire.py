"""What Sanic 21.12 leaves open of HTTP: heads that two readers read differently, clients that never finish, and a hasty end.

A request whose end the proxy in front sees elsewhere than we do carries a second one past it. A client that sends a byte now
and then holds its connection for hours, since Sanic counts from the last byte. A server that is told to stop hangs up on whoever
has just connected.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from sanic import Request
from sanic.compat import Header
from sanic.exceptions import InvalidUsage, RequestTimeout, SanicException
from sanic.http import Http, Stage
from sanic.server import HttpProtocol

MOMENT = 0.1
"""So long, in seconds, a server that stops waits for what is on its way to it already."""

SECONDS = 15
"""So long a client may take for a request's head, and as long again for its body."""

SILENT_SECONDS = 60
"""So long an answer may take, or an event stream be silent: it gives a sign of life every 25 seconds at least."""

READ: dict[str, Any] = {"methods": ("GET", "HEAD"), "ignore_body": True}
"""How a page is registered: what looks through mails for bad links asks with HEAD, and gets the answer without its body."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_BROKEN = re.compile(r"[\r\n\0]")


class MeasuredRequest(Request):
    """A request whose end is known and comes."""

    def __init__(self, url_bytes: bytes, headers: Header, *args: Any, **kwargs: Any) -> None:
        """(see parent class for full docstring)

        Raises:
            InvalidUsage: it could be read in two ways; on a negative length Sanic would loop for ever, and nobody be served.
        """
        if not all(_NAME.fullmatch(name) and not _BROKEN.search(value) for name, value in headers.items()):
            raise InvalidUsage("A header is malformed.")
        lengths, codings = headers.getall("content-length", []), headers.getall("transfer-encoding", [])
        if len(lengths) + len(codings) > 1:
            raise InvalidUsage("A request has one Content-Length or one Transfer-Encoding, not both.")
        if any(not (length.isascii() and length.isdecimal()) for length in lengths):
            raise InvalidUsage("Content-Length must be a number.")
        if codings not in ([], ["chunked"]):
            raise InvalidUsage("Transfer-Encoding can only be chunked.")
        super().__init__(url_bytes, headers, *args, **kwargs)

    async def receive_body(self) -> None:
        """(see parent class for full docstring)

        Raises:
            RequestTimeout: it didn't come in time; the connection ends.
        """
        try:
            await asyncio.wait_for(super().receive_body(), SECONDS)
        except asyncio.TimeoutError:
            if self.stream is not None:
                self.stream.request_body, self.stream.keep_alive = None, False
            raise RequestTimeout("The request's body did not come in time.") from None


class SoundHttp(Http):
    """Answers a head that is no HTTP, whatever its bytes."""

    def __init__(self, protocol: HttpProtocol) -> None:
        """(see parent class for full docstring)"""
        super().__init__(protocol)
        self.init_for_request()

    async def error_response(self, exception: Exception) -> None:
        """(see parent class for full docstring)"""
        if self.request is None:
            self.url = None  # bytes that are no address can't be put into the request that the answer needs
            if not isinstance(exception, SanicException):
                exception = InvalidUsage("Bad Request")
        await super().error_response(exception)


class PatientProtocol(HttpProtocol):
    """A connection whose timeouts count from the start of a request, not from its last byte, and that hears its client before it ends."""

    __slots__ = ("_heard",)

    def __init__(self, **kwargs: Any) -> None:
        """(see parent class for full docstring)"""
        super().__init__(**kwargs)
        self._http: SoundHttp | None = None  # the first bytes may come before the connection's task has begun
        self._heard = False

    def _setup_connection(self) -> None:
        super()._setup_connection()
        self._http = SoundHttp(self)

    def data_received(self, data: bytes) -> None:
        """(see parent class for full docstring)"""
        began, self._heard = self._time, True
        super().data_received(data)
        # A request may be answered (and its stage be idle again) before all of its body was read.
        if self._http is not None and (self._http.stage is not Stage.IDLE or self._http.request_body):
            self._time = began

    def close_if_idle(self) -> bool:
        """Closes it, when the server stops, once its client has had a moment to ask and what was asked is answered."""
        if self._heard and not self.recv_buffer and super().close_if_idle():
            return True
        self._heard = True
        self.loop.call_later(MOMENT, self.close_if_idle)
        return False
