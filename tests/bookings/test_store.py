"""Requests and appointments: one of each, no time twice, each change recorded."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from legwork.bookings import slots, store
from legwork.bookings.model import ALLOWED, TooLate
from legwork.errors import NotFound
from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import booking_cells, booking_slots, bookings, outbox
from tests.bookings.conftest import NINE, details

HOUR = dt.timedelta(hours=1)
SOON = dt.timedelta(minutes=10)

pytestmark = pytest.mark.usefixtures("database")


def now() -> dt.datetime:
    """The tests' standing clock."""
    return settings().now()


def later(much: dt.timedelta) -> None:
    """Moves it on."""
    settings().clock += much


def test_same_request_twice_is_one(ask):
    """The same request again is the first one; another name or time is another request."""
    first = ask()
    assert ask().id == first.id
    assert ask(name="Kim Lee").id != first.id
    assert ask(windows=[(NINE, NINE)]).id != first.id
    assert len(list(store.listing())) == 3


def test_cancelled_wish_may_be_made_anew(ask):
    """After a cancellation the same wish is a new request."""
    first = ask()
    store.cancel(first.id, who="client")
    second = ask()
    assert second.id != first.id and second.status == "requested"


def test_listing_has_the_public_shape(ask):
    """The listing shows what the design names, with offsets, and nothing of the conversation."""
    made = ask(email="dana@client.example")
    [row] = store.listing()
    assert row == {
        "id": made.id,
        "status": "requested",
        "session": "myofascial_release",
        "minutes": 60,
        "areas": ["calves"],
        "windows": [{"start": "2026-12-01T14:00:00+00:00", "end": "2026-12-01T17:00:00+00:00"}],
        "name": "Dana Price",
        "phone": "+15085550142",
        "email": "dana@client.example",
        "channel": "web",
        "notes": ["blood_thinners"],
        "created": "2026-11-23T15:00:00+00:00",
    }
    store.confirm(made.id, NINE, who="jessica")
    [row] = store.listing()
    assert row["windows"] == [{"start": "2026-12-01T09:00:00-05:00", "end": "2026-12-01T09:00:00-05:00"}]


def test_life_of_an_appointment_is_recorded(ask):
    """Each change stands with its time and who made it, and the invitation's sequence goes up with moves and canceling."""
    made = ask()
    store.hold(made.id, NINE, 60, now() + SOON)
    later(dt.timedelta(minutes=1))
    store.confirm(made.id, who="client")
    later(dt.timedelta(minutes=1))
    moved = store.move(made.id, NINE + 3 * HOUR, who="jessica")
    later(dt.timedelta(minutes=1))
    cancelled = store.cancel(made.id, who="client")
    times = [made.created + dt.timedelta(minutes=minute) for minute in (0, 0, 1, 2, 3)]
    said = [("client", "requested"), ("client", "held"), ("client", "confirmed"), ("jessica", "moved"), ("client", "cancelled")]
    assert store.changes(made.id) == [(at, *who) for at, who in zip(times, said, strict=True)]
    assert (moved.sequence, cancelled.sequence) == (1, 2)
    assert moved.said == "Tuesday, December 1 at noon"
    assert store.open_for(made.conversation) == []


def test_every_change_is_told(ask):
    """Each recorded change puts one message into the outbox, and a refused one none."""
    made = ask()
    store.confirm(made.id, NINE, who="jessica")
    other = ask(name="Kim Lee")
    with pytest.raises(store.Taken):
        store.confirm(other.id, NINE, who="jessica")
    with engine().connect() as connection:
        told = connection.execute(sa.select(outbox.c.content).order_by(outbox.c.id)).scalars().all()
    assert [(each["booking"], each["what"]) for each in told] == [
        (made.id, "requested"),
        (made.id, "confirmed"),
        (other.id, "requested"),
    ]


@pytest.mark.parametrize(
    ("minutes", "free"),
    [(-90, True), (-75, True), (-60, False), (-30, False), (0, False), (45, False), (60, False), (75, True), (90, True)],
)
def test_times_keep_their_distance(ask, minutes, free):
    """An hour at nine takes what overlaps it or its pause of a quarter hour on either side, and nothing else."""
    ask(start=NINE)
    start = NINE + dt.timedelta(minutes=minutes)
    if free:
        assert ask(name="Kim Lee", start=start).start == start
    else:
        with pytest.raises(store.Taken):
            ask(name="Kim Lee", start=start)


