"""The four ways of booking, and that none of them is a dead end."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from legwork import settings as settings_module
from legwork.bookings import agenda, providers, store
from legwork.bookings.providers import chain as chain_module
from legwork.bookings.providers import link
from legwork.bookings.providers.base import Offer, Outcome, Provider, Request, Unavailable
from legwork.bookings.providers.requests import Requests
from legwork.settings import practice, settings
from tests.bookings.conftest import NINE, details
from tests.doubles.cal_com import CalCom
from tests.doubles.office import write_practice

pytestmark = pytest.mark.slow

EASTERN = ZoneInfo("America/New_York")
HOUR = dt.timedelta(hours=1)
MORNING = [(NINE, NINE + 3 * HOUR)]


@pytest.fixture
def chain(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., providers.Chain]:
    """The chain of a practice with this provider."""

    def made(provider: str = "requests", **environment: str) -> providers.Chain:
        monkeypatch.setenv("LEGWORK_PRACTICE", str(write_practice(home, provider)))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings_module.forget()
        monkeypatch.setattr(agenda, "_tried", 0.0)
        return providers.choose(practice(), settings())

    return made


def wish(conversation: str, **other: object) -> Request:
    """A client's request."""
    return Request(**details(conversation, **{"windows": MORNING, **other}))


async def test_requests_store_the_wish(chain, talk):
    """The default shows no times, stores the wish and says that it is one."""
    ways = chain()
    assert await ways.times(MORNING, 60, talk()) is None
    outcome = await ways.book(wish(talk()))
    assert (outcome.kind, outcome.booking.status, outcome.url) == ("requested", "requested", None)


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        (
            "https://jess.as.me/?appointmentType=123",
            {
                "appointmentType": "123",
                "firstName": "Dana",
                "lastName": "Price & Co",
                "email": "d+1@e.com",
                "phone": "+15085550142",
            },
        ),
        (
            "https://app.acuityscheduling.com/schedule.php?owner=9",
            {"owner": "9", "firstName": "Dana", "lastName": "Price & Co", "email": "d+1@e.com", "phone": "+15085550142"},
        ),
        ("https://calendly.com/jess/60min", {"name": "Dana Price & Co", "email": "d+1@e.com"}),
        ("https://cal.com/jess/60", {"name": "Dana Price & Co", "email": "d+1@e.com", "attendeePhoneNumber": "+15085550142"}),
        ("https://www.massagebook.com/jess?src=web", {"src": "web"}),
        ("https://evilcal.com/x", {}),
    ],
)
def test_link_is_prefilled_as_its_host_wants_it(url, fields):
    """Each known host gets name and contact in its own fields and keeps what stood there; others get nothing."""
    made = link.prefilled(url, "Dana Price & Co", "d+1@e.com", "+15085550142")
    assert {name: values[0] for name, values in parse_qs(urlsplit(made).query).items()} == fields
    assert urlsplit(made)[:3] == urlsplit(url)[:3]


@pytest.mark.parametrize("name", ["//evil.example", "x@evil.example/", "a&email=b@c.d#", "..\\..", "?\r\nHost: evil"])
def test_link_leads_to_her_page_whatever_the_client_says(name):
    """Nothing that a client gives as a name changes host, path or other fields of the link."""
    made = urlsplit(link.prefilled("https://calendly.com/jess/60min", name, "dana@client.example"))
    assert (made.scheme, made.netloc, made.path, made.fragment) == ("https", "calendly.com", "/jess/60min", "")
    assert parse_qs(made.query) == {"name": [name], "email": ["dana@client.example"]}


async def test_link_says_nothing_about_health(chain, talk):
    """The link of a request holds who the client is and nothing of what hurts, when, why or what Jessica must know."""
    ways = chain('link\n  url: "https://jess.as.me/"')
    outcome = await ways.book(wish(talk(), reasons=["Hills load the calves."]))
    assert outcome.booking.status == "requested"
    assert outcome.url == "https://jess.as.me/?firstName=Dana&lastName=Price&phone=%2B15085550142"
    assert ways.link() == "https://jess.as.me/"


