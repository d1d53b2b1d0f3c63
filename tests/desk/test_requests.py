"""A request on its way to Jessica, her tap, and the client's ear."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from urllib.parse import urlsplit

import icalendar
import pytest

from legwork import links
from legwork.bookings import store
from legwork.storage import conversations
from tests.desk.conftest import TUESDAY
from tests.doubles.office import JESSICA, calendar_of, path_in, text_of, until

pytestmark = pytest.mark.slow


async def test_request_reaches_jessica(office, ask):
    """Jessica gets a mail with the wish, its reasons, the note and the client's own contact; an answer goes to the client."""
    made = ask()
    mail = await office.mail(JESSICA, "Request")
    text = text_of(mail)
    for said in (
        "Dana Price",
        "dana@client.example",
        "Tuesday, December 1, after 5 pm",
        "calves",
        "Hills load the calves.",
        "Is pregnant",
    ):
        assert said in text
    assert made.id in text
    assert str(mail["Reply-To"]) == "dana@client.example"
    assert "Dana Price" in mail.get_body(("html",)).get_content()


async def test_mail_keeps_its_styles(office, ask):
    """A quotation mark in a font's name doesn't end the style that holds it."""
    ask()
    styles = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: styles.extend(
        dict(attributes).get("style", "") for _ in [tag] if tag == "body"
    )
    parser.feed((await office.mail(JESSICA, "Request")).get_body(("html",)).get_content())
    assert "Segoe UI" in styles[0] and "max-width" in styles[0]


async def test_opening_changes_nothing(office, ask):
    """A mail scanner that opens the link ten times changes nothing, and the link still works after it."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    for _ in range(10):
        assert (await office.http.get(path)).status_code == 200
    assert store.find(made.id).status == "requested"
    answer = await office.http.post(path, data={"do": "confirm", "start": TUESDAY.isoformat(), "minutes": "60"})
    assert answer.status_code == 200


async def test_what_scans_mails_may_ask_with_head(office, ask):
    """HEAD on each kind of link is answered like GET without the page, changes nothing, and the link works after it."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    paths = {path: 200, urlsplit(links.make("proposal", made.id)).path: 200, path[:-1] + "x": 404}
    for each, status in paths.items():
        answer = await office.http.head(each)
        assert (answer.status_code, answer.content) == (status, b"")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert store.changes(made.id) == [(made.created, "client", "requested")]
    start = made.windows[0][0].isoformat()
    assert (await office.http.post(path, data={"do": "confirm", "start": start, "minutes": "60"})).status_code == 200


async def test_one_tap_confirms(office, ask):
    """Her tap confirms; the client hears it in the conversation and gets an invitation that a calendar reads."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    answer = await office.http.post(path, data={"do": "confirm", "start": TUESDAY.isoformat(), "minutes": "60"})
    assert "It&#x27;s confirmed" in answer.text
    conversation, message = await office.message()
    assert conversation == made.conversation
    assert message["from"] == "legwork"
    assert "Tuesday, December 1 at 5 pm" in message["text"] and made.id in message["text"]
    assert conversations.history(conversation)[-1]["text"] == message["text"]
    mail = await office.mail("dana@client.example", "Your appointment")
    assert "1 Main Street" in text_of(mail) and "24 hours ahead" in text_of(mail)
    calendar = icalendar.Calendar.from_ical(calendar_of(mail))
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event.start == TUESDAY and event.end - event.start == dt.timedelta(hours=1)
    assert "calv" not in calendar_of(mail)
    page = (await office.http.get(path_in(await office.mail(JESSICA, "Appointment")))).text
    assert "Wished now" not in page
    store.wish(made.id, [(TUESDAY + dt.timedelta(days=1),) * 2], "Wednesday, December 2 at 5 pm")
    page = (await office.http.get(path_in(await office.mail(JESSICA, "Another time")))).text
    assert "Wished now" in page


async def test_confirmation_comes_with_a_file_to_keep(office, ask):
    """The chat's confirmation has the appointment for the client's calendar, as often as wanted, until it is off."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    await office.http.post(path, data={"do": "confirm", "start": TUESDAY.isoformat(), "minutes": "60"})
    _, message = await office.message()
    kept = "/desk/" + message["attachment"]["url"].rpartition("/")[2]
    for _ in range(2):
        answer = await office.http.get(kept)
        assert answer.headers["content-type"].startswith("text/calendar")
        [event] = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
        assert event.start == TUESDAY and "calv" not in answer.text
    assert (await office.http.post(kept, data={"do": "decline"})).status_code == 404
    store.cancel(made.id, who="client")
    assert (await office.http.get(kept)).status_code == 410


