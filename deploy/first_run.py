"""Serves, talks and gives every command once, with the interpreter that runs this; nothing is left of it but Python's bytecode.

    /venv/bin/python deploy/first_run.py

The image is built with it: what can't answer is not shipped, and bytecode is made of what is really imported (a third of all that is
installed). It prints what was answered. Run in the project's folder, with a trained model in models/.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

TEXTS = (
    "hi", "what does it cost", "my calves have been tight for two weeks", "no", "book a session", "friday at 5pm", "Dana Price",
    "508-555-0142", "yes", "wat do i waer", "parking and tipping?", "quantum physics?", "yes please", "my chest hurts", "bye",
)  # fmt: skip

COMMANDS = (
    "doctor", "answers", "migrate", "bookings", "bookings --json", "questions", "questions --json", "waiting", "waiting --json",
    "safety", "safety --json", "stats --days 7", "stats --picture {}/a.png", "stats --picture {}/a.svg", "stats --picture {}/a.pdf",
    "feed", "feed --renew", "export 508-555-0142", "backup {}/kept.sqlite3", "expire", "forget 508-555-0142",
    "restore {}/kept.sqlite3",
)  # fmt: skip
"""The last one wants that nothing serves."""

ALSO = ("psycopg2", "sqlalchemy.dialects.postgresql.psycopg2", "redis.client", "aiosmtplib", "uvloop")
"""What is imported only with other settings than a first run's."""

CHANNELS = {
    **dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"), "none"),
    "TWILIO_FROM": "+15085550100",
    **dict.fromkeys(("MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN"), "none"),
}
"""All channels are on; no message leaves."""

SECONDS = 120


def asked(url: str, token: str | None = None, **body: str) -> dict:
    """The answer to a POST."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=60) as answer:
        return json.load(answer)


def main() -> None:
    """Does it all; whatever fails ends it."""
    var = tempfile.mkdtemp(prefix="first-run")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LEGWORK_VAR": var, "PORT": str(port), "LEGWORK_LIMITS": "off", **CHANNELS}
    legwork, url = [sys.executable, "-m", "legwork"], f"http://127.0.0.1:{port}"

    began = time.monotonic()
    server = subprocess.Popen([*legwork, "run"], env=environment, stdout=sys.stderr)
    try:
        while True:
            try:
                urlopen(f"{url}/health/ready", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() - began > SECONDS:
                    sys.exit("The server did not get ready.")
                time.sleep(0.05)
        print(f"ready after {time.monotonic() - began:.1f} s", file=sys.stderr)
        made = asked(f"{url}/chat/conversations")
        for number, text in enumerate(TEXTS):
            for message in asked(f"{url}/chat/messages", made["token"], id=str(number), text=text)["messages"]:
                print(f"{text}: {message['topic']}: {message['text'].split('code is')[0]}")
        for path in ("/", "/embed", "/chat/widget.js", "/metrics"):
            urlopen(url + path, timeout=10).close()
        for command in COMMANDS[:-1]:
            subprocess.run([*legwork, *command.format(var).split()], env=environment, check=True, stdout=subprocess.DEVNULL)
    finally:
        server.terminate()
        server.wait(SECONDS)
    if server.returncode:
        sys.exit(f"The server ended with {server.returncode}.")
    subprocess.run([*legwork, *COMMANDS[-1].format(var).split()], env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-c", f"import {', '.join(ALSO)}"], check=True)
    if not all((Path(var) / f"a.{ending}").stat().st_size > 5000 for ending in ("png", "svg", "pdf")):
        sys.exit("A picture is empty.")


if __name__ == "__main__":
    main()