async def test_calendar_offers_holds_and_confirms(chain, talk):
    """Open times of the wish are offered, one is held for this client, booked at once, and then offered to nobody."""
    ways, mine, other = chain("calendar"), talk("mine"), talk("other")
    offer = await ways.times(MORNING, 60, mine)
    assert offer == Offer([NINE.astimezone(EASTERN) + n * HOUR for n in range(4)], True)
    await ways.hold(mine, offer.times[0], 60)
    with pytest.raises(store.Taken):
        await ways.hold(other, offer.times[0], 60)
    assert offer.times[0] in (await ways.times(MORNING, 60, mine)).times
    assert offer.times[0] not in (await ways.times(MORNING, 60, other)).times
    outcome = await ways.book(wish(mine), offer.times[0])
    assert (outcome.kind, outcome.booking.start) == ("confirmed", NINE)
    again = await ways.book(wish(mine), offer.times[0])
    assert again.booking.id == outcome.booking.id
    with pytest.raises(store.Taken):
        await ways.book(wish(other, name="Kim Lee"), offer.times[0])


async def test_hold_lasts_ten_minutes(chain, talk):
    """After ten minutes the held time is offered to others again."""
    ways, mine, other = chain("calendar"), talk("mine"), talk("other")
    await ways.hold(mine, NINE, 60)
    settings().clock += dt.timedelta(minutes=9, seconds=59)
    assert NINE not in (await ways.times(MORNING, 60, other)).times
    settings().clock += dt.timedelta(seconds=1)
    assert NINE in (await ways.times(MORNING, 60, other)).times


async def test_calendar_offers_the_nearest_when_nothing_fits(chain, talk):
    """For a day on which she is closed the nearest open times are offered, and the offer says that they don't fit."""
    sunday = NINE - 2 * dt.timedelta(days=1)
    offer = await chain("calendar").times([(sunday, sunday + 8 * HOUR)], 60, talk())
    assert not offer.fits and len(offer.times) == 3
    assert all(at.weekday() in (0, 1, 2, 3) for at in offer.times)


class Feed:
    """Her own calendar somewhere on the web."""

    def __init__(self) -> None:
        """Busy from nine to noon on that Tuesday."""
        self.status, self.delay, self.asked = 200, 0.0, 0
        event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T140000Z\r\nDTEND:20261201T170000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
        self.text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}END:VCALENDAR\r\n"

    async def __aenter__(self) -> Feed:
        """Serves it."""
        app = web.Application()
        app.router.add_get("/feed.ics", self._send)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.provider = f'calendar\n  busy_feed: "http://127.0.0.1:{self._runner.addresses[0][1]}/feed.ics"'
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends it."""
        await self._runner.cleanup()

    async def _send(self, request: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status, text=self.text)


async def test_her_own_calendar_counts(chain, talk):
    """What stands in her own calendar is not offered; the feed is asked once for several clients."""
    async with Feed() as feed:
        ways = chain(feed.provider)
        offer = await ways.times([(NINE, NINE + 5 * HOUR)], 60, talk())
        assert offer.times[0] == NINE + 3 * HOUR + dt.timedelta(minutes=15) and offer.age is None
        await ways.times(MORNING, 60, talk())
        assert feed.asked == 1


async def test_last_copy_serves_when_her_calendar_is_down(chain, talk, home):
    """Without the feed the last copy counts, and the offer says how old it is; a login page doesn't replace it."""
    async with Feed() as feed:
        ways = chain(feed.provider)
        await ways.times(MORNING, 60, talk())
        old = time.time() - 3 * 3600
        os.utime(home / "busy.ics", (old, old))
        for status, text in ((503, ""), (200, "<html>Please sign in</html>")):
            feed.status, feed.text = status, text
            agenda._tried = 0.0
            offer = await ways.times([(NINE, NINE + 5 * HOUR)], 60, talk())
            assert offer.times[0] == NINE + 3 * HOUR + dt.timedelta(minutes=15)
            assert abs(offer.age - dt.timedelta(hours=3)) < dt.timedelta(minutes=1)


async def test_slow_calendar_keeps_nobody_waiting(chain, talk):
    """A feed that hangs costs one client two seconds, and the next one none; times are offered all the same."""
    async with Feed() as feed:
        ways, feed.delay = chain(feed.provider), 30
        began = time.monotonic()
        assert (await ways.times(MORNING, 60, talk())).times
        assert time.monotonic() - began < 3
        began = time.monotonic()
        assert (await ways.times(MORNING, 60, talk())).times
        assert time.monotonic() - began < 1


@pytest.fixture
async def cal_com(chain):
    """Cal.com with two free slots on that Tuesday, and the chain that uses it."""
    double = CalCom(77, [NINE, NINE + 2 * HOUR])
    ways = chain("calcom\n  calcom_event_type: 77", CALCOM_API_BASE=await double.start())
    yield double, ways
    await double.stop()