def test_constraint_refuses_what_care_would_miss(ask, database):
    """Rows that overlap are refused by the database itself, whoever writes them."""
    ask(start=NINE)
    slot = {"calendar": 1, "start": NINE + HOUR / 2, "until": NINE + HOUR}
    with pytest.raises(sa.exc.IntegrityError), engine().begin() as connection:
        number = connection.execute(booking_slots.insert().values(slot)).inserted_primary_key[0]
        if database == "sqlite":
            cell = slots.cells_of(slot["start"], slot["until"])[0]
            connection.execute(booking_cells.insert().values(calendar=1, cell=cell, slot=number))


def test_odd_times_are_kept_apart_too(ask):
    """A time off the quarter hour takes every quarter hour that it touches."""
    ask(start=NINE + dt.timedelta(minutes=5), minutes=50)
    with pytest.raises(store.Taken):
        ask(name="Kim Lee", start=NINE + HOUR)


def test_holds_end_by_themselves(ask, talk):
    """A held time is nobody else's for ten minutes; then it is free, and the booking is a request again."""
    held = ask()
    assert store.hold(held.id, NINE, 60, now() + SOON).status == "held"
    other = ask(name="Kim Lee")
    with pytest.raises(store.Taken):
        store.confirm(other.id, NINE, who="jessica")
    later(SOON)
    assert store.find(held.id).status == "requested" and store.find(held.id).start is None
    assert store.confirm(other.id, NINE, who="jessica").status == "confirmed"
    with pytest.raises(store.TooLate):
        store.confirm(held.id, who="client")


def test_conversation_holds_one_time(ask, talk):
    """A client who looks at one time after the other holds the last one only, and books it in spite of the own hold."""
    mine, other = talk("mine"), talk("other")
    store.hold_for(mine, NINE, 60, now() + SOON)
    store.hold_for(mine, NINE + 2 * HOUR, 60, now() + SOON)
    store.hold_for(other, NINE, 60, now() + SOON)
    with pytest.raises(store.Taken):
        store.hold_for(other, NINE + 2 * HOUR, 60, now() + SOON)
    assert slots.busy(NINE, NINE + 4 * HOUR, but=mine) == [(NINE, NINE + HOUR)]  # what is refused leaves the hold before it
    booked = ask(conversation=mine, start=NINE + 2 * HOUR)
    assert booked.status == "confirmed"
    later(SOON)
    assert slots.busy(NINE, NINE + 5 * HOUR) == [(NINE + 2 * HOUR, NINE + 3 * HOUR)]


def test_move_keeps_the_old_time_when_the_new_is_taken(ask):
    """A move to a taken time is refused and leaves everything as it was; one by half an hour overlaps itself and is fine."""
    ask(name="Kim Lee", start=NINE + 4 * HOUR)
    made = ask(start=NINE)
    with pytest.raises(store.Taken):
        store.move(made.id, NINE + 4 * HOUR, who="client")
    assert store.find(made.id).start == NINE
    with pytest.raises(store.Taken):
        ask(name="Lou Day", start=NINE)
    assert store.move(made.id, NINE + HOUR / 2, who="client").start == NINE + HOUR / 2


def test_cancelled_time_is_free_at_once(ask):
    """What one cancels another one can book."""
    store.cancel(ask(start=NINE).id, who="client")
    assert ask(name="Kim Lee", start=NINE).start == NINE


def test_confirming_twice_is_once(ask):
    """A confirmation that comes twice changes nothing the second time."""
    made = ask()
    store.confirm(made.id, NINE, who="jessica")
    again = store.confirm(made.id, NINE, who="jessica")
    assert again.sequence == 0 and len(store.changes(made.id)) == 2


def test_wish_for_another_time_leaves_the_appointment(ask):
    """Wishing another time records it; the appointment stands until it is moved."""
    made = ask(start=NINE)
    wished = store.wish(made.id, [(NINE + 24 * HOUR, NINE + 26 * HOUR)], "Wednesday, December 2, before noon")
    assert (wished.status, wished.start) == ("confirmed", NINE)
    assert wished.wish == "Wednesday, December 2, before noon" and wished.said == "Tuesday, December 1 at 9 am"


