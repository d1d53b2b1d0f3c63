"""Complaints: what Jessica does for it, at most two questions, and a recommended session with reasons."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions.turn import Turn, TurnAction, reply
from legwork import advice
from legwork.advice import AREAS, SESSIONS, Circumstances, Wishes
from legwork.advice.wording import SESSION_NAMES, area_names
from legwork.nlu import racedays
from legwork.nlu.context import FORGET, NEAREST, asks
from legwork.nlu.safety import screening
from legwork.nlu.safety.stops import screened_area
from legwork.settings import practice, settings

QUESTIONS = {
    "training": (("Yes, for a race", "yes"), ("No race right now", "no")),
    "duration": (("A few days", "days"), ("Some weeks", "weeks"), ("Months", "months")),
}
SCREEN = (reply("No, none of that", "no", "screen"), reply("Yes", "yes", "screen"), reply("Not sure", "unsure", "screen"))
OFFER = (reply("Book this", "yes", "offer_booking"), reply("Not now", "no", "offer_booking"))
MOST_REPEATS = 2
"""So often a screening question is asked again after something else."""

ADDS = re.compile(r"^\W*(?:and|also|plus)\b|\b(?:too|also|as well)\W*$", re.IGNORECASE)
"""Another complaint beside the one before ("and my glutes"), and not instead of it."""
HURTS = re.compile(
    r"\b(?:hurt\w*|sore|pain\w*|ach(?:e[sd]?|y|ing)|injur\w*|strain\w*|pull(?:ed|ing)|tweak\w*|kill(?:s|ing)|bother\w*|flar(?:ed|es|ing)|acting up)\b",
    re.IGNORECASE,
)
"""Says that something is wrong, and not only what is to be worked on: "tight" alone is what everybody is."""

REACHES = re.compile(r"\b(?:down|into|along) (?:the|my|one|both|a) (?:\w+ )?legs?\b", re.IGNORECASE)
"""Says how far something else reaches, and nothing of the leg itself."""

PART_OF_FOOT = re.compile(
    r"\b(?:(?:ball|top|side)s? of (?:my|the|your|one|both|each) (?:\w+ )?(?:foot|feet)|toes?|forefoot|metatarsal\w*)\b",
    re.IGNORECASE,
)
DURATIONS = {"days": 4, "weeks": 21, "months": 90}
"""Days that the quick replies stand for."""


class ActionComplaint(TurnAction):
    """Hears a complaint."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_complaint"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        from actions import appointments  # which builds on this module

        if appointments.says_it_all(turn) or appointments.names_hour(turn):
            appointments.start(turn)
        else:
            hear(turn, turn.reading["topics"][0])


def hear(turn: Turn, topic: str) -> None:
    """Says what Jessica does for it, then asks or recommends; in the middle of a booking it is to be worked on too."""
    from actions import appointments, safety

    area = topic.split("/")[1]
    if area not in (turn.get("stopped") or {}).get("areas", ()):
        tell(turn, topic)
    if not safety.may_book(turn, [area]):
        return
    if not turn.in_form:
        go_on(turn)
    elif appointments.adds_area(turn) and not asked_about(turn, area):
        # One question, so that a booking stays short.
        turn.set(circumstances={**(turn.get("circumstances") or {}), "book": True, "used": 2})
        ask_screen(turn, area, screening_of(area)[0])


