"""The practice's rules, as tables. Nothing here decides; `decide.py` reads them.

Where the article (the therapist's own text) is silent, the row says `practice-norm` and its sentence says so too.
"""

from __future__ import annotations

from dataclasses import dataclass

from legwork.advice.model import CUPPING, DEEP, MFR, SPORTS, Part

# --- What for which body part -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AreaRule:
    """What is done for one body part.

    Attributes:
        sessions: fitting sessions, best first.
        source: `article` where Jessica names these sessions for this part herself.
        why: her sentence about it; with `article` the sentence that names the sessions.
        hour: the region that takes her about an hour by itself, a key of `HOURS`, or None where she gives no length.
    """

    sessions: tuple[str, ...]
    source: str
    why: str | None = None
    hour: str | None = None


_LOWER_LEG = AreaRule(
    (MFR, CUPPING), "article", "For {areas}, Jessica usually suggests myofascial release or cupping.", "lower_leg"
)
# The two that the article calls detailed, focused work on certain areas.
_FOCUSED = AreaRule((DEEP, MFR), "practice-norm")
_HIPS = AreaRule(
    (DEEP, MFR),
    "practice-norm",
    "Tight hip flexors and glutes bring many people to Jessica, and in her view the biggest reason is sitting too much.",
)
_FEET = AreaRule(
    # Sports massage is the type with joint mobility in it, which is what the article wants for the foot.
    (SPORTS, MFR),
    "practice-norm",
    "With {areas}, Jessica starts with the right running shoe, which a specialty running store can fit; massage then "
    "brings blood flow to the plantar fascia and helps keep the joints in the foot mobile, she says.",
)
_ALL_OVER = AreaRule(
    (SPORTS, DEEP),
    "practice-norm",
    "In Jessica's view massage helps runners recover from training, with more range of motion and a reboot for the "
    "nervous system.",
)

AREA_RULES = {
    "calves": _LOWER_LEG,
    "achilles": _LOWER_LEG,
    "it_band": AreaRule(
        (CUPPING, MFR),
        "article",
        "For {areas}, clients do well with cupping, myofascial release or both, Jessica finds: work on the quads up "
        "into the hip flexors, the hamstrings, the glutes and the band too.",
        "it_band",
    ),
    "hips": _HIPS,
    "glutes": _HIPS,
    "piriformis": _FOCUSED,
    "knees": AreaRule(
        (DEEP, MFR),
        "practice-norm",
        "Jessica looks beyond the knee itself: in her view an uneven pelvis puts extra strain on the tendons around "
        "the hips and knees.",
    ),
    "plantar_fasciitis": _FEET,
    "feet": _FEET,
    "shin_splints": AreaRule(
        (MFR, DEEP), "practice-norm", "Jessica's lower leg work goes from foot to knee, front and back of the legs."
    ),
    "quads": _FOCUSED,
    "hamstrings": _FOCUSED,
    "back": _FOCUSED,
    "general_soreness": _ALL_OVER,
    "legs": _ALL_OVER,
    # The article says nothing about these. Both focused types fit equally; the gentler-handed one goes first
    # where vessels and nerves lie near the surface.
    "ankles": _FOCUSED,
    "groin": AreaRule((MFR, DEEP), "practice-norm"),
    "neck": AreaRule((MFR, DEEP), "practice-norm"),
    "shoulders": _FOCUSED,
    "arms": _FOCUSED,
    "hands": AreaRule((MFR, DEEP), "practice-norm"),
}

NOWHERE = AreaRule((SPORTS, DEEP, MFR), "practice-norm")
"""Without any body part: a session for a runner as such."""

GENTLEST = (MFR, SPORTS)
"""What is left when notes rule out all that would fit. No note may rule out both; a test holds that."""

DESCRIBED = {
    SPORTS: "sports massage has lots of stretching, compression and gentle movement of the joints",
    DEEP: "deep tissue is detailed, focused work on certain areas",
    MFR: "myofascial release is detailed, focused work without oil or cream",
    CUPPING: "cupping is what she uses for calves, Achilles tendons and IT bands",
}
"""The article's own description of each type; joint mobility is worded as the Massachusetts massage law allows."""

HOURS = {
    "lower_leg": "About an hour: it's a lot of soft tissue work from foot to knee, front and back of the legs.",
    "it_band": "About an hour, since the quads, hip flexors, hamstrings and glutes are worked as well as the band.",
}
"""Regions that take Jessica about an hour each, and what that hour holds. Source: article."""

# --- Reasons ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReasonRule:
    """A sentence that is said when its fact was told and, if it names areas, one of them hurts.

    The first matching row of a fact is said. `{areas}` are those of the row that the client named, with their side.
    """

    fact: str
    areas: frozenset[str]
    text: str
    source: str = "article"


_LOWER = frozenset({"calves", "achilles"})
_PELVIS = frozenset({"hips", "glutes", "piriformis"})
ANY: frozenset[str] = frozenset()

