"""A client that costs next to nothing, so that what is measured on one machine is the server; and real servers to talk to."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

from common import ROOT

READY_SECONDS = 300


class Connection:
    """One kept connection that sends a request and reads its answer."""

    def __init__(self, port: int) -> None:
        """Connects at the first request."""
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: Any, token: str = "") -> tuple[int, Any]:
        """(status, parsed answer)."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        key = f"Authorization: Bearer {token}\r\n" if token else ""
        writer.write(f"{head}{key}\r\n".encode() + data)
        status = int((await reader.readline()).split()[1])
        length = 0
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, json.loads(await reader.readexactly(length) or b"null")

    def close(self) -> None:
        """Ends it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Talk:
    """One conversation with Legwork; `answer` takes a text."""

    def __init__(self, port: int) -> None:
        """Begins with `open`."""
        self._connection, self._token = Connection(port), ""

    async def open(self) -> None:
        """Makes the conversation."""
        status, made = await self._connection.post("/chat/conversations", {})
        if status != 201:
            raise RuntimeError(f"{status}: {made}")
        self._token = made["token"]

    async def answer(self, text: str, number: str | None = None) -> list[dict[str, Any]]:
        """The answer's messages."""
        status, body = await self._connection.post(
            "/chat/messages", {"id": number or uuid.uuid4().hex, "text": text}, self._token
        )
        if status != 200:
            raise RuntimeError(f"{status}: {body}")
        return body["messages"]

    def go_to(self, port: int) -> None:
        """Goes on with another process."""
        self._connection.close()
        self._connection = Connection(port)


class RasaTalk:
    """One conversation with a bot behind Rasa's REST channel."""

    def __init__(self, port: int) -> None:
        """Makes up a sender."""
        self._connection, self._sender = Connection(port), uuid.uuid4().hex

    async def open(self) -> None:
        """There is nothing to make."""

    async def answer(self, text: str) -> Any:
        """The answer."""
        return await self._connection.post("/webhooks/rest/webhook", {"sender": self._sender, "message": text})


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server in a process of its own, and how long it took to be ready."""

    def __init__(self, command: list[str], port: int, path: str, cwd: Path = ROOT, **environment: str) -> None:
        """Starts it and waits until `path` answers 200."""
        self.command, self.port, self._path, self._cwd = command, port, path, cwd
        self._environment = {**os.environ, "PYTHONWARNINGS": "ignore", **environment}
        self.start()

    def start(self) -> None:
        """Starts it, again after a kill."""
        began = time.perf_counter()
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, cwd=self._cwd, env=self._environment, stdout=quiet, stderr=quiet)
        while time.perf_counter() - began < READY_SECONDS:
            if self._answers():
                self.ready = time.perf_counter() - began
                return
            time.sleep(0.02)
        self.process.kill()
        sys.exit(f"{' '.join(self.command)} did not get ready.")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as probe:
                probe.sendall(f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                return b" 200 " in probe.recv(100)
        except OSError:
            return False

    def resident(self) -> float:
        """Resident megabytes of the process and its children."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        total = 0
        for pid in [self.process.pid, *children]:
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS"):
                    total += int(line.split()[1])
        return total / 1024

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Stops it as an operator would."""
        self.process.terminate()
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@lru_cache(maxsize=1)
def compile_bytecode() -> None:
    """As the installation does; without it, each start would compile all of Legwork's modules."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "legwork", "actions"], cwd=ROOT, check=True)


def legwork(var: Path, port: int | None = None, **environment: str) -> Process:
    """A Legwork of its own with its data in `var`."""
    compile_bytecode()
    port = port or free_port()
    own = {"PORT": str(port), "LEGWORK_VAR": str(var), "LEGWORK_LIMITS": "off", **environment}
    return Process([sys.executable, "-m", "legwork", "run"], port, "/health/ready", **own)


async def timed(talk: Any, texts: Any) -> list[float]:
    """Milliseconds of each answer in a new conversation, one after the other."""
    times = []
    await talk.open()
    for text in texts:
        began = time.perf_counter()
        await talk.answer(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def share(times: list[float], of: float) -> float:
    """The time below which this share of them lies."""
    return sorted(times)[min(len(times) - 1, int(len(times) * of))]
