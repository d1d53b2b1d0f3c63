"""What a door runs beside its webhook: started with the server, stopped with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from sanic import Blueprint, Sanic


class Service:
    """Background work bound to a blueprint's server."""

    def __init__(self, blueprint: Blueprint, opens: Callable[[Sanic], Awaitable[list[Coroutine[Any, Any, None]]]]) -> None:
        """`opens` runs once the server has its loop, and gives the work that goes on until it stops."""
        self._tasks: list[asyncio.Task[None]] = []
        self._closes: list[Callable[[], Awaitable[None]]] = []

        @blueprint.listener("before_server_start")
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            self._tasks = [loop.create_task(work) for work in await opens(app)]

        @blueprint.listener("before_server_stop")
        async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for close in self._closes:
                await close()

    def on_close(self, *closes: Callable[[], Awaitable[None]]) -> None:
        """Called in this order when the server stops."""
        self._closes.extend(closes)
