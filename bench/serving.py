"""How fast Legwork starts and answers, and how much memory it holds, beside the `rasa init` default bot in the same run.

Both are real servers on loopback, each in a process of its own, measured one after the other: Legwork over its web channel, the
default bot over Rasa's REST channel. Memory is what the operating system reports as resident for the process.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from common import ROOT, arguments, finish, machine, newest_model, table

QUESTIONS = ("what do i wear", "do you do cupping", "how long is a session", "is there parking", "do i tip", "what about hills")
COMPLAINT = "my quads are sore for three weeks, no race"
ROUNDS = 8
DEEP_TURN = 300


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident(pid: int) -> float:
    """Resident megabytes of a process and its children."""
    pids = [pid, *map(int, subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split())]
    total = 0
    for each in pids:
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                total += int(line.split()[1])
    return total / 1024


def start(command: list[str], cwd: Path, environment: dict[str, str], ready: str) -> tuple[subprocess.Popen, float]:
    """The process, and the seconds until `ready` answered 200."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while time.perf_counter() - began < 180:
        try:
            if httpx.get(ready, timeout=2).status_code == 200:
                return process, time.perf_counter() - began
        except httpx.HTTPError:
            time.sleep(0.05)
    process.kill()
    sys.exit(f"{' '.join(command)} did not get ready.")


def timed(ask: Callable[[str], Any], texts: tuple[str, ...], rounds: int) -> list[float]:
    """Milliseconds of each answer."""
    times = []
    for _ in range(rounds):
        for text in texts:
            began = time.perf_counter()
            ask(text)
            times.append((time.perf_counter() - began) * 1000)
    return times


def legwork(quick: bool) -> dict[str, float]:
    """Legwork's figures."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as var:
        environment = {"PORT": str(port), "LEGWORK_VAR": var, "LEGWORK_LIMITS": "off", "LEGWORK_DATABASE_URL": ""}
        process, ready = start([sys.executable, "-m", "legwork", "run"], ROOT, environment, f"{url}/health/ready")
        try:
            with httpx.Client(base_url=url, timeout=30) as http:

                def conversation() -> Callable[[str], Any]:
                    token = http.post("/chat/conversations").json()["token"]
                    headers = {"Authorization": f"Bearer {token}"}

                    def ask(text: str) -> Any:
                        answer = http.post("/chat/messages", headers=headers, json={"id": uuid.uuid4().hex, "text": text})
                        answer.raise_for_status()
                        return answer.json()["messages"]

                    return ask

                timed(conversation(), QUESTIONS, 2)  # warm-up
                answers = [t for _ in range(ROUNDS) for t in timed(conversation(), QUESTIONS, 1)]
                advised = [t for _ in range(ROUNDS * 3) for t in timed(conversation(), (COMPLAINT,), 1)]
                figures = {"ready s": ready, "answer ms": statistics.median(answers), "answer p95 ms": percentile(answers, 0.95)}
                figures |= {"custom action ms": statistics.median(advised), "resident MB": resident(process.pid)}
                if not quick:
                    long = conversation()
                    deep = timed(long, QUESTIONS, DEEP_TURN // len(QUESTIONS))
                    figures["turns 1-30 ms"] = statistics.median(deep[:30])
                    figures["turns 270-300 ms"] = statistics.median(deep[-30:])
                return figures
        finally:
            process.terminate()
            process.wait(30)


def percentile(times: list[float], share: float) -> float:
    """The time below which `share` of them lie."""
    return sorted(times)[int(len(times) * share)]


def default_bot(quick: bool) -> dict[str, float]:
    """The figures of what `rasa init` makes, trained once and kept under build/."""
    folder = ROOT / "build" / "default_bot"
    rasa = str(Path(sys.executable).with_name("rasa"))
    if not list(folder.glob("models/*.tar.gz")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([rasa, "init", "--no-prompt", "--init-dir", str(folder)], check=True, capture_output=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process, ready = start([rasa, "run", "--port", str(port), "--enable-api"], folder, {}, f"{url}/status")
    try:
        with httpx.Client(base_url=url, timeout=60) as http:

            def conversation() -> Callable[[str], Any]:
                sender = uuid.uuid4().hex
                return lambda text: http.post(
                    "/webhooks/rest/webhook", json={"sender": sender, "message": text}
                ).raise_for_status()

            talk = ("hi", "i am great", "bye", "are you a bot", "i am sad", "yes")
            timed(conversation(), talk, 2)
            answers = [t for _ in range(ROUNDS) for t in timed(conversation(), talk, 1)]
            figures = {"ready s": ready, "answer ms": statistics.median(answers), "answer p95 ms": percentile(answers, 0.95)}
            figures["resident MB"] = resident(process.pid)
            if not quick:
                deep = timed(conversation(), talk, DEEP_TURN // len(talk))
                figures["turns 1-30 ms"] = statistics.median(deep[:30])
                figures["turns 270-300 ms"] = statistics.median(deep[-30:])
            return figures
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Measures both and prints them side by side."""
    args = arguments(__doc__)
    newest_model()
    print(machine())
    ours, theirs = legwork(args.quick), default_bot(args.quick)
    rows = [
        (name, value, theirs.get(name, "–"), f"{value / theirs[name]:.2f}" if name in theirs else "–")
        for name, value in ours.items()
    ]
    table("Legwork beside the default bot", ("figure", "Legwork", "rasa init", "ratio"), rows)
    finish({"legwork": ours, "rasa init": theirs}, args.json)


if __name__ == "__main__":
    main()
