"""The tables of `rules.py` applied to one client's circumstances."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from legwork.advice import rules, wording
from legwork.advice.model import CUPPING, DEEP, Circumstances, Part, Reason, Recommendation, facts
from legwork.advice.rules import AreaRule, RaceRule

LeftOut = tuple[tuple[str, str], ...]


def recommend(c: Circumstances) -> Recommendation:
    """Suggests a session and says why.

    Every rule comes from the therapist's article or is marked as a practice norm; where neither decides, the part says
    that it is Jessica's to decide, and its value is None.
    """
    race_rule = _race_rule(c)
    left_out = _left_out(c, race_rule)
    lead = _leading_rule(c)
    candidates = _candidates(c, lead, {technique for technique, _ in left_out})
    session, *alternatives = candidates
    source = lead.source if session in lead.sessions else "practice-norm"
    if session == c.wishes.session and lead.source != "article":
        source = "client"
    length, length_reasons = _length(c)
    spacing, spacing_reasons = _spacing(c)
    return Recommendation(
        session=session,
        alternatives=tuple(alternatives),
        source=source,
        minutes=length.value[0] if length.value else None,
        length=length,
        spacing=spacing,
        wear=wear(c, session),
        timing=_timing(c, race_rule),
        reasons=(
            *_note_reasons(c),
            *_named_reasons(c, lead),
            *_fact_reasons(c),
            *_area_reasons(c, session, lead),
            *_wish_reasons(c, session, {technique for technique, _ in left_out}),
            *length_reasons,
            *spacing_reasons,
        ),
        left_out=left_out,
    )


def wear(c: Circumstances, session: str) -> Part:
    """What to wear for this session."""
    row = rules.WEAR.get((session, c.sex)) or rules.WEAR[session, None]
    off_legs = row.source == "practice-norm" and c.areas and rules.UPPER.issuperset(c.areas)
    return rules.OFF_LEGS if off_legs else row


# --- The session ------------------------------------------------------------------------------------------------


def _leading_rule(c: Circumstances) -> AreaRule:
    """The rule of the first area for which the article names sessions, else of the first area."""
    area_rules = [rules.AREA_RULES[area] for area in c.areas] or [rules.NOWHERE]
    return next((rule for rule in area_rules if rule.source == "article"), area_rules[0])


def _candidates(c: Circumstances, lead: AreaRule, excluded: set[str]) -> list[str]:
    """Fitting sessions, best first: those that Jessica names for the area, then those that serve most areas, then wishes."""
    served = Counter(session for area in c.areas for session in rules.AREA_RULES[area].sessions)
    named = lead.source == "article"
    order = list(dict.fromkeys((*lead.sessions, *served)))
    order.sort(key=lambda session: (named and session not in lead.sessions, -served[session]))
    if not named and c.wishes.pressure:
        # A wish for firm work puts deep tissue first, one for light work last; sorting keeps the rest in place.
        order.sort(key=lambda session: (session == DEEP) == (c.wishes.pressure == "light"))
    wish = c.wishes.session
    if wish in order:
        order.insert(0, order.pop(order.index(wish)))
    elif wish:
        order.insert(len(lead.sessions) if named else 0, wish)
    return [s for s in order if s not in excluded] or [s for s in rules.GENTLEST if s not in excluded]


def _left_out(c: Circumstances, race_rule: RaceRule | None) -> LeftOut:
    pairs = [pair for note in c.notes for pair in rules.NOTES.get(note, rules.UNKNOWN_NOTE).left_out.items()]
    days = c.days_to_race
    if race_rule and race_rule.light_only and days is not None:
        away = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
        pairs += [(technique, why.format(days=away)) for technique, why in rules.LIGHT_ONLY.items()]
    return tuple(dict.fromkeys(pairs))


# --- Length, spacing, timing ------------------------------------------------------------------------------------


def _length(c: Circumstances) -> tuple[Part, list[Reason]]:
    """The article's hour where it gives one, else what the client asked for, else Jessica's to set."""
    by_region: dict[str, list[str]] = {}
    for area in c.areas:
        if region := rules.AREA_RULES[area].hour:
            by_region.setdefault(region, []).append(area)
    wish = c.wishes.minutes
    if len(by_region) > 1:
        names = wording.area_names([a for areas in by_region.values() for a in areas], c.side)
        text = f"Jessica takes about an hour each for {names}, so she sets the length with you."
        return Part(None, text, "article"), []
    if not by_region:
        if wish:
            return Part((wish,), f"{wish} minutes, as you asked.", "client"), []
        return Part(None, "Jessica sets the length with you.", "unset"), []
    [(region, areas)] = by_region.items()
    reasons = [Reason(f"area/{areas[0]}", rules.HOURS[region], "article")]
    if len(areas) < len(c.areas):
        names = wording.area_names(areas, c.side)
        reasons.append(
            Reason(f"area/{areas[0]}", f"The hour is for {names}; what else fits in, Jessica decides with you.", "article")
        )
    if wish and wish > 60:
        return Part((wish,), f"{wish} minutes, as you asked.", "client"), reasons
    if wish and wish < 60:
        text = f"You asked for {wish} minutes; for {wording.area_names(areas, c.side)} Jessica takes about an hour."
        reasons.append(Reason("wish/minutes", text, "article"))
    return Part((60,), rules.HOURS[region], "article"), reasons


def _spacing(c: Circumstances) -> tuple[Part, list[Reason]]:
    told = facts(c)
    if "training" in told:
        if c.race in rules.BIG_GOALS:
            goal = wording.race_name(c.race)
            text = f"Because you're working toward {goal}: Jessica suggests weekly or every other week toward a big goal."
            return rules.WEEKLY, [Reason("training", text, "article")]
        return Part(None, rules.BETWEEN.format(race=wording.race_name(c.race)), "article"), []
    if "no_training" in told:
        text = "Because you aren't training for a race: Jessica suggests every 3 to 4 weeks then."
        return rules.SPACED, [Reason("no_training", text, "article")]
    return rules.UNTOLD, []


def _race_rule(c: Circumstances) -> RaceRule | None:
    days = c.days_to_race
    if days is None:
        return None
    rows = (rules.FIRST_IN_RACE_WEEK, *rules.RACE_RULES) if c.earlier_sessions == 0 else rules.RACE_RULES
    return next((row for row in rows if row.least <= days <= row.most), None)


def _timing(c: Circumstances, rule: RaceRule | None) -> Part | None:
    if rule and c.race_date and c.today:
        first, last = (c.race_date + dt.timedelta(days=offset) for offset in rule.window)
        first = max(first, c.today)
        last = max(last, first)
        text = rule.text.format(first=wording.day_name(first), last=wording.day_name(last))
        # A window that has shrunk to one day reads better without "to".
        text = text.replace(f"{wording.day_name(first)} to {wording.day_name(first)}", wording.day_name(first))
        return Part((first, last), text, "practice-norm")
    if c.days_to_race is None and "race" in facts(c):
        return Part(None, rules.RACE_UNDATED, "practice-norm")
    return None


# --- Reasons ----------------------------------------------------------------------------------------------------


def _note_reasons(c: Circumstances) -> Iterator[Reason]:
    said: dict[str, str] = {}
    for note in c.notes:
        said.setdefault(rules.NOTES.get(note, rules.UNKNOWN_NOTE).text, note)
    for text, note in said.items():
        yield Reason(f"note/{note}", text, "practice-norm")


def _named_reasons(c: Circumstances, lead: AreaRule) -> Iterator[Reason]:
    """The sentence in which Jessica names the session herself, where there is one."""
    areas = [area for area in c.areas if rules.AREA_RULES[area] == lead]
    if lead.source == "article" and lead.why:
        yield Reason(f"area/{areas[0]}", lead.why.format(areas=wording.area_names(areas, c.side)), "article")


def _area_reasons(c: Circumstances, session: str, lead: AreaRule) -> Iterator[Reason]:
    """What Jessica says about each other area; where she named no session at all, that is said."""
    if not c.areas:
        text = f"A starting point, since you haven't said what hurts: {rules.DESCRIBED[session]}, as Jessica describes it."
        yield Reason("article", text, "article")
        return
    areas_of: dict[AreaRule, list[str]] = {}
    for area in c.areas:
        areas_of.setdefault(rules.AREA_RULES[area], []).append(area)
    if lead.source == "article":
        del areas_of[lead]
    else:
        names = wording.area_names(c.areas, c.side)
        text = f"A starting point for {names}: {rules.DESCRIBED[session]}, as Jessica describes it."
        yield Reason(f"area/{c.areas[0]}", text, "practice-norm")
    for rule, areas in areas_of.items():
        if rule.why:
            yield Reason(f"area/{areas[0]}", rule.why.format(areas=wording.area_names(areas, c.side)), "article")


def _fact_reasons(c: Circumstances) -> Iterator[Reason]:
    told = facts(c)
    said: set[str] = set()
    for rule in rules.REASONS:
        fact = next(iter(sorted(f for f in told if _fits(rule.fact, f) and f not in said)), None)
        if fact is None or (rule.areas and not rule.areas & set(c.areas)):
            continue
        if fact.startswith(rules.NEEDS_AREA) and not c.areas:
            continue
        if fact in rules.NEEDS_RACE and "race" not in told:
            continue
        areas = [area for area in c.areas if not rule.areas or area in rule.areas]
        text = rule.text.format(
            areas=wording.area_names(areas, c.side) if areas else "",
            stops=wording.activity_name(fact.partition("/")[2]),
            duration=wording.time_span(c.duration or 0),
        )
        said.add(fact)
        yield Reason(fact, text, rule.source)


def _fits(pattern: str, fact: str) -> bool:
    return fact.startswith(pattern[:-1]) if pattern.endswith("*") else fact == pattern


def _wish_reasons(c: Circumstances, session: str, excluded: set[str]) -> Iterator[Reason]:
    wish, pressure = c.wishes.session, c.wishes.pressure
    if wish == session:
        yield Reason("wish/session", f"You asked for {wording.SESSION_NAMES[wish]}.", "client")
    elif wish and wish not in excluded:
        text = f"You asked for {wording.SESSION_NAMES[wish]}; tell Jessica if you'd still rather have that."
        yield Reason("wish/session", text, "client")
    if pressure == "firm" and session in (DEEP, CUPPING):
        yield Reason("wish/pressure", "You like firm work.", "client")
    elif pressure:
        yield Reason("wish/pressure", f"You'd like {pressure} pressure; tell Jessica so, she can adjust it.", "client")
