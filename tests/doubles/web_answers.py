"""What the double of the web channel says: one conversation from greeting to booked appointment, and every kind of message."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

DAYS = (
    "Monday, November 30",
    "Tuesday, December 1",
    "Wednesday, December 2",
    "Thursday, December 3",
    "Friday, December 4",
    "Saturday, December 5",
)
TIMES = ("9:00 am", "10:30 am", "1:00 pm", "2:30 pm", "5:00 pm")


def greeting() -> Body:
    """The first message of a conversation."""
    text = (
        "Hi, I'm Jessica's automated assistant. I answer questions about massage for runners, suggest a session for what "
        "hurts, and take booking requests. I'm not a doctor and not for emergencies: in one, call 911."
    )
    return say(text, "My calves are tight", "Before/after a race", "My first visit", "Book a session", topic="smalltalk/greet")


def say(text: str, *replies: str, **parts: Any) -> Body:
    """A message with quick replies of these titles."""
    offers = [{"title": title, "payload": f'/choose{{"topic": "{title}"}}'} for title in replies]
    return {"text": text, "quick_replies": offers, "topic": "fallback", **parts}


def answer(state: dict[str, Any], text: str, payload: str | None) -> list[Body]:
    """The answers to what the client said; `state` is kept for the conversation."""
    asked = state.pop("asked", None)
    said = text.lower()
    if asked == "name":
        return _ask(state, "contact", "What is the best phone number or email to reach you?", name=text)
    if asked == "contact":
        return [_read_back(state | {"contact": text})]
    if payload and payload.startswith("/time"):
        return _ask(state, "name", "What name should the request be under?", when=text)
    if payload and payload.startswith("/change"):
        return _ask(state, "name", "What name should it be?")
    for word, answers in ANSWERS.items():
        if word in said:
            return [body() for body in answers]
    return [say(f"You wrote: {text}", topic="clarify")]


def _ask(state: dict[str, Any], what: str, question: str, **known: str) -> list[Body]:
    state |= {"asked": what, **known}
    return [say(question, topic="booking")]


def _screen() -> Body:
    return say(
        "Before I suggest anything: is one calf swollen, warm or red, or do you feel numbness or pain at rest?",
        "No, none of that",
        "Yes",
        "Not sure",
        topic="complaint/calves",
    )


def _recommendation() -> Body:
    rows = [
        ("Session", "Myofascial release"),
        ("Minutes", "60"),
        ("Spacing", "Every 2 to 3 weeks while you build up"),
        ("Wear", "Workout shorts; no oil or cream is used"),
        ("Reasons", "Jessica works from foot to knee, front and back, which takes about an hour."),
        ("Reasons", "You said you run hills, and those ask a lot of calves and Achilles tendons."),
    ]
    card = {"kind": "recommendation", "rows": [{"label": label, "value": value} for label, value in rows]}
    return say(
        "For tight calves Jessica usually suggests myofascial release or cupping.",
        "Book this",
        "Not now",
        topic="recommendation",
        card=card,
    )


def _times() -> Body:
    rows = [
        {"label": day, "value": time, "payload": f"/time{{{number}.{index}}}"}
        for number, day in enumerate(DAYS)
        for index, time in enumerate(TIMES[number % 3 :])
    ]
    return say("These times are open. Which suits you?", topic="booking", card={"kind": "times", "rows": rows})


def _read_back(known: dict[str, str]) -> Body:
    rows = [
        {"label": "Session", "value": "Myofascial release, 60 minutes", "payload": "/change{session}"},
        {"label": "When", "value": known.get("when", "Monday, November 30, 9:00 am"), "payload": "/change{when}"},
        {"label": "Name", "value": known.get("name", "Dana Price"), "payload": "/change{name}"},
        {"label": "Contact", "value": known.get("contact", "508-555-0100"), "payload": "/change{contact}"},
    ]
    return say(
        "Please check that this is right.",
        "Yes, send it",
        "Change something",
        topic="booking",
        card={"kind": "read_back", "rows": rows},
    )


def _booked() -> Body:
    attachment = {"title": "Add to your calendar", "url": "/appointments/invitation.ics"}
    link = {"title": "How to find us", "url": "https://example.com/directions"}
    return say(
        "Your request is with Jessica. She confirms it here and by text message.",
        topic="booking",
        attachment=attachment,
        link=link,
    )


def _emergency() -> Body:
    return say(
        "Chest pain can be serious. Please call 911 now, or have someone near you call. Don't drive yourself.",
        topic="safety",
        level="emergency",
    )


def _doctor() -> Body:
    return say(
        "A calf that is swollen and warm on one side should be looked at by a doctor today. Please don't rub it, and have it "
        "checked before any massage.",
        topic="safety",
        level="doctor",
    )


def _long() -> Body:
    return say("Runningthroughthehills" * 227 + "end!!", topic="fallback")


def _markup() -> Body:
    return say('<img src=x onerror="window.hacked=1"><b>bold</b> & <script>window.hacked=1</script>', topic="fallback")


def _bidi() -> Body:
    return say("Open \u202egpj.exe\u202c now, שלום עולם", "Yes\u202eon", topic="fallback")


def _links() -> Body:
    return say(
        "See https://example.com/a_(b), then write. javascript:alert(1)",
        topic="fallback",
        link={"title": "Bad", "url": "javascript:window.hacked=1"},
        attachment={"title": "Bad too", "url": "data:text/html,x"},
    )


ANSWERS = {
    "calves": (_screen,),
    "none of that": (_recommendation,),
    "book": (_times,),
    "send it": (_booked,),
    "chest": (_emergency,),
    "swollen": (_doctor,),
    "long": (_long,),
    "markup": (_markup,),
    "bidi": (_bidi,),
    "links": (_links,),
    "first visit": (
        lambda: say(
            "Arrive a few minutes early.\n\nFor myofascial release, wear workout shorts, and a sports bra if you're a woman.",
            topic="faq/first_visit",
        ),
    ),
}
"""The first word found in what was said decides."""
