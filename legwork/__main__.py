"""`python -m legwork …`: what the owner and the operator run."""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Before anything imports numpy or TensorFlow: one thread each is steadier on a small server, and TensorFlow has nothing to say.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
if not sys.warnoptions:
    warnings.simplefilter("ignore")  # Rasa's libraries are old and say so at every start

from legwork.errors import LegworkError  # noqa: E402  # after the environment is set

MOST_DAYS = 3650
"""So far back conversations can be kept at most."""


def _print(rows: Iterable[dict[str, Any]], as_json: bool) -> None:
    for row in rows:
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print("  ".join(f"{key}: {value}" for key, value in row.items() if value not in (None, "", [])))


def _say(lines: Iterable[str]) -> None:
    print("\n".join(lines).rstrip() or "Nothing yet.")


def _run(args: argparse.Namespace) -> None:
    gc.disable()  # until all is loaded: `server.run` says when
    from legwork import left_out
    from legwork.settings import settings

    if settings().tensorflow == "on" and importlib.util.find_spec("tensorflow") is None:
        raise LegworkError(
            "LEGWORK_TENSORFLOW is on, and TensorFlow is not installed here. Unset it, or install requirements.lock."
        )
    left_out.keep_out(learning=settings().tensorflow == "off")
    import sanic.app  # noqa: F401  # it turns every library's DeprecationWarning on, whatever was said before

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    from legwork import server  # only now: it imports Rasa

    server.run()


def _doctor(args: argparse.Namespace) -> None:
    from legwork import doctor
    from legwork.channels import checks
    from legwork.settings import settings

    sys.exit(doctor.report(checks.lines(settings())))


def _answers(args: argparse.Namespace) -> None:
    from legwork import doctor

    print("\n".join(doctor.slips_in_answers()) or "Every answer can be read and filled.")


def _bookings(args: argparse.Namespace) -> None:
    from legwork.bookings import store
    from legwork.desk import overview

    _print(store.listing(), True) if args.json else _say(overview.bookings())


def _questions(args: argparse.Namespace) -> None:
    from legwork import questions
    from legwork.desk import overview

    _print(questions.listing(), True) if args.json else _say(overview.passed_on())


def _waiting(args: argparse.Namespace) -> None:
    from legwork.desk import overview

    _print(overview.waiting(), args.json)


def _feed(args: argparse.Namespace) -> None:
    from legwork.desk import feed

    if args.renew:
        feed.renew()
    print(feed.address())


def _safety(args: argparse.Namespace) -> None:
    from legwork.desk import overview
    from legwork.storage import safety

    if args.json:
        _print(({"level": level, "sign": sign, "times": count} for level, sign, count in safety.count_by_sign()), True)
    else:
        _say(overview.signs())


def _messenger(args: argparse.Namespace) -> None:
    from legwork.channels import messenger_setup

    messenger_setup.run()


def _stats(args: argparse.Namespace) -> None:
    from legwork import report
    from legwork.settings import practice
    from legwork.storage import stats

    found = stats.of_last(args.days, practice().timezone)
    print("\n".join(report.lines(found)))
    if args.picture:
        report.draw(found, args.picture)
        print(f"\nThe picture is {args.picture}.")


def _days(written: str) -> int:
    if not (written.isdecimal() and 1 <= int(written) <= MOST_DAYS):
        raise argparse.ArgumentTypeError(
            f"{written!r} is no number of days; write a whole number from 1 to {MOST_DAYS}, such as 90"
        )
    return int(written)


def _contact(written: str) -> Any:
    from legwork.bookings import details
    from legwork.channels import recipients
    from legwork.storage.people import Contact

    read = details.read_contact(written)
    if read is None:
        # A page-scoped id of Messenger is a number and nothing else.
        if not written.isdecimal():
            sys.exit(f"{written!r} is no phone number and no mail address. Write it like 508-555-0100 or name@example.com.")
        return Contact(keys=(recipients.key_of("messenger", written),))
    keys = [recipients.key_of(channel, sender) for channel, sender in (("sms", read.phone), ("whatsapp", read.phone)) if sender]
    if written.isdecimal():
        keys.append(recipients.key_of("messenger", written))
    return Contact(read.email, read.phone, tuple(keys))


