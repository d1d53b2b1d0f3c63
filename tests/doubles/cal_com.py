"""A double that speaks Cal.com's API, version 2, as its documentation has it: slots of a public event type, and bookings."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

SLOTS_VERSION = "2024-09-04"
BOOKINGS_VERSIONS = ("2024-08-13", "2026-02-25")


class CalCom:
    """One public event type. Its slots are free until they are booked; trouble can be ordered."""

    def __init__(self, event_type: int, starts: list[dt.datetime]) -> None:
        """`starts` are aware."""
        self.event_type = event_type
        self.starts = {start.astimezone(dt.timezone.utc) for start in starts}
        self.booked: list[dict[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.fail: int | None = None
        self.delay = 0.0
        self.lose_answer = False
        """Books, and then takes too long to say so."""

    async def start(self) -> str:
        """Listens; returns its address."""
        app = web.Application()
        app.router.add_get("/v2/slots", self._slots)
        app.router.add_post("/v2/bookings", self._book)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Ends it."""
        await self._runner.cleanup()

    async def _trouble(self) -> web.Response | None:
        await asyncio.sleep(self.delay)
        if self.fail:
            return web.json_response({"status": "error", "error": {"code": "X", "message": "trouble"}}, status=self.fail)
        return None

    async def _slots(self, request: web.Request) -> web.Response:
        self.requests.append((request.path_qs, dict(request.headers)))
        if (trouble := await self._trouble()) is not None:
            return trouble
        if request.headers.get("cal-api-version") != SLOTS_VERSION:
            return _error(404, "Cannot GET /v2/slots")
        if request.query.get("eventTypeId") != str(self.event_type):
            return _error(404, "Event Type not found")
        first, last = (dt.datetime.fromisoformat(request.query[name].replace("Z", "+00:00")) for name in ("start", "end"))
        zone = ZoneInfo(request.query["timeZone"])
        days: dict[str, list[dict[str, str]]] = {}
        for start in sorted(self.starts):
            if first <= start <= last:
                local = start.astimezone(zone)
                days.setdefault(local.date().isoformat(), []).append({"start": local.isoformat(timespec="milliseconds")})
        return web.json_response({"status": "success", "data": days})

    async def _book(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append((request.path_qs, dict(request.headers)))
        if not self.lose_answer and (trouble := await self._trouble()) is not None:
            return trouble
        if request.headers.get("cal-api-version") not in BOOKINGS_VERSIONS:
            return _error(404, "Cannot POST /v2/bookings")
        attendee = body.get("attendee", {})
        if not all(attendee.get(name) for name in ("name", "email", "timeZone")) or body.get("eventTypeId") != self.event_type:
            return _error(400, "attendee and eventTypeId are required")
        start = dt.datetime.fromisoformat(body["start"].replace("Z", "+00:00"))
        if start not in self.starts:
            return _error(400, "User either already has booking at this time or is not available")
        self.starts.discard(start)
        self.booked.append(body)
        if self.lose_answer:
            await asyncio.sleep(10)
        answer = {"status": "success", "data": {"uid": f"cal-{len(self.booked)}", "start": body["start"], "status": "accepted"}}
        return web.json_response(answer, status=201)


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"status": "error", "error": {"code": "BadRequestException", "message": message}}, status=status)