def tell(turn: Turn, topic: str) -> None:
    """Says what Jessica does for it and remembers what hurts."""
    area = topic.split("/")[1]
    known = gathered(turn)
    named = [a for a in turn.values("area") if a in AREAS]
    if len(named) > 1 and REACHES.search(turn.text):
        named = [a for a in named if a != "legs"]
    unwritten = [] if area in named else [a for a in named if NEAREST.get(a) == area]
    if ADDS.search(turn.text):
        named = [*named, *known.get("areas", ())]
    of_its_own = not unwritten and (area != "general_soreness" or not named)
    known["areas"] = list(dict.fromkeys([area, *named] if of_its_own else named))
    known["used"] = 0
    for name in ("booked", "asked"):  # who tells of something else meanwhile is asked once more
        known.pop(name, None)
    side = known.get("side")
    if unwritten:
        turn.say("utter_unwritten", topic=topic, areas=area_names(unwritten, side))
    else:
        if PART_OF_FOOT.search(turn.text) and topic == "complaint/plantar_fasciitis":
            turn.say("utter_unwritten/part_of_foot", topic=topic)
        turn.answer(topic)
    said = {area_names([each], side) for each in (unwritten or [area])}
    if others := [each for each in known["areas"] if area_names([each], side) not in said]:
        turn.say("utter_also_noted", topic=topic, areas=area_names(others, side))
    turn.set(circumstances=known, topic=topic, answered=topic)


def gathered(turn: Turn) -> dict[str, Any]:
    """What is known so far, with what this message adds."""
    known = dict(turn.get("circumstances") or {})
    first = {name: values[0] for name in ("side", "duration", "sex", "race", "earlier_sessions") if (values := turn.values(name))}
    known.update(first)
    if stops := turn.values("stops"):
        known["stops"] = list(dict.fromkeys([*known.get("stops", ()), *stops]))
    for flag in ("hills", "sitting"):
        if turn.values(flag):
            known[flag] = True
    if training := turn.values("training"):
        known["training"] = training[0]
    elif turn.values("race"):
        known.pop("training", None)  # who names a race after all trains for it or has just run it
    take_race_day(turn, known)
    wishes = dict(known.get("wishes") or {})
    if sessions := [s for s in turn.values("session") if s in SESSIONS]:
        wishes["session"] = sessions[0]
    if minutes := turn.values("minutes"):
        wishes["minutes"] = minutes[0]
    if pressure := turn.values("pressure"):
        wishes["pressure"] = pressure[0]
    known["wishes"] = wishes
    return known


def take_race_day(turn: Turn, known: dict[str, Any]) -> None:
    """The day of a race that the message names or that was asked for; what hurts since a race has hurt for so long."""
    if not (racedays.names_race(turn.text) or turn.values("race") or turn.get("asked") == "advice_training"):
        return
    today = settings().now().astimezone(practice().zone).date()
    day = racedays.read(turn.text, today)
    if day is None:
        return
    known["race_date"] = day.isoformat()
    if day < today:
        known.setdefault("duration", (today - day).days)


def circumstances(turn: Turn) -> Circumstances:
    """The slot's content as the advice takes it."""
    known = turn.get("circumstances") or {}
    race_date = known.get("race_date")
    return Circumstances(
        areas=tuple(known.get("areas") or ()),
        side=known.get("side"),
        duration=known.get("duration"),
        stops=tuple(known.get("stops") or ()),
        training=known.get("training"),
        race=known.get("race"),
        race_date=dt.date.fromisoformat(race_date) if race_date else None,
        today=settings().now().astimezone(practice().zone).date(),
        earlier_sessions=known.get("earlier_sessions"),
        sex=known.get("sex"),
        hills=bool(known.get("hills")),
        sitting=bool(known.get("sitting")),
        notes=turn.conditions,
        wishes=Wishes(**(known.get("wishes") or {})),
    )


def go_on(turn: Turn) -> None:
    """Asks the next question that is owed, or recommends."""
    known = dict(turn.get("circumstances") or {})
    turn.note()  # what Jessica must know changes what is recommended
    done = known.get("screened", ())
    owed = next(((area, name) for area in known.get("areas", ()) for name in screening_of(area) if name not in done), None)
    if owed and known.get("used", 0) < 2:
        turn.set(circumstances={**known, "used": known.get("used", 0) + 1})
        ask_screen(turn, *owed)
        return
    if known.pop("book", False):
        from actions import appointments

        turn.set(circumstances=known)
        if not turn.in_form:  # one that is open goes on by itself
            appointments.start(turn)
        return
    question = advice.next_question(circumstances(turn), used=known.get("used", 0), asked=known.get("asked", ()))
    if question:
        known["used"], known["asked"] = known.get("used", 0) + 1, [*known.get("asked", ()), question]
        turn.set(circumstances=known)
        turn.say(
            f"utter_ask_advice/{question}",
            topic="recommendation",
            buttons=[reply(title, value, f"advice_{question}") for title, value in QUESTIONS[question]],
        )
        turn.ask(f"advice_{question}")
        return
    recommend(turn)


