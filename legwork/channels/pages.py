"""The pages and files that belong to the chat window, made from the owner's facts.

Pure functions from facts to text; the server gives them their addresses:

- ``/`` is `home(facts)`, ``/embed`` is `embed(facts, public_url)`, both sent with `PAGE_HEADERS`
- ``/chat/widget.js`` is `loader(facts)`, and everything in `STATIC` is a file; both sent with `FILE_HEADERS`

Facts are the ready phrases of practice.yml by name: name, practice_area, phone, email, website, address, hours, prices,
privacy_url, booking_url. A fact of None is unset and leaves no trace on a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

Facts = Mapping[str, str | None]

_WIDGET = Path(__file__).parents[2] / "widget"
_DEMO = _WIDGET / "demo"
_JS = "text/javascript; charset=utf-8"

STATIC: dict[str, tuple[Path, str]] = {
    "/chat/legwork-chat.js": (_WIDGET / "dist" / "legwork-chat.js", _JS),
    "/chat/static/pages.css": (_DEMO / "pages.css", "text/css; charset=utf-8"),
    "/chat/static/pages.js": (_DEMO / "pages.js", _JS),
    "/chat/static/mark.svg": (_DEMO / "mark.svg", "image/svg+xml"),
    "/chat/static/hills.svg": (_DEMO / "hills.svg", "image/svg+xml"),
}
"""Address → file and content type of all that is sent as it lies on the disk."""

FILE_HEADERS: dict[str, str] = {
    # The practice's website is another origin than this server, and the window is fetched there as a module.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
}

PAGE_HEADERS: dict[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-cache",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}

_LOCAL = (
    "This address works on this machine only. Set <code>LEGWORK_PUBLIC_URL</code> to the https address of this server, "
    "and reload this page."
)
_ADVICE = (
    (
        ("phone", "email"),
        "When the chat can’t be reached it shows your phone number or email instead. Neither is set yet: add <code>phone</code> "
        "or <code>email</code> to practice.yml.",
    ),
    (
        ("privacy_url",),
        "The chat links to your privacy page above the conversation. It isn’t set yet: add <code>privacy_url</code> to "
        "practice.yml.",
    ),
)
"""Which facts the chat window wants one of, and what the owner is told when none is set."""

_VISIT = (("Where", "address"), ("Hours", "hours"), ("Sessions", "prices"))
_PLACEHOLDER = 'JSON.parse("{}")'
"""What the loader holds in place of the practice's contact."""


def home(facts: Facts) -> str:
    """The practice's page as a client sees it, with Jessica's article.

    Args:
        facts: the owner's facts by name; None for an unset one.

    Returns:
        A whole HTML page.
    """
    return _page(
        "home.html",
        name=escape(_name(facts)),
        first_name=escape(_first_name(facts)),
        practice_area=escape(facts.get("practice_area") or ""),
        booking=_booking(facts),
        article=(_DEMO / "article.html").read_text("utf-8"),
        visit=_visit(facts),
        foot=_foot(facts),
    )


def embed(facts: Facts, public_url: str) -> str:
    """The owner's page with the tag to copy.

    Args:
        facts: the owner's facts by name; None for an unset one, which is named when the chat window would use it.
        public_url: address of this server as browsers reach it, such as ``https://chat.example.com``.

    Returns:
        A whole HTML page.
    """
    address = public_url.rstrip("/")
    parts = urlsplit(address)
    tag = f'<script async src="{address}/chat/widget.js"></script>'
    advice = [text for needed, text in _ADVICE if not any(facts.get(fact) for fact in needed)]
    if parts.scheme != "https":
        advice.insert(0, _LOCAL)
    return _page(
        "embed.html",
        tag=escape(tag),
        origin=escape(f"{parts.scheme}://{parts.netloc}"),
        advice="\n".join(f'<p class="warning">{text}</p>' for text in advice),
    )


def loader(facts: Facts) -> str:
    """The script of ``/chat/widget.js``, with the contact it shows when the rest of the server can't be reached.

    Args:
        facts: the owner's facts by name; None for an unset one.

    Returns:
        JavaScript, at most 3 KB gzipped with facts of usual length.
    """
    script = (_WIDGET / "dist" / "loader.js").read_text("utf-8")
    told = {"name": _first_name(facts)} | {
        to: value
        for to, fact in (("phone", "phone"), ("email", "email"), ("privacy", "privacy_url"))
        if (value := facts.get(fact))
    }
    return script.replace(_PLACEHOLDER, json.dumps(told, separators=(",", ":")))


def _page(file: str, **parts: str) -> str:
    return Template((_DEMO / file).read_text("utf-8")).substitute(parts)


def _name(facts: Facts) -> str:
    return facts.get("name") or "Jessica Weagle, LMT"


def _first_name(facts: Facts) -> str:
    return _name(facts).replace(",", " ").split()[0]


def _booking(facts: Facts) -> str:
    address = _web(facts.get("booking_url"))
    return f'<a class="solid" href="{address}">Book a session</a>\n' if address else ""


def _visit(facts: Facts) -> str:
    rows = [(label, escape(value)) for label, fact in _VISIT if (value := facts.get(fact))]
    if phone := facts.get("phone"):
        digits = "".join(sign for sign in phone if sign in "+0123456789")
        rows.append(("Phone", f'<a href="tel:{digits}">{escape(phone)}</a>'))
    if email := facts.get("email"):
        rows.append(("Email", f'<a href="mailto:{escape(email)}">{escape(email)}</a>'))
    if not rows:
        rows.append(("Where", escape(facts.get("practice_area") or "")))
    return "\n".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in rows)


def _foot(facts: Facts) -> str:
    links = [("Website", _web(facts.get("website"))), ("Privacy", _web(facts.get("privacy_url")))]
    return " · ".join(f'<a href="{address}">{label}</a>' for label, address in links if address)


def _web(address: str | None) -> str:
    """The address ready for an attribute, or nothing when it leads nowhere on the web."""
    return escape(address) if address and urlsplit(address).scheme in ("https", "http") else ""