async def test_link_works_once(office, ask):
    """The same link a second time does nothing and says so, however the first one ended."""
    ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    assert (await office.http.post(path, data={"do": "decline"})).status_code == 200
    again = await office.http.post(path, data={"do": "decline"})
    assert again.status_code == 410 and "used already" in again.text
    assert (await office.http.get(path)).status_code == 410
    _, message = await office.message()
    assert "can't take your request" in message["text"]


async def test_link_ends_after_a_week(office, ask, later):
    """After seven days the link opens no more."""
    ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    later(days=7, minutes=1)
    answer = await office.http.get(path)
    assert answer.status_code == 410 and "too old" in answer.text


@pytest.mark.parametrize("place", [8, 20, 30, -1])
async def test_forged_link_is_refused(office, ask, place):
    """A link with one character changed opens nothing, wherever that is."""
    token = links.make("booking", ask().id).rpartition("/")[2]
    place %= len(token)
    forged = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
    assert (await office.http.get(f"/desk/{forged}")).status_code == 404
    assert (await office.http.post(f"/desk/{forged}", data={"do": "decline"})).status_code == 404


async def test_client_accepts_another_time(office, ask):
    """She proposes, the time is kept free, the client accepts by mail, and both have it."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    form = {"do": "propose", "day": "2026-12-02", "time": "10:00", "minutes": "60"}
    assert (await office.http.post(path, data=form)).status_code == 200
    assert store.find(made.id).status == "proposed"
    _, message = await office.message()
    assert "Wednesday, December 2 at 10 am" in message["text"]
    assert [reply["title"] for reply in message["quick_replies"]] == ["Yes, book it", "No, another time"]
    offered = path_in(await office.mail("dana@client.example", "Another time"))
    assert "Jessica proposes a time" in (await office.http.get(offered)).text
    assert "It&#x27;s booked" in (await office.http.post(offered, data={"do": "accept"})).text
    assert store.find(made.id).status == "confirmed"
    assert "METHOD:REQUEST" in calendar_of(await office.mail("dana@client.example", "Your appointment"))
    await office.mail(JESSICA, "Appointment: Dana Price")


async def test_client_refuses_another_time(office, ask):
    """A proposed time that doesn't suit is free again, and Jessica is told with a new link."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    await office.http.post(path, data={"do": "propose", "day": "2026-12-02", "time": "10:00", "minutes": "60"})
    offered = path_in(await office.mail("dana@client.example", "Another time"))
    await office.http.post(offered, data={"do": "refuse"})
    assert store.find(made.id).status == "requested"
    again = path_in(await office.mail(JESSICA, "Doesn't suit"))
    assert again != path
    assert (await office.http.get(again)).status_code == 200


async def test_move_and_cancel_keep_the_uid(office, ask):
    """Moving and canceling send the same UID with SEQUENCE one higher each, and the last one is a CANCEL."""
    ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    await office.http.post(path, data={"do": "confirm", "start": TUESDAY.isoformat(), "minutes": "60"})
    path = path_in(await office.mail(JESSICA, "Appointment:"))
    await office.http.post(path, data={"do": "move", "day": "2026-12-03", "time": "09:30", "minutes": "90"})
    moved = await office.mail("dana@client.example", "is now")
    path = path_in(await office.mail(JESSICA, "Moved:"))
    await office.http.post(path, data={"do": "cancel"})
    cancelled = await office.mail("dana@client.example", "Canceled")
    first = await office.mail("dana@client.example", "Your appointment: ")
    events = [icalendar.Calendar.from_ical(calendar_of(mail)) for mail in (first, moved, cancelled)]
    assert [str(event["METHOD"]) for event in events] == ["REQUEST", "REQUEST", "CANCEL"]
    found = [event.walk("VEVENT")[0] for event in events]
    assert len({str(event["UID"]) for event in found}) == 1
    assert [int(event["SEQUENCE"]) for event in found] == [0, 1, 2]
    assert str(found[2]["STATUS"]) == "CANCELLED"