REASONS = (
    ReasonRule(
        "hills",
        _LOWER,
        "Because you run hills and feel it in {areas}: Jessica calls hills speed work in disguise, and pushing uphill "
        "asks a lot of strength of calves and Achilles tendons.",
    ),
    ReasonRule("hills", ANY, "Because you run hills: Jessica calls them speed work in disguise."),
    ReasonRule(
        "sitting",
        _PELVIS,
        "Because you sit a lot and feel it in {areas}: in Jessica's view too much sitting makes the hip flexors short "
        "and weak and can pull the pelvis out of level.",
    ),
    ReasonRule(
        "sitting",
        frozenset({"knees"}),
        "Because you sit a lot and feel it in {areas}: in Jessica's view too much sitting can pull the pelvis out of "
        "level, which puts extra strain on the tendons around the knees.",
    ),
    ReasonRule(
        "sitting",
        frozenset({"it_band"}),
        "Because you sit a lot and feel it in {areas}: in Jessica's view sitting can pull the pelvis out of level, and "
        "that can even cause IT band pain.",
    ),
    ReasonRule("sitting", ANY, "Because you sit a lot: in Jessica's view too much sitting makes the hip flexors short and weak."),
    ReasonRule(
        "stops/speed_work",
        ANY,
        "Because it keeps you from speed work: Jessica says tendons take a lot of time to get the strength for that.",
    ),
    ReasonRule(
        "stops/running",
        frozenset({"plantar_fasciitis", "feet"}),
        "Because it keeps you from running: foot pain can really set a runner's training back, as Jessica puts it.",
    ),
    *(
        ReasonRule(
            f"stops/{activity}",
            ANY,
            f"Because it keeps you from {name}: Jessica sees runners push through pain all too often.",
        )
        for activity, name in {
            "running": "running",
            "long_runs": "your long runs",
            "training": "training",
            "racing": "racing",
        }.items()
    ),
    ReasonRule(
        "stops/*",
        ANY,
        "Because it gets in the way of {stops}, tell Jessica that first: it helps her decide where to work.",
        "practice-norm",
    ),
    ReasonRule(
        "a_while",
        ANY,
        "You've had it for {duration}, and for pain like that, Jessica says, stretching alone mostly doesn't take care of it.",
    ),
    ReasonRule(
        "earlier_sessions",
        ANY,
        "Because you've had sessions before: Jessica says massage before and after a race can both work, especially "
        "when you've been getting it through the whole training block.",
    ),
)
"""In the order in which they are said. `stops/*` stands for whatever else a complaint gets in the way of."""

NEEDS_AREA = ("a_while", "stops/")
"""Facts (by their beginning) that mean nothing without something that hurts."""
NEEDS_RACE = ("earlier_sessions",)
"""Facts that matter around a race only."""

# --- How often --------------------------------------------------------------------------------------------------

BIG_GOALS = ("bq", "boston_marathon", "marathon", "50k", "ultra", "triathlon")
"""What counts as "a big goal such as a Boston Qualifying (BQ) time". The article names the BQ; the rest is our reading."""

WEEKLY = Part(
    (1, 2),
    "Weekly or every other week, to stay on top of injuries and the strain of that much training.",
    "article",
)
BETWEEN = (
    "Jessica suggests weekly or every other week toward a big goal such as a Boston qualifier; how close together for "
    "{race} is for the two of you to decide."
)
SPACED = Part((3, 4), "Every 3 to 4 weeks keeps those legs turning over nicely.", "article")
UNTOLD = Part(
    (3, 4),
    "Every 3 to 4 weeks if you aren't training for a race; weekly or every other week toward a big goal.",
    "article",
)

# --- What to wear -----------------------------------------------------------------------------------------------

_NO_OIL = "No oil or massage cream is used."
_UNDRESS = "you never have to undress further than you're comfortable with."
_ON_LEGS = Part(("shorts",), f"Shorts are handy for leg work; {_UNDRESS}", "practice-norm")
WEAR = {
    (MFR, None): Part(("workout shorts",), f"Come in workout shorts; female clients need a sports bra. {_NO_OIL}", "article"),
    (MFR, "female"): Part(("workout shorts", "sports bra"), f"Come in workout shorts and a sports bra. {_NO_OIL}", "article"),
    (MFR, "male"): Part(("workout shorts",), f"Come in workout shorts. {_NO_OIL}", "article"),
    (SPORTS, None): Part((), "Most of the time sports massage is done clothed.", "article"),
    (DEEP, None): _ON_LEGS,
    (CUPPING, None): _ON_LEGS,
}
"""(session, sex) → clothes; a sex without a row of its own takes the row with None."""

OFF_LEGS = Part((), f"Come as you like; {_UNDRESS}", "practice-norm")
"""In the place of a row of the practice's norm where nothing below the hips hurts."""

UPPER = frozenset({"back", "neck", "shoulders", "arms", "hands"})

# --- Around a race ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RaceRule:
    """What holds from `most` down to `least` days before the race (negative: after it).

    Attributes:
        window: (first, last) day for the next deeper session, counted from race day.
        light_only: whether deep tissue and cupping are left out before the race.
    """

    least: int
    most: float
    text: str
    window: tuple[int, int]
    light_only: bool = False


