"""What is set, what is not, and what that silences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from legwork.answers import Answer, answers
from legwork.practice import Practice
from legwork.settings import Settings, practice, settings

_HINTS = {
    "prices": "sessions (with a price each)",
    "session_lengths": "sessions",
    "booking_url": "booking: url",
}
"""Facts whose name in practice.yml differs from their placeholder."""


def silenced(known: dict[str, str | None], texts: dict[str, Answer]) -> list[tuple[str, list[str]]]:
    """(unset fact, topics that can't be answered without it), the fact that silences most first."""
    by_fact: defaultdict[str, list[str]] = defaultdict(list)
    unset = {fact for fact, value in known.items() if value is None}
    for answer in texts.values():
        if answer.topic.startswith(("faq/", "complaint/")):
            for fact in answer.facts & unset:
                by_fact[fact].append(answer.topic)
    return sorted(((fact, sorted(by_fact[fact])) for fact in unset), key=lambda item: (-len(item[1]), item[0]))


def lines(owner: Practice, machine: Settings, texts: dict[str, Answer]) -> list[str]:
    """The report, a line each."""
    known = owner.facts()
    out = ["Set in practice.yml:"]
    out += [f"  {name}: {value}" for name, value in known.items() if value is not None]
    unset = silenced(known, texts)
    if unset:
        out += ["", "Not set in practice.yml, and what Legwork can't answer without it:"]
        out += [f"  {_HINTS.get(fact, fact)}: {', '.join(topics) or 'nothing depends on it'}" for fact, topics in unset]
    out += ["", "Channels:", f"  web: on, {machine.url}"]
    for channel, on, needs in (
        ("sms", machine.sms_on, ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")),
        ("messenger", machine.messenger_on, ("MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN")),
    ):
        out.append(f"  {channel}: {'on' if on else 'off; to switch it on, set ' + ', '.join(needs) + ' in .env'}")
    out.append(f"  mail: {'on' if machine.smtp_url else 'off; to be told of requests by mail, set SMTP_URL in .env'}")
    if not machine.public_url:
        out += ["", "LEGWORK_PUBLIC_URL is not set: the chat can be reached from this machine only."]
    out += ["", f"Appointments: {owner.booking.provider}", f"Conversations are kept for {owner.retention_days} days."]
    return out


def report(doors: Iterable[str] = ()) -> int:
    """Prints the report and what was found of the doors; 0, since an unset fact is no fault."""
    print("\n".join([*lines(practice(), settings(), answers()), *doors]))
    return 0