async def test_taken_time_is_said_and_the_link_stays(office, ask):
    """A time that somebody else has is refused with a sentence, and the same link takes another one."""
    ask(name="Kim Lee", start=TUESDAY)
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request: Dana Price"))
    answer = await office.http.post(path, data={"do": "propose", "day": "2026-12-01", "time": "16:30", "minutes": "60"})
    assert answer.status_code == 422 and "overlaps" in answer.text
    assert store.find(made.id).status == "requested"
    answer = await office.http.post(path, data={"do": "propose", "day": "2026-12-02", "time": "16:30", "minutes": "60"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"do": "propose", "day": "2026-13-01", "time": "10:00", "minutes": "60"}, "day and a time"),
        ({"do": "propose", "day": "2026-11-01", "time": "10:00", "minutes": "60"}, "over"),
        ({"do": "propose", "day": "2027-03-14", "time": "02:30", "minutes": "60"}, "clocks go forward"),
        ({"do": "propose", "day": "2026-12-02", "time": "10:00", "minutes": "900"}, "15 to 240"),
        ({"do": "propose", "day": "2032-12-02", "time": "10:00", "minutes": "60"}, "more than a year"),
        ({"do": "propose", "day": "9999-12-31", "time": "23:59", "minutes": "60"}, "within the next year"),
        ({"do": "propose", "day": "9998-12-31", "time": "10:00", "minutes": "60"}, "more than a year"),
        ({"do": "propose", "day": "0001-01-01", "time": "00:00", "minutes": "60"}, "over"),
        ({"do": "propose", "day": "2026-12-02", "time": "24:00", "minutes": "60"}, "day and a time"),
        ({"do": "propose", "day": "2026-12-02", "time": "10:00+25:00", "minutes": "60"}, "day and a time"),
        ({"do": "propose", "day": "2026-12-02", "time": "10:00", "minutes": "-60"}, "15 to 240"),
        ({"do": "propose", "day": "2026-12-02\0", "time": "10:00", "minutes": "60"}, "day and a time"),
        ({"do": "confirm", "start": "2026-12-24T10:00:00-05:00", "minutes": "60"}, "propose it instead"),
        ({"do": "confirm", "start": "9999-12-31T23:59:59-23:59", "minutes": "60"}, "propose it instead"),
        ({"do": "confirm", "start": "0001-01-01T00:00:00+23:59", "minutes": "60"}, "propose it instead"),
        ({"do": "confirm", "start": "2026-12-01T10:00", "minutes": "60"}, "propose it instead"),
        ({"do": "confirm", "start": "soon", "minutes": "60"}, "choose a start"),
        ({"do": "answer", "text": "hello"}, "one of the buttons"),
        ({}, "one of the buttons"),
    ],
)
async def test_bad_forms_change_nothing(office, ask, form, said):
    """What can't be taken is said in a sentence; nothing is changed and the link stays good."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    answer = await office.http.post(path, data=form)
    assert answer.status_code == 422 and said in answer.text
    assert store.changes(made.id) == [(made.created, "client", "requested")]
    assert (await office.http.get(path)).status_code == 200


async def test_pages_are_private_and_escaped(office, ask):
    """Pages are kept by nobody, tell nobody where they were, run nothing, and show markup as text."""
    ask(name="<script>alert(1)</script>", wish="<b>now</b>")
    path = path_in(await office.mail(JESSICA, "Request"))
    answer = await office.http.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text and "<b>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    mail = (await office.mail(JESSICA, "Request")).get_body(("html",)).get_content()
    assert "<script" not in mail


async def test_page_offers_the_starts_of_the_wish(office, ask):
    """The page lists the open starts of the wish; a start that would overlap another appointment isn't among them."""
    ask(name="Kim Lee", start=TUESDAY + dt.timedelta(hours=1))
    ask()
    path = path_in(await office.mail(JESSICA, "Request: Dana Price"))
    text = (await office.http.get(path)).text
    assert "Tuesday, December 1 at 5 pm" not in text  # its hour and the pause would run into Kim's
    assert "Tuesday, December 1 at 7:30 pm" in text


