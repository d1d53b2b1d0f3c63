"""Kills a process that books, again and again, and counts what came of it."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.conftest import ROOT
from tests.doubles.office import JESSICA, write_practice
from tests.doubles.smtp import Smtp

FINISH_SECONDS = 120


@dataclass(frozen=True)
class Tally:
    """What came of it."""

    kills: int
    acknowledged: int
    standing: int
    """Appointments in the database."""
    wrong: list[str]
    """Clients with no appointment, or more than one, or a message that never came."""
    messages: int
    doubled: int
    """Messages that came more than once, beyond their first time."""


def run(folder: Path, smtp: Smtp, kills: int, seed: int) -> Tally:
    """Kills the booker `kills` times at random moments, lets it finish, and counts.

    Args:
        folder: empty; the booker's data goes there.
        smtp: where its mail goes.
        kills: how often.
        seed: of the moments.
    """
    moments = random.Random(seed)
    smtp.mails.clear()
    write_practice(folder)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEGWORK_")}
    environment = {
        **kept,
        "LEGWORK_VAR": str(folder),
        "LEGWORK_PRACTICE": str(folder / "practice.yml"),
        "SMTP_URL": smtp.url,
        "PYTHONPATH": str(ROOT),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    booker = subprocess.Popen(
        [sys.executable, "-m", "tests.doubles.booker"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        for _ in range(kills):
            child = int(booker.stdout.readline())
            time.sleep(moments.uniform(0.1, 0.9))
            os.kill(child, signal.SIGKILL)
        (folder / "enough").touch()
        booker.wait(FINISH_SECONDS)
    finally:
        if booker.poll() is None:
            os.killpg(booker.pid, signal.SIGKILL)  # what it forked, too
        booker.stdout.close()
    return _count(folder, smtp, kills)


def _count(folder: Path, smtp: Smtp, kills: int) -> Tally:
    numbers = [int(line) for line in (folder / "acknowledged").read_text().split()]
    with sa.create_engine(f"sqlite:///{folder / 'legwork.sqlite3'}").connect() as connection:
        standing = Counter(connection.execute(sa.text("SELECT name FROM bookings WHERE status = 'confirmed'")).scalars())
        said = Counter(connection.execute(sa.text("SELECT conversation FROM messages")).scalars())
        talks = dict(connection.execute(sa.text("SELECT name, conversation FROM bookings")).all())
        failed = connection.execute(sa.text("SELECT count(*) FROM outbox WHERE sent IS NULL")).scalar()
    clients = Counter(
        re.match(r"client\d+", str(mail["To"].addresses[0].addr_spec)).group()
        for mail in smtp.mails
        if JESSICA not in str(mail["To"])
    )
    jessica = Counter(
        re.search(r"Client \d+", str(mail["Subject"])).group()
        for mail in smtp.to(JESSICA)
        if "Appointment" in str(mail["Subject"])
    )
    wrong = [f"{failed} messages never sent"] if failed else []
    for number in range(len(numbers)):
        name = f"Client {number}"
        heard = (standing[name] == 1, clients[f"client{number}"], jessica[name], said[talks.get(name)])
        if not all(heard):
            wrong.append(f"{name}: {heard}")
    ids = Counter(str(mail["Message-ID"]) for mail in smtp.mails)
    doubled = sum(ids.values()) - len(ids) + sum(count - 1 for count in said.values())
    return Tally(kills, len(numbers), sum(standing.values()), wrong, sum(ids.values()) + sum(said.values()), doubled)
