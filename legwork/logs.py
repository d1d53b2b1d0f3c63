"""Logs without anything a client wrote: an event's dotted name and its values, as text or as one JSON object a line."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys

from rasa.utils.log_utils import configure_structlog

from legwork.settings import settings

_VALUE = re.compile(r"(\w+)=(\S+)")


class Lines(logging.Formatter):
    """`turn.done channel=web ms=7` becomes `{"at": …, "level": "info", "event": "turn.done", "channel": "web", "ms": "7"}`."""

    def format(self, record: logging.LogRecord) -> str:
        """(see parent class for full docstring)"""
        at = dt.datetime.fromtimestamp(record.created, dt.timezone.utc).isoformat(timespec="milliseconds")
        event, _, values = record.getMessage().partition(" ")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "event": event}
        if record.name.startswith("legwork"):
            line |= dict(_VALUE.findall(values))
        elif values:
            line["event"] = f"{event} {values}"
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure() -> None:
    """Logs go to standard error. With LEGWORK_LOG=json each turn has a line too, without its words."""
    configure_structlog(logging.WARNING)  # below that, Rasa logs what clients write
    as_json = settings().log == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("legwork").setLevel(logging.INFO if as_json else logging.WARNING)
    # Sanic writes a stack trace for each request that is no sound HTTP, and addresses and errors' texts, which may be a client's
    # words or a signed link; what fails in our own code is logged by the server.
    logging.getLogger("sanic").setLevel(logging.CRITICAL)