def screening_of(area: str) -> list[str]:
    """The screening questions of an area; those of its neighbor where it has none of its own and they fit it too."""
    return [] if area == "shoulders" else screening.questions(NEAREST.get(area, area))


def owed_for(turn: Turn, areas: list[str]) -> tuple[str, str] | None:
    """The area and the question about warning signs that come before a booking; None where nothing is owed.

    It is the question left open, or one where this message says that something hurts, so that a booking stays short: who only
    names what is to be worked on ("60 minutes for my calves") is asked by Jessica.
    """
    known = turn.get("circumstances") or {}
    if (left := known.get("open")) and left[0] in areas:
        return left[0], left[1]
    told = HURTS.search(turn.text) or turn.values("duration")
    area = next((each for each in areas if screening_of(each)), None) if told else None
    return (area, screening_of(area)[0]) if area and not asked_about(turn, area) else None


def asked_about(turn: Turn, area: str) -> bool:
    """Whether a question about warning signs was settled for the area, or none is owed."""
    asked = screening_of(area)
    return not asked or bool({*asked} & {*(turn.get("circumstances") or {}).get("screened", ())})


def ask_screen(turn: Turn, area: str, name: str, **how: int) -> None:
    """Asks a screening question; it stays open until it is answered. `how`: what was done already to have it answered."""
    turn.set(circumstances={**(turn.get("circumstances") or {}), "open": [area, name]})
    turn.say(name, topic=f"complaint/{NEAREST.get(area, area)}", buttons=SCREEN)
    turn.ask("screen", area=area, name=name, **how)


def reopen(turn: Turn) -> bool:
    """Asks the screening question once more whose yes was taken back, and takes away the stop that it made; says whether it was found."""
    known, area = turn.get("circumstances") or {}, screened_area(turn.get("stopped")) or ""
    name = next((name for name in screening_of(area) if name not in known.get("screened", ())), None)
    if name is None:
        return False
    topic = f"complaint/{NEAREST.get(area, area)}"
    turn.set(stopped=None, topic=topic, circumstances={**known, "open": [area, name]})
    turn.say(f"utter_screen_meant/{name.split('/')[1]}", topic=topic, buttons=SCREEN)
    turn.ask("screen", area=area, name=name, meant=True)
    return True


def left_open(turn: Turn) -> dict[str, Any] | None:
    """The screening question that this message found open, also behind an offer to ask Jessica."""
    pending: dict[str, Any] = turn.get("pending") or {}
    return pending if turn.get("asked") == "screen" else pending.get("screen")


def keep_open(turn: Turn, left: dict[str, Any] | None) -> None:
    """Asks a screening question again after something else was answered, or once what that has asked is settled.

    Thanks and goodbyes end it, and so do questions of the client's own after MOST_REPEATS: it comes before a booking then.
    """
    ends = turn.reading["topics"] in (["smalltalk/goodbye"], ["smalltalk/thanks"])
    leaves = turn.goes_on or ends or turn.intent in ("safety", "inbox") or FORGET.search(turn.text)
    if not left or leaves or turn.in_form or turn.get("stopped"):
        return
    if not turn.has_asked:
        if (repeated := left.get("repeated", 0)) < MOST_REPEATS:
            ask_screen(turn, **{**left, "repeated": repeated + 1})
    elif turn.get("asked") in ("pass_on", "pass_on_contact", "clarify"):
        turn.set(pending={**(turn.get("pending") or {}), "screen": left})