async def test_cancelled_by_client_tells_jessica(office, ask):
    """When the client cancels, Jessica is told, and the appointment leaves the client's calendar."""
    made = ask(start=TUESDAY)
    await office.mail("dana@client.example", "Your appointment")
    store.cancel(made.id, who="client")
    await office.mail(JESSICA, "Canceled: Dana Price")
    assert "METHOD:CANCEL" in calendar_of(await office.mail("dana@client.example", "Canceled"))
    assert not office.heard  # the conversation in which it was canceled said so already


async def test_forgotten_conversation_hears_nothing(office, ask):
    """A client who had everything forgotten is not written to in the conversation; the appointment's mail still comes."""
    made = ask()
    path = path_in(await office.mail(JESSICA, "Request"))
    conversations.forget(made.conversation)
    await office.http.post(path, data={"do": "confirm", "start": TUESDAY.isoformat(), "minutes": "60"})
    await office.mail("dana@client.example", "Your appointment")
    assert not office.heard


async def test_request_after_a_forgotten_one_is_told_too(office, ask):
    """A new request is mailed although one that was over is forgotten with its changes."""
    first = ask()
    await office.mail(JESSICA, "Request")
    store.decline(first.id)
    await office.message()
    conversations.forget(first.conversation)
    ask(name="Kim Lee")
    await office.mail(JESSICA, "Request: Kim Lee")


async def test_phone_only_is_pointed_out(office, ask):
    """A client of the chat who left a phone number only may not see it in time, so Jessica is told to call."""
    ask(email=None, phone="+15085550142")
    path = path_in(await office.mail(JESSICA, "Request"))
    answer = await office.http.post(path, data={"do": "confirm", "start": TUESDAY.isoformat(), "minutes": "60"})
    assert "(508) 555-0142" in answer.text


async def test_feed_shows_appointments_to_its_secret_only(office, ask):
    """Her phone's feed has what is agreed, by name and without complaints; another address has nothing; renewing ends the old one."""
    from legwork.desk import feed

    ask(start=TUESDAY)
    path = feed.address().partition("//")[2].partition("/")[2]
    answer = await office.http.get(f"/{path}")
    calendar = icalendar.Calendar.from_ical(answer.text)
    [event] = calendar.walk("VEVENT")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert calendar["METHOD"] == "PUBLISH" and "ATTENDEE" not in event
    assert str(event["SUMMARY"]) == "Dana Price, 60 minutes"
    assert "calv" not in answer.text
    assert (await office.http.get("/desk/feed/guess.ics")).status_code == 404
    feed.renew()
    assert (await office.http.get(f"/{path}")).status_code == 404


async def test_nothing_is_sent_without_mail(office, ask, monkeypatch):
    """Without SMTP_URL the request stands and waits with a link in the overview; no mail piles up, and no page speaks of one."""
    import sqlalchemy as sa

    from legwork import settings as settings_module
    from legwork.desk import overview
    from legwork.storage.engine import engine
    from legwork.storage.schema import outbox

    monkeypatch.delenv("SMTP_URL")
    settings_module.forget()
    made = ask()
    with engine().connect() as connection:
        await until(lambda: connection.execute(sa.select(outbox.c.id).where(outbox.c.sent.is_not(None))).first())
        assert not connection.execute(sa.select(outbox.c.id).where(outbox.c.channel == "mail")).all()
    [row] = [row for row in overview.waiting() if row["kind"] == "request"]
    assert row["id"] == made.id
    path = row["link"].partition("//")[2].partition("/")[2]
    form = {"do": "propose", "day": "2026-12-02", "time": "10:00", "minutes": "60"}
    page = (await office.http.post(f"/{path}", data=form)).text
    assert "is told by the chat on your website." in page and "write to dana@client.example" in page
    assert "by mail" not in page and "You get a mail" not in page