def test_what_is_told_later_is_noted_once(ask):
    """A note that comes after the booking stands beside those it had, is recorded, and leaves all else."""
    made = ask(start=NINE)
    noted = store.note(made.id, ["blood_thinners", "stopped", "dvt"])
    assert noted.notes == [*made.notes, "stopped", "dvt"]
    assert (noted.status, noted.start, noted.sequence) == (made.status, made.start, made.sequence)
    assert [what for _, _, what in store.changes(made.id)] == ["confirmed", "noted"]


@pytest.mark.parametrize("change", sorted(ALLOWED))
@pytest.mark.parametrize("end", ["cancel", "decline", "done", "no_show"])
def test_what_is_over_changes_no_more(ask, end, change):
    """A booking that is over refuses every change, and nothing of it is written."""
    made = ask() if end == "decline" else ask(start=NINE)
    {"cancel": store.cancel, "decline": store.decline, "done": store.done, "no_show": store.no_show}[end](made.id, "jessica")
    before = store.changes(made.id)
    late = NINE + 24 * HOUR
    calls = {
        "wish": lambda: store.wish(made.id, [(late, late)], "later"),
        "note": lambda: store.note(made.id, ["pregnancy_told"]),
        "hold": lambda: store.hold(made.id, late, 60, now() + SOON),
        "propose": lambda: store.propose(made.id, late, 60, now() + SOON),
        "refuse": lambda: store.refuse(made.id),
        "confirm": lambda: store.confirm(made.id, late, who="jessica"),
        "move": lambda: store.move(made.id, late, who="jessica"),
        "cancel": lambda: store.cancel(made.id, "client"),
        "decline": lambda: store.decline(made.id),
        "done": lambda: store.done(made.id),
        "no_show": lambda: store.no_show(made.id),
    }
    with pytest.raises(TooLate):
        calls[change]()
    assert store.changes(made.id) == before


def test_code_is_found_as_people_type_it(ask):
    """A code is found with spaces around and capitals in it; an unknown one is not."""
    made = ask()
    assert store.find(f" {made.id.upper()} ").id == made.id
    with pytest.raises(NotFound):
        store.find("00000000")


def test_zone_and_instants_survive(ask):
    """Instants come back as they went in, in UTC, with the zone's name beside them, over a change of clocks too."""
    before, after = dt.datetime(2027, 3, 13, 14, tzinfo=dt.timezone.utc), dt.datetime(2027, 3, 14, 13, tzinfo=dt.timezone.utc)
    first, second = ask(start=before), ask(name="Kim Lee", start=after)
    assert (store.find(first.id).start, store.find(second.id).start) == (before, after)
    assert first.timezone == "America/New_York"
    assert first.said == "Saturday, March 13 at 9 am" and second.said == "Sunday, March 14 at 9 am"


def test_shell_books_without_a_conversation():
    """A talk without a stored conversation can book; its booking belongs to none."""
    made = store.request(**details("shell", start=NINE))
    assert made.conversation is None
    store.hold_for("shell", NINE + 5 * HOUR, 60, now() + SOON)


@pytest.mark.slow
def test_two_thousand_attempts_on_forty_times(talk):
    """Of 2,000 attempts at once on 40 times exactly 40 get one, the others are told that it is taken, and none is lost."""
    conversation = talk("crowd")

    def attempt(number: int) -> str:
        place = number % 40
        start = NINE + dt.timedelta(days=place // 8, minutes=75 * (place % 8))
        try:
            return store.request(**details(conversation, name=f"Client {number}", start=start)).status
        except store.Taken:
            return "taken"

    with ThreadPoolExecutor(20) as pool:  # as many as there are connections
        answers = Counter(pool.map(attempt, range(2000)))
    assert answers == {"confirmed": 40, "taken": 1960}
    with engine().connect() as connection:
        starts = connection.execute(sa.select(bookings.c.start).where(bookings.c.status == "confirmed")).scalars().all()
    assert len(starts) == len(set(starts)) == 40
