"""Mails as text and as HTML, from the same parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_FONT = "font:16px/1.5 system-ui,-apple-system,&quot;Segoe UI&quot;,sans-serif"
"""Of a style attribute in single quotes."""
_BUTTON = (
    "display:inline-block;margin:0 8px 8px 0;padding:12px 20px;border-radius:6px;"
    "background:#1f5c4d;color:#ffffff;text-decoration:none"
)
_LABEL = "padding:2px 16px 2px 0;color:#555555;vertical-align:top"


@dataclass(frozen=True)
class Letter:
    """What a mail says."""

    subject: str
    paragraphs: Sequence[str]
    rows: Sequence[tuple[str, str]] = ()
    """(label, value) of facts; an empty value leaves its row out."""
    buttons: Sequence[tuple[str, str]] = ()
    """(title, address)."""
    foot: str = ""

    def text(self) -> str:
        """The mail for those who read no HTML."""
        parts = [*self.paragraphs]
        rows = [f"{label}: {value}" for label, value in self.rows if value]
        if rows:
            parts.append("\n".join(rows))
        if self.buttons:
            parts.append("\n".join(f"{title}: {address}" for title, address in self.buttons))
        if self.foot:
            parts.append(f"-- \n{self.foot}")
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The same as a whole page, without pictures or anything to fetch."""
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs)
        rows = "".join(
            f"<tr><td style='{_LABEL}'>{escape(label)}</td><td>{escape(value)}</td></tr>" for label, value in self.rows if value
        )
        body += f"<table role='presentation' style='{_FONT};margin:0 0 16px'>{rows}</table>" if rows else ""
        body += "".join(f"<a style='{_BUTTON}' href='{escape(address)}'>{escape(title)}</a>" for title, address in self.buttons)
        body += f"<p style='color:#555555;font-size:14px'>{escape(self.foot)}</p>" if self.foot else ""
        return (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(self.subject)}</title></head>"
            f"<body style='{_FONT};color:#222222;max-width:36em;margin:0 auto;padding:16px'>{body}</body></html>"
        )
