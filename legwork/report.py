"""The owner's figures as a table and as a picture."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from legwork.bookings import details
from legwork.bookings.model import named
from legwork.storage.stats import NOT_UNDERSTOOD, Stats

MOST_ROWS = 15
SHOWN = 20
COLOUR = "#2f6f62"


def lines(stats: Stats) -> Iterator[str]:
    """The table, a line each."""
    yield f"The last {stats.days} days"
    yield from _part("Conversations", stats.conversations.most_common())
    yield from _part("What people asked", _asked(stats).most_common(MOST_ROWS))
    yield from _part(f"Not understood: {stats.unclear}", ())
    telling = [text for text in stats.not_understood if not only_says_who(text)]
    yield from (f"  “{text}”" for text in telling[:SHOWN])
    yield from _part("What happened to appointments", _happened(stats))
    yield from _part("Sessions asked for", stats.sessions.most_common())
    yield from _part(
        "Warning signs", [(f"{level}: {sign}", count) for (level, sign), count in stats.safety.most_common(MOST_ROWS)]
    )
    passed_on, waiting = stats.questions
    yield from _part("Questions passed on to you", [("in all", passed_on), ("still without your answer", waiting)])


def only_says_who(text: str) -> bool:
    """Whether a text is a name, a number or a mail address and nothing else: nothing that an answer could be written for."""
    if details.is_contact(text):
        return True
    # In small letters "quantum knees" could be somebody too.
    written_large = len(text.split()) > 1 and all(word[0].isupper() for word in text.split())
    return written_large and details.read_name(text.lower(), asked=True) is not None


def _asked(stats: Stats) -> Counter[str]:
    return Counter({topic: count for topic, count in stats.topics.items() if topic not in NOT_UNDERSTOOD})


def _happened(stats: Stats) -> list[tuple[str, int]]:
    return [(named(status), count) for status, count in stats.bookings.most_common()]


def _part(title: str, rows: Iterable[tuple[Any, int]]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {count:6}  {name}" for name, count in rows)


def draw(stats: Stats, to: Path) -> None:
    """Writes the picture: messages a day, topics, appointments; the file's ending decides its format (PNG, SVG, PDF)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.dates import DateFormatter
    from matplotlib.ticker import MaxNLocator

    figure, (days, topics, booked) = pyplot.subplots(3, 1, figsize=(9, 12), gridspec_kw={"height_ratios": [2, 5, 2]})
    dates = sorted(stats.messages)
    days.bar(dates, [stats.messages[date] for date in dates], width=0.8, color=COLOUR)
    if dates:
        days.set_xlim(dates[-1] - dt.timedelta(days=stats.days), dates[-1] + dt.timedelta(days=1))
    days.xaxis.set_major_formatter(DateFormatter("%b %d"))
    days.yaxis.set_major_locator(MaxNLocator(integer=True))
    days.set_title(f"Messages a day, last {stats.days} days", loc="left")
    for axes, title, rows in (
        (topics, "What people asked", [*_asked(stats).most_common(MOST_ROWS), ("not understood", stats.unclear)]),
        (booked, "What happened to appointments", _happened(stats) or [("nothing yet", 0)]),
    ):
        names, counts = [name for name, _ in rows], [count for _, count in rows]
        axes.bar_label(axes.barh(names, counts, height=0.7, color=COLOUR), padding=3)
        axes.set_xlim(0, max(counts) * 1.1 + 1)
        axes.set_ylim(max(len(rows), 5) - 0.5, -0.5)
        axes.xaxis.set_visible(False)
        axes.set_title(title, loc="left")
    for axes in (days, topics, booked):
        axes.spines["top"].set_visible(False)
        axes.spines["right"].set_visible(False)
    figure.tight_layout()
    figure.savefig(to, dpi=120)
    pyplot.close(figure)
