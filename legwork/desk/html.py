"""The desk's pages as HTML: plain forms, no script, everything that somebody wrote escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape
from zoneinfo import ZoneInfo

from legwork.bookings.model import Booking, named, spoken
from legwork.bookings.store import USUAL_MINUTES
from legwork.desk import wording
from legwork.practice import Practice
from legwork.questions import Question

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

OVER = {
    "unknown": (
        "This link doesn't open anything",
        "It may have been cut off on its way: open it from the mail once more, or copy all of it.",
    ),
    "expired": ("This link is too old", "Links open for seven days."),
    "used": (
        "This link was used already",
        "Each link works once, and what it was used for is done. A newer mail has a newer link.",
    ),
}
"""Reason of a LinkError → title and what to do."""


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/desk/desk.css"></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def over(reason: str) -> str:
    """What a link that doesn't open says."""
    title, advice = OVER[reason]
    return page(title, f"<p>{escape(advice)}</p>")


def done(title: str, sentences: Iterable[str], further: str = "") -> str:
    """What is said after a button was pressed; `further` is HTML."""
    return page(title, "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences) + further)


def booking(found: Booking, options: Sequence[dt.datetime], now: dt.datetime, said: str = "") -> str:
    """Jessica's page for a request or an appointment.

    Args:
        found: the booking.
        options: starts within the wish that she may confirm; none leaves the first form out.
        now: aware.
        said: what was wrong with what she sent, or nothing.
    """
    facts = _said(said) + _facts(wording.rows(found))
    today = now.astimezone(ZoneInfo(found.timezone)).date()
    another_time = _when(found, today) + _minutes(found)
    if found.agreed:
        forms = [
            _form("move", "Move it", another_time, "Move and tell the client"),
            _form("cancel", "Cancel it", "", "Cancel and tell the client", "stop"),
        ]
        if found.slot[1] <= now:
            forms = [_form("done", "It has been", "", "Close it"), _form("no_show", "Nobody came", "", "Note a no-show", "plain")]
        return page(f"{found.name}: {found.said}", facts + "".join(forms))
    if found.status not in ("requested", "held", "proposed"):
        return page(f"{found.name}: {named(found.status)}", facts + "<p>Nothing is left to do here.</p>")
    forms = []
    if options:
        choices = "".join(f'<option value="{at.isoformat()}">{escape(spoken(at, found.timezone))}</option>' for at in options)
        choose = f'<label>Start<select name="start" required>{choices}</select></label>'
        forms.append(_form("confirm", "Confirm", choose + _minutes(found), "Confirm and tell the client"))
    forms.append(_form("propose", "Propose another time", another_time, "Propose this time", "plain"))
    forms.append(_form("decline", "Decline", "", "Decline and tell the client", "stop"))
    waits = f"<p>You proposed {escape(found.said)}; the client has not answered yet.</p>" if found.status == "proposed" else ""
    return page(f"{found.name} would like an appointment", facts + waits + "".join(forms))


def question(found: Question, owner: Practice, said: str = "", text: str = "") -> str:
    """Jessica's page for a question that was passed on."""
    facts = [
        ("Topic", wording.topic(found)),
        ("Contact", found.contact or ""),
        ("Came by", wording.CHANNELS.get(found.channel, found.channel)),
    ]
    body = _said(said) + f"<blockquote>{escape(found.text)}</blockquote>" + _facts(facts)
    if found.answered:
        return page("You answered this", body + f"<p>Your answer:</p><blockquote>{escape(found.answer or '')}</blockquote>")
    area = f'<textarea name="text" rows="6" maxlength="2000" required>{escape(text)}</textarea>'
    field = f"<label>Your answer, sent as yours{area}</label>"
    talk = '<button name="do" value="talk">Send; I talk with this client myself for now</button>'
    back = '<button name="do" value="answer" class="plain">Send, and let Legwork go on</button>'
    quiet = '<p class="soft">While you talk, Legwork is quiet in this conversation for twelve hours, or until you hand back.</p>'
    return page("A client asks", body + f'<form method="post">{field}{talk}{back}{quiet}</form>')


def proposal(found: Booking, owner: Practice, said: str = "") -> str:
    """The client's page for a time that Jessica proposed."""
    facts = _facts(
        [("When", found.said), ("How long", f"{found.minutes} minutes"), ("With", owner.name), ("Where", owner.address or "")]
    )
    if found.status != "proposed":
        return page("This is settled", facts + "<p>Nothing is left to do here.</p>")
    forms = _form("accept", "", "", "Yes, book it") + _form("refuse", "", "", "No, that doesn't suit me", "plain")
    return page(f"{owner.first_name} proposes a time", _said(said) + facts + forms)


def hand_back(said: str = "") -> str:
    """The button that lets the bot go on in a conversation."""
    return page("Hand back to Legwork", _said(said) + _form("hand_back", "", "", "Let Legwork answer this client again"))


def _form(do: str, title: str, fields: str, button: str, kind: str = "") -> str:
    head = f"<h2>{escape(title)}</h2>" if title else ""
    look = f' class="{kind}"' if kind else ""
    return f'<form method="post" id="{do}">{head}{fields}<button name="do" value="{do}"{look}>{escape(button)}</button></form>'


def _when(found: Booking, today: dt.date) -> str:
    local = found.start.astimezone(ZoneInfo(found.timezone)) if found.start else None
    wished = local or (found.windows[0][0].astimezone(ZoneInfo(found.timezone)) if found.windows else None)
    day = f' value="{wished:%Y-%m-%d}"' if wished and wished.date() >= today else ""
    clock = f' value="{local:%H:%M}"' if local else ""
    return (
        f'<label>Day<input type="date" name="day" min="{today:%Y-%m-%d}"{day} required></label>'
        f'<label>Start<input type="time" name="time" step="300"{clock} required></label>'
    )


def _minutes(found: Booking) -> str:
    value = found.minutes or USUAL_MINUTES
    return f'<label>Minutes<input type="number" name="minutes" value="{value}" min="15" max="240" step="5" required></label>'


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts if value) + "</dl>"


def _said(text: str) -> str:
    return f'<p class="said" role="alert">{escape(text)}</p>' if text else ""