def screened(turn: Turn, value: str | None) -> None:
    """An answer to a screening question: yes and not sure go up to `doctor`, no goes on; what answers nothing is asked again once.

    Who asks what is meant, or why, is told; a question beside a no is answered.
    """
    from actions import appointments, safety

    pending = turn.get("pending") or {}
    # Prose needs the careful reader: "no swelling, but it's warm" is no "no".
    verdict = value if turn.intent == "choose" else screening.read_answer(turn.text)
    asks_back = None if turn.intent == "choose" else screening.asks_back(turn.text)
    books = bool("appointment_book" in turn.reading["topics"] or (turn.get("circumstances") or {}).get("book"))
    beside = verdict is None or (verdict == "no" and appointments.wishes_beside(turn.text))
    if beside and books:
        appointments.take_aside(turn)
    if verdict is None and not pending.get("meant") and (asks_back or asks(turn.text)):
        turn.say(f"utter_screen_meant/{pending['name'].split('/')[1]}", topic=turn.get("topic"), buttons=SCREEN)
        turn.ask("screen", **{**pending, "meant": True})
        return
    if verdict is None and not pending.get("again"):
        turn.say("utter_screen_again", topic=turn.get("topic"), buttons=SCREEN)
        turn.ask("screen", **{**pending, "again": True})
        return
    known, area = gathered(turn), pending.get("area")
    known.pop("open", None)
    if verdict in ("no", None):
        # Words that say neither yes nor doubt ("what?") told of nothing that could be stopped: Jessica asks before the massage.
        settled = [pending["name"]] if verdict else screening_of(area or "")
        known["screened"] = [*known.get("screened", ()), *settled]
        known |= {"book": True} if books else {}
    else:
        known.pop("book", None)
    turn.set(circumstances=known)
    if verdict is None:
        turn.leave_to_jessica("screen_unanswered", "utter_screen_left", turn.get("topic") or "recommendation")
    if verdict in ("no", None):
        answer_beside(turn, asks_back)
        go_on(turn)
    else:
        safety.stop(turn, "doctor", f"screen_{area or 'unknown'}", areas=[area] if area else [], unsure=verdict == "unsure")


def answer_beside(turn: Turn, asks_back: str | None) -> None:
    """Answers what was asked beside a no; whatever is unset is said to be, without another question."""
    if asks_back == "why":
        turn.say("utter_screen_why", topic=turn.get("topic"))
    for topic in turn.reading["topics"]:
        if topic.startswith("faq/") and not asks_back:
            turn.answer(topic)
            turn.set(answered=topic)


def told(turn: Turn, question: str, value: str | None) -> None:
    """An answer to one of the advice's own questions; whatever it says is used, and nothing is asked twice."""
    known = gathered(turn)
    if question == "training" and "training" not in known:
        known["training"] = {"yes": True, "no": False}.get(value or "", bool(known.get("race") or known.get("race_date")) or None)
    if question == "duration" and "duration" not in known:
        known["duration"] = DURATIONS.get(value or "")
    turn.set(circumstances=known)
    go_on(turn)


def weighs(turn: Turn) -> bool:
    """Takes what a message adds after a recommendation, recommends anew, and says whether there was any such thing."""
    from actions import appointments

    before = turn.get("circumstances") or {}
    known = gathered(turn)
    if not turn.get("recommendation") or known == {**before, "wishes": known["wishes"]}:
        return False
    turn.set(circumstances=known)
    if turn.reading["answer"] == "yes" and appointments.reads_time(turn.text):
        return False  # "yes, the Saturday before my marathon" is booked
    recommend(turn, "utter_recommendation/again")
    return True


