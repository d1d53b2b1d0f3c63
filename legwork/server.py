"""One process: Rasa's agent, our channels, our pages, the actions run in place."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rasa.core.agent import Agent
from rasa.model import get_latest_model
from rasa.utils.endpoints import EndpointConfig
from sanic import Request, Sanic, response
from sanic.exceptions import NotFound as RouteNotFound
from sanic.exceptions import SanicException, ServiceUnavailable
from sanic.response import HTTPResponse

from legwork import fast, left_out, logs, operations, wire
from legwork.actions_in_place import ActionsInPlace
from legwork.answers import answers, first_text
from legwork.channels import later, messenger, pages
from legwork.channels.messenger import MessengerChannel
from legwork.channels.sms import SmsChannel
from legwork.channels.turns import Turns
from legwork.channels.web import WebChannel, error_response
from legwork.desk import pages as desk
from legwork.errors import LegworkError, Refused
from legwork.sentences import Sentences
from legwork.settings import ROOT, practice, settings
from legwork.storage.tracker import TrackerStore

logger = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
"""A request's body; a message of 1,000 characters has at most 12 kB as JSON."""

CODES = {400: "bad_request", 401: "no_token", 404: "not_found", 405: "not_allowed", 408: "timeout", 413: "too_large"}


def load_agent() -> Agent:
    """The newest model with its actions in place.

    Raises:
        LegworkError: there is no model.
    """
    model = get_latest_model(str(ROOT / "models"))
    if model is None:
        raise LegworkError("There is no trained model in models/. Run `make train`, or `make run`, which trains first.")
    fast.install()
    elsewhere = settings().actions_url
    actions = EndpointConfig(elsewhere, selective_domain=True) if elsewhere else ActionsInPlace()
    store = TrackerStore()
    try:
        return Agent.load(model, tracker_store=store, action_endpoint=actions, generator=Sentences())
    except Exception as error:
        if not left_out.is_out():
            raise
        raise LegworkError(
            f"The model {Path(model).name} can't be loaded: {error}. If config.yml names a component that needs TensorFlow "
            "(DIETClassifier, TEDPolicy, ResponseSelector), set LEGWORK_TENSORFLOW=on; else train again with `make train`."
        ) from error


def create_app(agent: Agent) -> Sanic:
    """The server around a loaded agent."""
    app = Sanic("legwork", request_class=wire.MeasuredRequest, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    app.config.REQUEST_TIMEOUT, app.config.RESPONSE_TIMEOUT = wire.SECONDS, wire.SILENT_SECONDS
    app.config.FALLBACK_ERROR_FORMAT = "json"
    if settings().public_url:
        app.config.PROXIES_COUNT = 1
    app.ctx.agent = agent
    app.ctx.turns = Turns(agent)

    web = WebChannel()
    app.blueprint(web.blueprint(agent.handle_message), url_prefix=f"/{web.url_prefix()}")
    if settings().sms_on:
        app.blueprint(SmsChannel().blueprint(agent.handle_message), url_prefix="/webhooks")
    if settings().messenger_on:
        app.config.REQUEST_MAX_SIZE = messenger.MOST_BYTES
        app.blueprint(MessengerChannel().blueprint(agent.handle_message), url_prefix="/webhooks")
    app.blueprint(desk.blueprint(later.on_message))
    _register_pages(app)
    operations.register(app)
    _register_errors(app)
    _register_origins(app)
    return app


def _register_pages(app: Sanic) -> None:
    @app.route("/", **wire.READ)
    async def home(request: Request) -> HTTPResponse:
        return response.html(pages.home(practice().facts()), headers=pages.PAGE_HEADERS)

    @app.route("/embed", **wire.READ)
    async def embed(request: Request) -> HTTPResponse:
        return response.html(pages.embed(practice().facts(), settings().url), headers=pages.PAGE_HEADERS)

    @app.route("/chat/widget.js", **wire.READ)
    async def loader(request: Request) -> HTTPResponse:
        return response.text(
            pages.loader(practice().facts()), headers=pages.FILE_HEADERS, content_type="text/javascript; charset=utf-8"
        )

    for path, (file, content_type) in pages.STATIC.items():
        app.add_route(
            _sender(file, content_type), path, methods=wire.READ["methods"], name=f"static_{Path(path).stem.replace('-', '_')}"
        )


def _sender(file: Path, content_type: str) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
    async def send(request: Request) -> HTTPResponse:
        return await response.file(file, mime_type=content_type, headers=dict(pages.FILE_HEADERS))

    return send


def _register_errors(app: Sanic) -> None:
    @app.exception(Refused)
    async def refused(request: Request, error: Refused) -> HTTPResponse:
        return error_response(error.status, error.code, str(error), error.retry_after)

    @app.exception(RouteNotFound)
    async def unknown(request: Request, error: RouteNotFound) -> HTTPResponse:
        return error_response(404, "not_found", f"There is nothing at {request.path}.")

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, SanicException) and error.status_code < 500:
            return error_response(error.status_code, CODES.get(error.status_code, "bad_request"), str(error))
        # The route's name: a path may be a signed link, which opens for whoever reads the log.
        route = request.name or "-"
        if isinstance(error, ServiceUnavailable) and request.transport.is_closing():  # type: ignore[attr-defined]  # asyncio's
            logger.info("request.hung_up route=%s", route)
            return response.empty()
        debugging = logger.isEnabledFor(logging.DEBUG)
        logger.error("request.failed route=%s error=%s", route, type(error).__name__, exc_info=debugging)
        return error_response(503, "unavailable", _unavailable(), 5)


def _unavailable() -> str:
    """What a client is told when nothing can be stored: nothing is promised, and her number is named where it is known."""
    text, phone = first_text("utter_unavailable"), practice().facts().get("phone")
    return f"{text} Her number is {phone}." if phone else text


def _register_origins(app: Sanic) -> None:
    """The practice's own pages may use the chat from their origin; no credentials are ever needed."""
    allowed = set(settings().origins)

    @app.on_request
    async def preflight(request: Request) -> HTTPResponse | None:
        return response.empty() if request.method == "OPTIONS" and request.headers.get("origin") in allowed else None

    @app.on_response
    async def allow(request: Request, answer: HTTPResponse) -> None:
        origin = request.headers.get("origin")
        if origin in allowed:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            answer.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
            answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
            answer.headers["Access-Control-Max-Age"] = "86400"
        answer.headers["Vary"] = "Origin"
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")


def serve(app: Sanic, host: str, port: int) -> None:
    """Answers requests until the process is told to stop."""
    app.run(host=host, port=port, protocol=wire.PatientProtocol, access_log=False, debug=False, motd=False)


def check_port(host: str, port: int) -> None:
    """Raises LegworkError when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise LegworkError(
                f"Port {port} is taken by another program. Stop that one, or choose another: PORT=5006 make run"
            ) from None


def run() -> None:
    """Serves until it is told to stop."""
    logs.configure()
    # A private server is reached from this machine only; a public one stands behind a proxy, which may be on another.
    host = (
        "0.0.0.0"
        if settings().public_url and urlsplit(settings().public_url).hostname not in ("localhost", "127.0.0.1")
        else "127.0.0.1"
    )
    check_port(host, settings().port)
    practice(), answers()
    agent = load_agent()
    app = create_app(agent)

    @app.after_server_start
    async def ready(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        # What was loaded stays for good: the collector needn't walk through all of it again, which takes 0.3 s of a client's wait.
        gc.freeze()
        gc.enable()
        print(f"Legwork is ready: {settings().url}  (Ctrl-C stops it)", flush=True)

    serve(app, host, settings().port)
    print("Legwork has stopped.")
