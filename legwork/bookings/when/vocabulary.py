"""The words in which clients speak of times. Plain tables; the grammar is elsewhere."""

from __future__ import annotations

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        [
            "monday mon mondy munday monady moday mnday",
            "tuesday tue tues tu tuseday teusday tusday tueday tuesdy tuesady tuesay",
            "wednesday wed weds wendsday wensday wednsday wedsday wednesdy wendesday wednessday wenesday wednes",
            "thursday thu thur thurs thr thrs thursdy thrusday thurday thursay thirsday",
            "friday fri fridy firday frday fryday friay fridya",
            "saturday sat saterday satuday satruday saturdy satday saturaday sats",
            "sunday sun sundy sonday suday",
        ]
    )
    for name in names.split()
}
"""Word → 0 for Monday … 6 for Sunday."""

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb febuary febr",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec decem",
        ],
        start=1,
    )
    for name in names.split()
}
"""Word → 1 for January … 12 for December."""

LONE_MONTHS = {"january", "february", "july", "september", "october", "november", "december"}
"""Months whose name means nothing else, so that it may stand alone: not "may", "march", "april", "june", "august"."""

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "thirty": 30, "fortyfive": 45,
}  # fmt: skip

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip

PARTS = {
    "morning": (6 * 60, 12 * 60),
    "early": (6 * 60, 9 * 60),
    "midmorning": (9 * 60, 11 * 60),
    "late morning": (10 * 60, 12 * 60),
    "lunch": (11 * 60 + 30, 13 * 60 + 30),
    "afternoon": (12 * 60, 17 * 60),
    "early afternoon": (12 * 60, 15 * 60),
    "midafternoon": (14 * 60, 16 * 60),
    "late afternoon": (15 * 60, 17 * 60),
    "evening": (17 * 60, 21 * 60),
    "early evening": (17 * 60, 19 * 60),
    "late evening": (19 * 60, 21 * 60),
    "after lunch": (13 * 60, 17 * 60),
}
"""Part of the day → minutes after midnight. The conventions name all but the mid, early and late ones that are
their halves, and after lunch."""

SPELLINGS = {
    word: canonical
    for canonical, words in {
        "today": "2day tday toady todya",
        "tomorrow": "tommorow tommorrow tomorow tmrw tmrow tmr tmw tmo 2moro 2morrow 2mrw 2mro tomoro tomorro tomorrw "
        "tomarrow tommarow tomm tommorw tomrrow morrow tomo tomz",
        "tonight": "tonite 2nite 2night tonigt tonght",
        "yesterday": "yday yest yesturday",
        "morning": "morn mornin am-ish mornings mornngs mroning mornign morining moring mornig",
        "afternoon": "aft arvo afternoons afternon aftrnoon afternnon",
        "evening": "eve evenings evning evenin evneing eveing evenning eves",
        "night": "nite nights nites",
        "lunch": "lunchtime lunchbreak lunchhour lunches midday",
        "noon": "noonish 12noon",
        "weekend": "wknd wkend weekends wkends wknds wekend weeknd wkd",
        "weekday": "wkday weekdays wkdays workday workdays",
        "weeknight": "weeknights weeknite",
        "week": "wk weeks wks weks wek",
        "month": "months mo mos mnth",
        "day": "days",
        "hour": "hours hr hrs",
        "minute": "minutes min mins minuets",
        "next": "nxt nex nexxt",
        "this": "ths dis",
        "after": "aftr afer aftre afte past",
        "before": "b4 befor bfore befre bef",
        "around": "arnd aroung abt about roughly approx approximately circa arond",
        "anytime": "anytme anytimes whenevs",
        "until": "til till untill",
        "through": "thru thro",
        "between": "btw btwn btween betwen inbetween",
        "and": "n nd",
        "or": "ore",
        "not": "nto",
        "except": "excpet exept excluding xcept",
        "beginning": "start begining beggining",
        "oclock": "oclok",
        "christmas": "xmas cristmas chistmas",
        "thanksgiving": "thxgiving tgiving thanksgivin thanksgving thankgiving turkeyday",
        "possible": "posible",
        "patricks": "pattys paddys",
        "asap": "asp a.s.a.p",
        "couple": "cple cupple",
    }.items()
    for word in words.split()
}
"""Short forms and frequent slips → the word the grammar knows."""

REPAIRED = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "tomorrow", "tonight", "morning",
    "afternoon", "evening", "weekend", "weekday", "january", "february", "september", "october", "november",
    "december", "august", "thanksgiving", "christmas", "between", "yesterday", "around", "anytime",
]  # fmt: skip
"""Words that are recognised with a slip or two in them; all are long and look like nothing else."""

LOOKALIKES = {
    "mourning", "mooring", "warning", "moving", "running", "evening", "sundae", "money", "mandate", "someday",
    "weakened", "weekender", "todays", "toning", "tonights", "midnight", "moaning", "meeting", "opening",
    "everyday", "evenings", "evenly", "forenoon", "remember", "december", "noon", "knight", "betweens", "boning",
    "doomsday", "holiday", "payday", "birthday",
}  # fmt: skip
"""Words that are close to one of `REPAIRED` and mean something else."""

EVENTS = {"marathon", "race", "races", "triathlon", "ultra", "ultramarathon", "relay", "half", "racing", "meet"}
"""Words for a race that may have a date of its own ("the week after the marathon")."""