def prefers(turn: Turn) -> bool:
    """Takes a wish for another session or length than the recommended one, and says whether it was such.

    Jessica may well be asked for something else than she'd suggest, but not for what a note rules out.
    """
    from actions import appointments
    from actions.draft import say_session

    suggested = turn.get("recommendation")
    wish = {name: turn.values(name)[0] for name in ("session", "minutes") if turn.values(name)}
    settled = turn.get("stopped") or (turn.get("circumstances") or {}).get("booked")
    if not suggested or not wish or settled or all(suggested[name] == value for name, value in wish.items()):
        return False
    turn.set(circumstances=gathered(turn))
    best = advice.recommend(circumstances(turn))
    if why := dict(best.left_out).get(wish.get("session", "")):
        turn.say("utter_ruled_out", topic="recommendation", buttons=OFFER, why=why, session=SESSION_NAMES[suggested["session"]])
        turn.ask("offer_booking")
        return True
    wanted = {**suggested, **wish}
    turn.set(recommendation=wanted)
    turn.say(
        "utter_preferred" if wanted["session"] == suggested["session"] else "utter_preferred/wear",
        topic="recommendation",
        session=say_session(wanted),
        wear=advice.wear(circumstances(turn), wanted["session"]).text,
    )
    appointments.start(turn)
    return True


def ruled_out(turn: Turn, session: str) -> str | None:
    """Why a note rules out this kind of session; None where it doesn't. A race is no matter here: the wish may be for after it."""
    told = Circumstances(today=circumstances(turn).today, notes=turn.conditions)
    return dict(advice.recommend(told).left_out).get(session)


def recommend(turn: Turn, response: str = "utter_recommendation") -> None:
    """The recommended session with its reasons, and an offer to book it, in the words of `response`."""
    now = circumstances(turn)
    recommended = advice.recommend(now)
    parts = advice.say(recommended, now)
    rows = [
        ("Session", SESSION_NAMES[recommended.session].capitalize()),
        ("Length", recommended.length.text),
        ("How often", recommended.spacing.text),
    ]
    rows += [("What to wear", recommended.wear.text)]
    told = [value for _, value in rows]
    rows += [("Why", reason.text) for reason in recommended.reasons if reason.text not in told][:2]
    text = " ".join(parts[key] for key in SPOKEN[turn.channel == "web"] if parts.get(key))
    card = {"kind": "recommendation", "rows": [{"label": label, "value": value} for label, value in rows if value]}
    turn.say(
        response,
        topic="recommendation",
        recommendation=text,
        buttons=OFFER,
        **({"card": card} if turn.channel == "web" else {}),
    )
    turn.ask("offer_booking")
    turn.set(
        recommendation={
            "session": recommended.session,
            "minutes": recommended.minutes,
            "areas": list(now.areas),
            "reasons": [reason.text for reason in recommended.reasons],
        }
    )


SUGGESTS = re.compile(
    r"\b(?:what|which|how)\b.*\b(?:suggest\w*|recommend\w*|advise|would (?:you|she|jessica)(?: \w+)? do|(?:do|does|can) (?:you|she|jessica)(?: \w+)? do)\b",
    re.IGNORECASE,
)
"""Asks what would be done about it."""


def suggests_again(turn: Turn) -> bool:
    """Suggests from what is known, where that is asked for after a suggestion or in place of a question before it; says whether it did."""
    heard, asked = turn.get("circumstances") or {}, turn.get("asked") or ""
    told = asked.startswith("advice_") or (turn.get("recommendation") and asked != "screen")
    settled = heard.get("booked") or turn.in_form or turn.get("stopped") or turn.intent not in SAID_ALREADY
    if not told or settled or not SUGGESTS.search(turn.text) or {*turn.values("area")} - {*heard.get("areas", ())}:
        return False
    turn.set(circumstances=gathered(turn))
    recommend(turn)
    return True


SAID_ALREADY = ("complaint", "smalltalk", "clarify", "out_of_scope", "answer")
"""What the question for the suggestion that stands may be taken for."""

SPOKEN = {
    True: ("suggestion", "notes", "left_out", "timing"),
    False: ("suggestion", "length", "because", "notes", "left_out", "timing"),
}
"""Parts of the recommendation that stand in the text, by whether a card below it shows the rest."""
