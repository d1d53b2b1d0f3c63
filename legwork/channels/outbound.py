"""Calls to a provider's API: timed, bounded, and given a rest when it is down. Nobody else's turn waits for one."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx

from legwork import metrics
from legwork.errors import LegworkError

logger = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Seconds; providers answer within one, and on bad days within ten."""

MOST_AT_ONCE = 16
FAILURES_UNTIL_OPEN = 5
REST_SECONDS = 30.0


class SendError(LegworkError):
    """Raised when a message was not taken by its provider.

    Attributes:
        code: the provider's own, or `timeout`, `unreachable`, `down`, `window`, `opted_out`; never what was to be said.
        again: whether trying later can help.
        after: seconds until it may, or None when the sender decides.
    """

    def __init__(self, code: str, message: str, *, again: bool = False, after: float | None = None) -> None:
        """Keeps what the outbox needs to decide."""
        super().__init__(message)
        self.code, self.again, self.after = code, again, after


class Circuit:
    """Opens after several failures in a row, and lets one call through after a rest."""

    def __init__(self) -> None:
        """Starts closed."""
        self._failures = 0
        self._open_until = 0.0

    def check(self) -> None:
        """Raises SendError while open."""
        left = self._open_until - time.monotonic()
        if left > 0:
            raise SendError("down", "The provider's API is down; it is given a rest.", again=True, after=left)
        if self._failures >= FAILURES_UNTIL_OPEN:
            self._open_until = time.monotonic() + REST_SECONDS  # this call is the probe; others keep resting

    def note(self, worked: bool) -> None:
        """Counts a call's outcome."""
        self._failures = 0 if worked else self._failures + 1
        self._open_until = time.monotonic() + REST_SECONDS if self._failures >= FAILURES_UNTIL_OPEN else 0.0


class Provider:
    """One provider's API."""

    def __init__(self, name: str, base_url: str, **client: Any) -> None:
        """`base_url` is the host without a version; `client` goes to httpx (auth, headers)."""
        self.name = name
        limits = httpx.Limits(max_connections=MOST_AT_ONCE)
        self._client = httpx.AsyncClient(base_url=base_url.rstrip("/"), timeout=TIMEOUT, limits=limits, trust_env=False, **client)
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._circuit = Circuit()

    async def post(self, path: str, **request: Any) -> httpx.Response:
        """The provider's answer, whatever it says of the request itself.

        Raises:
            SendError: it can't be reached, answers 5xx, or is given a rest.
        """
        async with self._slots:
            self._circuit.check()
            try:
                answer = await self._client.post(path, **request)
            except httpx.HTTPError as error:
                self._failed(type(error).__name__)
                code = "timeout" if isinstance(error, httpx.TimeoutException) else "unreachable"
                raise SendError(code, f"{self.name} can't be reached.", again=True) from None
        if answer.status_code >= 500:
            self._failed(str(answer.status_code))
            raise SendError(f"http_{answer.status_code}", f"{self.name} answered {answer.status_code}.", again=True)
        self._circuit.note(worked=True)
        return answer

    async def close(self) -> None:
        """Ends all connections."""
        await self._client.aclose()

    def _failed(self, what: str) -> None:
        self._circuit.note(worked=False)
        metrics.PROVIDER_ERRORS.labels(self.name, what).inc()
        logger.warning("outbound.failed provider=%s what=%s", self.name, what)


def json_object(answer: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; an empty one when it is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
