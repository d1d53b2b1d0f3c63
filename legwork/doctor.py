"""What is set, what is not, and what that silences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from legwork import slips
from legwork.answers import FILLED, Answer, answers
from legwork.practice import Practice
from legwork.settings import Settings, practice, settings

_HINTS = {
    "prices": "sessions (with a price each)",
    "session_lengths": "sessions (with a price each)",
    "booking_url": "booking: url",
}
"""Facts whose name in practice.yml differs from their placeholder."""

_ELSEWHERE = {
    "phone": "who wants you yourself is given no number",
    "email": "who wants you yourself is given no e-mail address",
    "answer_time": "nobody is told how soon you usually answer",
    "website": "the chat's pages don't link to your website",
    "privacy_url": "the chat doesn't link to a privacy page",
    "booking_url": "nobody is sent to a booking page of your own",
}
"""What is missing without facts that no topic needs."""

_ASKED = (
    "prices", "hours", "address", "session_lengths", "cancellation_policy", "payment_methods", "insurance", "parking", "private_space",
    "pregnancy_policy", "minors_policy", "tipping", "gift_cards", "licence", "phone", "email", "answer_time",
)  # fmt: skip
"""The order in which clients usually want to know, by our reading: it decides between facts that silence as many topics."""


def silenced(known: dict[str, str | None], texts: dict[str, Answer]) -> list[tuple[str, list[str]]]:
    """(unset fact, topics that can't be answered in full without it), the most important first: most topics, then most asked."""
    by_fact: defaultdict[str, set[str]] = defaultdict(set)
    unset = {fact for fact, value in known.items() if value is None}
    for answer in texts.values():
        topic = f"faq/{answer.file.stem}" if answer.topic.startswith("part/") else answer.topic
        if topic.startswith(("faq/", "complaint/")):
            for fact in answer.facts & unset:
                by_fact[fact].add(topic)
    return sorted(((fact, sorted(by_fact[fact])) for fact in unset), key=lambda item: (-len(item[1]), _rank(item[0]), item[0]))


def _rank(fact: str) -> int:
    return _ASKED.index(fact) if fact in _ASKED else len(_ASKED)


def _missing(known: dict[str, str | None], texts: dict[str, Answer]) -> dict[str, str]:
    """What practice.yml lacks, by the name it has there, and what that costs; what two placeholders need stands once."""
    costs: dict[str, list[str]] = {}
    for fact, topics in silenced(known, texts):
        costs.setdefault(_HINTS.get(fact, fact), []).extend(topics or [_ELSEWHERE.get(fact, "nothing depends on it")])
    return {name: ", ".join(dict.fromkeys(all_costs)) for name, all_costs in costs.items()}


def lines(owner: Practice, machine: Settings, texts: dict[str, Answer]) -> list[str]:
    """The report, a line each."""
    known = owner.facts()
    out = ["Set in practice.yml:"]
    out += [f"  {name}: {value}" for name, value in known.items() if value is not None]
    if missing := _missing(known, texts):
        out += ["", "Not set in practice.yml, and what Legwork can't answer in full without it, the most important first:"]
        out += [f"  {name}: {cost}" for name, cost in missing.items()]
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


def slips_in_answers() -> list[str]:
    """What is to be mended in the answers, a line each: what can't be filled, and what contradicts itself."""
    texts = answers()
    return [*slips.unknown_placeholders(texts.values(), practice().facts(), FILLED), *slips.stale_shorter_texts(texts)]


def report(doors: Iterable[str] = ()) -> int:
    """Prints the report and what was found of the doors; 1 where an answer has a slip, else 0: an unset fact is no fault."""
    slipped = slips_in_answers()
    print("\n".join([*lines(practice(), settings(), answers()), *doors]))
    if slipped:
        print("\n".join(["", "To mend in the answers:", *(f"  {line}" for line in slipped)]))
    return 1 if slipped else 0