RACE_RULES = (
    RaceRule(
        8,
        float("inf"),
        "As a rule of thumb the last deep session is about 4 to 7 days before the race, so {first} to {last}, with only "
        "light work in the last 2 to 3 days.",
        (-7, -4),
    ),
    RaceRule(
        4,
        7,
        "As a rule of thumb the last deep session is about 4 to 7 days before the race, so by {last}; after that only light "
        "work, and nothing new in race week.",
        (-7, -4),
    ),
    RaceRule(
        0,
        3,
        "So close to the race only light work is usual and nothing new; anything deeper waits about 1 to 3 days after it, "
        "so {first} to {last}.",
        (1, 3),
        light_only=True,
    ),
    RaceRule(
        -3, -1, "After a race it's usual to wait about 1 to 3 days, so {first} to {last}; light work is fine sooner.", (1, 3)
    ),
)
"""Source: practice-norm. The article only says "before or after: you could do both"."""

FIRST_IN_RACE_WEEK = RaceRule(
    0,
    7,
    "Nothing new in race week is the usual advice, so a first session is better about 1 to 3 days after the race, "
    "{first} to {last}.",
    (1, 3),
    light_only=True,
)
RACE_UNDATED = (
    "As a rule of thumb the last deep session is about 4 to 7 days before the race, with only light work in the last 2 to "
    "3 days; afterwards wait about 1 to 3 days."
)
LIGHT_ONLY = {
    DEEP: "Deep tissue is left out before your race, since it is {days}: only light work is usual then.",
    CUPPING: "Cupping is left out before your race, since it is {days}: only light work is usual then, and nothing new.",
}

# --- Notes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoteRule:
    """What a `tell_jessica` sign means for the session.

    Attributes:
        text: the reason said whether or not anything is left out.
        left_out: technique → why. Besides sessions, `belly` and `sore_skin` name places that aren't worked on.
    """

    text: str
    left_out: dict[str, str]


_DOCTOR = "and Jessica needs your doctor's or midwife's word first"

NOTES = {
    "pregnancy_told": NoteRule(
        f"Because you told me you're pregnant, the session stays gentle {_DOCTOR}.",
        {
            CUPPING: "Cupping is left out while you're pregnant; belly and back are not cupped.",
            DEEP: "Deep tissue is left out while you're pregnant, since clots form more easily then.",
            "belly": "The belly is not worked on while you're pregnant.",
        },
    ),
    "blood_thinners": NoteRule(
        "Because you take a blood thinner or bleed easily, only gentle work is suggested; ask whoever prescribes it first.",
        {
            DEEP: "Deep tissue is left out because you take a blood thinner or bleed easily, and it can bruise.",
            CUPPING: "Cupping is left out because you take a blood thinner or bleed easily, and it bruises.",
        },
    ),
    "past_clot": NoteRule(
        "Because of the history you told me about, only gentle work is suggested; ask your doctor first.",
        {
            DEEP: "Deep tissue is left out because of the history you told me about, until a doctor says it's all right.",
            CUPPING: "Cupping is left out because of the history you told me about, until a doctor says it's all right.",
        },
    ),
    "cancer": NoteRule(
        "Because of the cancer you told me about, only gentle work is suggested; ask your oncologist first.",
        {
            DEEP: "Deep tissue is left out because of the cancer you told me about, until your oncologist approves it.",
            CUPPING: "Cupping is left out because of the cancer you told me about, until your oncologist approves it.",
        },
    ),
    "recent_surgery": NoteRule(
        "Because of the surgery, fracture or injection you told me about, the tissue needs care; ask your surgeon first.",
        {
            DEEP: "Deep tissue is left out while tissue may still be healing.",
            CUPPING: "Cupping is left out while tissue may still be healing.",
        },
    ),
    "skin": NoteRule(
        "Because of the skin trouble you told me about, that spot is left alone.",
        {
            CUPPING: "Cupping is left out because of your skin; cups need healthy skin.",
            "sore_skin": "Broken or irritated skin is not worked on.",
        },
    ),
    "adapt_conditions": NoteRule(
        "Because of the condition you told me about, Jessica may adapt the session.",
        {
            DEEP: "Deep tissue is left out because of the condition you told me about, until Jessica has talked with you.",
            CUPPING: "Cupping is left out because of the condition you told me about, until Jessica has talked with you.",
        },
    ),
    "allergy": NoteRule("Because of your allergy, tell Jessica before she uses anything on your skin.", {}),
    "contagious": NoteRule("Because you're ill, pick a day when you're well again.", {}),
    "minor_told": NoteRule("Because the client is under 18, Jessica talks to a parent or guardian first.", {}),
    "past_sign": NoteRule("Because of what you've been through before, tell Jessica about it when you come.", {}),
}
"""Codes of the safety screen → what they mean here. Source: reference/safety.md's table, as `practice-norm`."""

UNKNOWN_NOTE = NoteRule(
    "Because of what you told me about your health, Jessica decides with you what fits.",
    {
        DEEP: "Deep tissue is left out until Jessica has talked with you about your health.",
        CUPPING: "Cupping is left out until Jessica has talked with you about your health.",
    },
)
"""A sign that this table doesn't know yet is taken as one that rules out both."""
