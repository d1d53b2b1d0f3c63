"""A way to a server that can be cut, made slow, and mended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Literal


class Proxy:
    """Passes everything on to a port of this machine, in a thread of its own."""

    def __init__(self, to: int) -> None:
        """Starts whole."""
        self._to = to
        self.state: Literal["whole", "cut", "silent"] = "whole"
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._serve, args=(started,), daemon=True).start()
        started.wait(5)

    def _serve(self, started: threading.Event) -> None:
        async def main() -> None:
            self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
            self.port = self._server.sockets[0].getsockname()[1]
            started.set()
            await asyncio.Event().wait()

        self._loop.run_until_complete(main())

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "cut":
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                while self.state == "silent":
                    await asyncio.sleep(0.05)
                writer.write(data)
                await writer.drain()
        writer.close()

    def cut(self) -> None:
        """Ends all connections and refuses new ones."""
        self.state = "cut"
        self._loop.call_soon_threadsafe(lambda: [writer.close() for writer in self._writers])

    def silence(self) -> None:
        """Connections stay, and nothing comes through."""
        self.state = "silent"

    def mend(self) -> None:
        """All is as it was."""
        self.state = "whole"
