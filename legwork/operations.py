"""What the operator and the machine that starts us look at: health, metrics, and the work that goes on beside the turns."""

from __future__ import annotations

import asyncio
import hmac
import time
from ipaddress import ip_address
from urllib.parse import urljoin

import httpx
import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST
from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from legwork import metrics, wire
from legwork.channels import events
from legwork.errors import Refused
from legwork.nlu import safety
from legwork.settings import settings
from legwork.storage import retention
from legwork.storage.engine import engine
from legwork.storage.hub import hub


def register(app: Sanic) -> None:
    """Adds `/health/live`, `/health/ready` and `/metrics`, starts what goes on beside the turns, and ends them in order."""
    app.ctx.stopping = False
    elsewhere = settings().actions_url
    actions = ActionServer(elsewhere) if elsewhere else None

    @app.route("/health/live", **wire.READ)
    async def live(request: Request) -> HTTPResponse:
        return response.json({"status": "live"})

    @app.route("/health/ready", **wire.READ)
    async def ready(request: Request) -> HTTPResponse:
        database = await asyncio.to_thread(database_state)
        parts = {
            "model": app.ctx.agent.is_ready(),
            "database": database == "ok",
            "actions": actions is None or await actions.answers(),
            "safety": safety.status(),
        }
        if database != "ok":
            parts["reason"] = database
        others = hub()
        if others is not None:
            parts["redis"] = await asyncio.to_thread(others.answers)
        good = parts["model"] and parts["database"] and parts["actions"] and not app.ctx.stopping
        status = "ready" if good else "stopping" if app.ctx.stopping else "not ready"
        return response.json({"status": status, **parts}, status=200 if good else 503)

    @app.get("/metrics")
    async def scrape(request: Request) -> HTTPResponse:
        if not may_read_metrics(request):
            raise Refused(404, "not_found", "There is nothing at /metrics.")
        return response.raw(await asyncio.to_thread(metrics.exposition), content_type=CONTENT_TYPE_LATEST)

    @app.after_server_start
    async def begin(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        events.open_for(serving=True)
        app.ctx.work = [loop.create_task(retention.run())]
        others = hub()
        if others is not None:
            app.ctx.work.append(loop.create_task(others.listen(events.ring)))

    @app.on_response
    async def say_goodbye(request: Request, answer: HTTPResponse) -> None:
        if app.ctx.stopping and request.stream is not None:
            request.stream.keep_alive = False  # who keeps the connection and asks on would hold the stop

    @app.before_server_stop
    async def end(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.stopping = True
        events.open_for(serving=False)
        for task in app.ctx.work:
            task.cancel()
        # Whoever has knocked is let in, and the socket closed when nothing runs: the kernel resets what still waits at it then.
        await asyncio.sleep(wire.MOMENT)
        await app.ctx.turns.ended()

    @app.after_server_stop
    async def close(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await app.ctx.turns.close()


class ActionServer:
    """The action server that LEGWORK_ACTIONS_URL names; whether it answers is known for some seconds."""

    WAIT_SECONDS, KNOWN_SECONDS = 1.0, 5.0

    def __init__(self, url: str) -> None:
        """`url` is where actions are sent; rasa_sdk's health stands beside it."""
        self._health = urljoin(url, "health")
        self._client = httpx.AsyncClient(
            timeout=self.WAIT_SECONDS, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._answers, self._until = False, 0.0

    async def answers(self) -> bool:
        """Whether it did when it was last asked."""
        if time.monotonic() >= self._until:
            try:
                self._answers = (await self._client.get(self._health)).is_success
            except httpx.HTTPError:
                self._answers = False
            self._until = time.monotonic() + self.KNOWN_SECONDS
        return self._answers


def may_read_metrics(request: Request) -> bool:
    """Whoever has the token; without one, who asks from this machine and not through a proxy."""
    token = settings().metrics_token
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.get_secret_value().encode())
    proxied = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return not proxied and ip_address(request.ip).is_loopback


def database_state() -> str:
    """`ok`, or in a word what is wrong with the database."""
    try:
        with engine().connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            if (
                connection.dialect.name == "postgresql"
                and connection.execute(sa.text("SHOW transaction_read_only")).scalar() == "on"
            ):
                return "read-only"
            return "ok"
    except sa.exc.SQLAlchemyError as error:
        return "slow" if isinstance(error, sa.exc.TimeoutError) else "unreachable"