def _forget(args: argparse.Namespace) -> None:
    from legwork.desk import overview
    from legwork.settings import settings
    from legwork.storage import erasing, people

    contact = _contact(args.contact)
    done = people.forget(contact, settings().now())
    gone = {"conversation": done.person.conversations, "appointment": done.person.bookings, "question": done.person.questions}
    said = (f"{len(rows)} {name}{'' if len(rows) == 1 else 's'}" for name, rows in gone.items())
    print(f"Removed: {', '.join(said)}, and what was on its way.")
    for line in overview.gone(done.live):
        print(line)
    left = erasing.traces(contact.written) if contact.written else []
    print(f"Still found in: {', '.join(left)}" if left else "A search of every table finds nothing more.")
    print("Backups made before keep what they hold until you delete them.")


def _export(args: argparse.Namespace) -> None:
    from legwork.storage import people

    print(json.dumps(people.export(_contact(args.contact)), default=str, ensure_ascii=False, indent=2))


def _expire(args: argparse.Namespace) -> None:
    from legwork.settings import practice
    from legwork.storage import retention

    gone = retention.expire(practice().retention_days)
    print(f"Deleted {gone} conversation{'' if gone == 1 else 's'} older than {practice().retention_days} days.")


def _migrate(args: argparse.Namespace) -> None:
    from legwork.storage.engine import engine

    engine()
    print("The database's schema is up to date.")


def _backup(args: argparse.Namespace) -> None:
    from legwork.storage.engine import backup

    print(f"Backed up to {backup(args.to)}.")


def _restore(args: argparse.Namespace) -> None:
    from legwork.storage.engine import restore

    print(f"Restored from {args.file}. The former database is kept as {restore(args.file)}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m legwork", description="The front desk of a massage practice.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, call: Any, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help)
        made.set_defaults(call=call)
        return made

    command("run", _run, "start the server")
    command("doctor", _doctor, "what is set, what is missing, what to do")
    command("answers", _answers, "whether the answers in data/ can be read and filled; training looks first")
    for name, call, help in (
        ("bookings", _bookings, "requests and appointments"),
        ("questions", _questions, "what was passed on to Jessica"),
        ("waiting", _waiting, "what waits for Jessica, each with a link that opens its page"),
        ("safety", _safety, "how often each warning sign was heard"),
    ):
        command(name, call, help).add_argument("--json", action="store_true", help="one JSON object a line")
    stats = command("stats", _stats, "what people asked, what was not understood, what was booked")
    stats.add_argument("--days", type=_days, default=30, help="how far back (30)")
    stats.add_argument("--picture", type=Path, help="draw it too, into this file (.png, .svg or .pdf)")
    for name, call, help in (
        ("forget", _forget, "remove a person everywhere"),
        ("export", _export, "everything that is kept of a person, as JSON"),
    ):
        command(name, call, help).add_argument("contact", help="phone number or mail address")
    command("expire", _expire, "delete now what is older than practice.yml allows; a running server does it by itself")
    command("migrate", _migrate, "bring the database's schema up to date; starting the server does it too")
    command("feed", _feed, "the secret address of the appointments' calendar feed").add_argument(
        "--renew", action="store_true", help="make a new address; the old one stops working"
    )
    command("messenger", _messenger, "set the page's greeting, Get Started and menu").add_argument("what", choices=["setup"])
    command("backup", _backup, "copy the database while the server runs").add_argument(
        "to", type=Path, help="a folder, which is made, or a file such as copy.sqlite3"
    )
    command("restore", _restore, "put a backup in the database's place; stop the server first").add_argument("file", type=Path)
    return parser


def main() -> None:
    """Runs one command; what goes wrong on purpose is one sentence."""
    args = _parser().parse_args()
    try:
        args.call(args)
    except LegworkError as error:
        sys.exit(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to print has no reader
        sys.exit(1)
    except OSError as error:
        if error.errno == 28:
            sys.exit("The disk is full. Make room, then start again; nothing that was stored is lost.")
        raise


if __name__ == "__main__":
    main()