async def test_calcom_offers_and_books(cal_com, talk):
    """Its free slots are offered, and a booking goes there with name and mail and nothing else; it stands here too."""
    double, ways = cal_com
    offer = await ways.times(MORNING, 60, talk())
    assert offer.times == [NINE, NINE + 2 * HOUR] and offer.fits
    outcome = await ways.book(wish(talk(), email="dana@client.example", phone=None), offer.times[1])
    assert (outcome.kind, outcome.booking.reference, outcome.booking.start) == ("confirmed", "cal-1", NINE + 2 * HOUR)
    [sent] = double.booked
    attendee = {"name": "Dana Price", "email": "dana@client.example", "timeZone": "America/New_York"}
    assert sent == {"eventTypeId": 77, "start": "2026-12-01T16:00:00Z", "attendee": attendee, "lengthInMinutes": 60}
    again = await ways.book(wish(talk(), email="dana@client.example", phone=None), offer.times[1])
    assert again.booking.id == outcome.booking.id and len(double.booked) == 1


async def test_calcom_says_when_it_is_taken(cal_com, talk):
    """A slot that somebody else took there is refused as taken, not stored as a request behind the client's back."""
    double, ways = cal_com
    double.starts.clear()
    with pytest.raises(store.Taken):
        await ways.book(wish(talk(), email="dana@client.example"), NINE)
    assert list(store.listing()) == []


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
async def test_calcom_in_trouble_becomes_a_request(cal_com, talk, status):
    """When Cal.com answers with an error, no times are shown, and the wish is stored for Jessica."""
    double, ways = cal_com
    double.fail = status
    assert await ways.times(MORNING, 60, talk()) is None
    outcome = await ways.book(wish(talk(), email="dana@client.example"), NINE)
    assert outcome.kind == "requested" and outcome.booking.windows[0][0] == NINE


async def test_lost_answer_is_pointed_out(cal_com, talk):
    """When Cal.com booked and its answer was lost, the wish is stored within four seconds with a note for Jessica to look there."""
    double, ways = cal_com
    double.lose_answer = True
    began = time.monotonic()
    outcome = await ways.book(wish(talk(), email="dana@client.example"), NINE)
    assert time.monotonic() - began < 4
    assert outcome.kind == "requested" and "calcom_unsure" in outcome.booking.notes


async def test_calcom_without_a_mail_address_becomes_a_request(cal_com, talk):
    """Cal.com wants a mail address; a client with a phone number only becomes a request."""
    double, ways = cal_com
    outcome = await ways.book(wish(talk()), NINE)
    assert outcome.kind == "requested" and double.booked == []


class Broken(Provider):
    """Fails as it is told."""

    name = "broken"

    def __init__(self, trouble: Exception | None) -> None:
        """None hangs."""
        self._trouble = trouble

    async def _fail(self) -> None:
        if self._trouble is None:
            await asyncio.sleep(60)
        raise self._trouble

    async def times(self, *_: object) -> Offer | None:
        """Fails."""
        return await self._fail()

    async def hold(self, *_: object) -> None:
        """Fails."""
        await self._fail()

    async def book(self, *_: object) -> Outcome:
        """Fails."""
        return await self._fail()


@pytest.mark.parametrize("trouble", [Unavailable("away"), ValueError("bug"), OSError(), KeyError("x"), None])
async def test_whatever_fails_the_client_gets_on(chain, talk, monkeypatch, trouble):
    """A provider that fails in whatever way, or hangs, hands to the next within its time; the request is stored."""
    chain()
    monkeypatch.setattr(chain_module, "SECONDS", 0.3)
    ways = providers.Chain(Broken(trouble), Broken(trouble), Requests())
    began = time.monotonic()
    assert await ways.times(MORNING, 60, talk()) is None
    await ways.hold(talk(), NINE, 60)
    assert (await ways.book(wish(talk()))).kind == "requested"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("provider", "names"),
    [
        ("requests", ["requests"]),
        ('link\n  url: "https://calendly.com/jess"', ["link", "requests"]),
        ("calendar", ["calendar", "requests"]),
        ("calcom\n  calcom_event_type: 77", ["calcom", "requests"]),
        ('calcom\n  calcom_event_type: 77\n  url: "https://cal.com/jess"', ["calcom", "link", "requests"]),
        ("calcom", ["requests"]),
    ],
)
def test_every_chain_ends_with_requests(chain, provider, names):
    """Whatever practice.yml asks for, the last way is the one that needs nothing but the database."""
    assert [each.name for each in chain(provider)._links] == names
