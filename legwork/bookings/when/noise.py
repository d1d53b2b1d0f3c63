"""Numbers and dates that say nothing about when a client would like to come.

They are blanked out before the grammar looks, length for length, so that every position still holds.
"""

from __future__ import annotations

import re

# Where a clause about the past ends and the wish begins.
_STOP = r"(?=[,;!?\n]|\.(?!\d)|\s(?:so|and|but|can|could|need|want|wanna|would|do|is there|looking|hoping|any|please|pls)\b|$)"
_UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?)"
_SOME = r"(?:\d+|an?|one|two|three|four|five|six|a couple(?: of)?|couple(?: of)?|a few|few)"
_COUNTED = (
    r"(?:cal(?:f|ves)|knees?|hips?|legs?|feet|foot|ankles?|hamstrings?|quads?|glutes?|shoulders?|toes?|bodies|people|persons?|"
    r"friends?|kids?|children|girls?|guys?|clients?|guests?|runners?|of (?:us|my|the|them)|sessions?|appointments?|appts?|"
    r"massages?|visits?|times?|runs?|races?|marathons?|reps?|sets?|pairs?|things?|questions?|metatarsals?|floors?)"
)
_FAR = (
    r"(?:km|kms|mi|miles?|milers?|mph|meters?|metres?|yards?|lbs?|pounds?|kgs?|oz|ft|feet|foot|inch(?:es)?|mm|cm|x|steps|years?)"
)
_LATER = r"(?!\s+(?:from|later|earlier|after|before|out|on|sooner))"
_WISH = r"(?<!in )(?<!in about )(?<!in around )(?<!in like )(?<!in maybe )(?<!next )(?<!within )(?<!by )"

_NOISE = {
    "addresses": r"\S+@\S+\.[a-z]+|https?://\S+|www\.\S+",
    "numbered list": r"(?:^|(?<=\s))\(?\d\)(?=\s)",
    "telephone": r"(?:\+?1[\s.-]*)?\(?\b\d{3}\)?[\s.-]*\d{3}[\s.-]+\d{4}\b|\b\d{3}[\s.-]\d{4}\b|\b\d{5,}\b",
    "money": r"\$\s*\d[\d,.]*|\b\d+\s?(?:dollars|bucks|usd|percent|%)",
    "age": r"\b(?:i'?m|i am|aged?|turn(?:ing|ed)?|she'?s|he'?s|is)\s+\d{2}\b(?=\s*(?:[,.;!?]|$|and|with|but|so|now|years))"
    r"|\b\d+[\s-]?(?:yo|y/o|yrs?[\s-]old|years?[\s-]old)\b",
    "birthday": r"\b\d{1,2}[/-]\d{1,2}[/-]19\d\d\b|\b(?:dob|born(?: on)?|birthday(?: is)?)\b[\s:]*[\d/.-]+",
    "year": r"\b(?:since|back in|class of|(?:summer|fall|spring) of)\s+(?:19|20)\d\d\b|\bin (?:19|20)[012]\d\b(?!\s?[ap]m)",
    "so long": rf"\bfor\s+(?:the\s+(?:past|last)\s+)?(?:(?:about|around|over|like)\s+)?{_SOME}\s?{_UNIT}(?:\s+now)?\b",
    "lately": rf"\b(?:past|last)\s+(?:\d+|two|three|four|five|six|few|couple(?: of)?)\s+{_UNIT}\b|\b{_SOME}\s?{_UNIT}\s+ago\b",
    "so often": r"\b(?:\d+|once|twice|one|two|three|four|five|six|seven)\s*(?:x|times?|days?|nights?|hours?|runs?|miles?)?"
    rf"\s*(?:\b(?:a|per|each)\b|/)\s*(?:day|week|month|year)\b|\bevery\s+(?:\d+(?:\s?-\s?\d+)?|two|three|four|six|few)\s+{_UNIT}\b",
    "length": rf"{_WISH}\b\d+(?:\.\d+)?(?:\s?-\s?\d+|\s(?:or|to)\s\d+)?[\s-]?(?:minutes?|mins?|hours?|hrs?)\b{_LATER}"
    rf"|{_WISH}\b\d+(?:\s?-\s?\d+)?[\s-]?(?:weeks?|wks?|months?|years?|yrs?)\b{_LATER}"
    r"|\bin \d+[\s-]?(?:minutes?|mins?)[\s-](?:session|massage|appointment|appt|slot)s?\b",
    "so far": rf"\b\d+(?:\.\d+)?(?:\s?-\s?\d+)?[\s-]?{_FAR}\b",
    "label": r"\b(?:miles?|km|kilometers?|zone|level|grade|size|apt|unit|suite|route|rt|rte|exit|room|step|stage|phase|no\.|hwy|"
    r"highway|number)\s+\d+(?:\s?(?:-|to)\s?\d+)?\b|#\s?\d+|\bx\d+\b|\b[ac-z]\d+\b|\b(?:covid|type)[\s-]?\d+\b"
    r"|(?<!next )(?<!this )(?<!coming )\bweek\s+\d+\b(?!\s?(?:[ap]m|[:/]))",
    "pace": r"\b\d:\d\d:\d\d\b|\b\d{1,2}:\d\d\s?(?:/|per\b|min\b|pace\b|miles?\b|marathon|half\b|pr\b|finish|splits?\b)\S*"
    r"|\b(?:pace|pr|pb|sub|bq|goal|qualif\w+|finish(?:ed)?|ran an?|run an?)[\s-]+"
    r"(?:(?:of|is|a|an|in|was|around|time|under)\s+)*\d+(?::\d\d)*\b(?!\s?[ap]m)",
    "race time": r"\b(?:marathon|half|[0-9]+\s?k)\s(?:time\s|pr\s|pb\s)?(?:is|was|in|of)\s(?:about\s|around\s)?\d{1,2}:\d\d\b",
    "when it hurts": r"\b(?:hurts?|hurting|sore|stiff|tight|aches?|aching|achy|painful|worse|worst|run|sit|train|stand|tender)\s"
    r"(?:[a-z']+\s){0,2}?(?:in the mornings?|at night|(?:every|each)\s(?:single\s)?(?:mornings?|days?|nights?|evenings?)|"
    r"all (?:day|night)|first thing(?: in the mornings?)?|mornings)\b"
    r"|\b(?:every|each)\s(?:single\s)?(?:mornings?|days?|nights?|time)\s(?=(?:my|it|i)\b)"
    r"|\b(?:any\s?time|whenever|every time)\s(?=(?:i|it|we|my)\b(?! can| could|'?m| am))",
    "worst": r"\b(?:mornings?|nights?|evenings?)\s(?:is|are)\s(?:the\s|when\s)?(?:worst|worse|stiffest|it)\b",
    "pain": r"\b(?:pain|hurts?|scale|rated?|level|about an?|like an?|it'?s an?|maybe an?)\b[^,.;!?\d]{0,20}\d{1,2}\s?"
    r"(?:/\s?10\b|out of\s+(?:10|ten))|\b\d{1,2}\s+out of\s+(?:\d+|ten)\b|\b\d{1,2}/10\s+pain\b|\ban?\s\d{1,2}/10\b",
    "fraction": r"\b24\s?/\s?7\b|\b50\s?/\s?50\b|\b1/2(?=\s+(?:marathon|hour|way|of))|\b\d+\.\d(?!\d)\b|\b(?:26\.2|13\.1)\d?\b",
    "count": rf"(?<!:)\b\d+(?:st|nd|rd|th)?\s+{_COUNTED}\b|\b(?:first|second|third|fourth|fifth)\s+(?!thing){_COUNTED}\b"
    r"|\b(?:my|both|all|these|our|his|her)\s+\d+\b(?!\s?(?:st|nd|rd|th|[ap]m|o'?clock|:|/))",
    "street": r"\b\d+\s+(?:[a-z]+\s+){1,2}(?:st|street|ave|avenue|rd|road|lane|ln|drive|dr|blvd|court|ct)\b(?!\s+\d)",
    "what happened": rf"\bsince\b[^,.;!?\n]*?{_STOP}"
    r"|\b(?:ran|raced|tweaked|pulled|strained|twisted|injured|rolled|sprained|started (?:to\s+\w+|\w+ing)|began|woke up|fell|"
    r"got hurt|popped|snapped|cramped(?: up)?|gave out|hurt (?:my|it|her|his)|did (?:a|an|my|the|\d+) [\w ]*?(?:run|race|miler?s?|marathon|workout|k))\b"
    rf"(?:[^,.;!?\n]|\.(?=\d))*?{_STOP}",
    "question": r"\b(?:how (?:many|long|soon|far|often|close|late|early)|when should|should i)\b[^,.;?!\n]*",
    "their sport": r"\b(?:can|could|may|is it (?:ok|okay|fine|safe)(?: for me)? to|ok(?:ay)? to) (?:i |we )?(?:still |go |just |also |already |even )*"
    r"(?:run|jog|race|train|work ?out|exercise|lift|bike|swim|hike|running|jogging)\b(?! (?:by|in|over)\b)[^,.;?!\n]*",
    "a visit": r"\b(?:com(?:e|ing)|stop(?:ping)?|swing(?:ing)?|drop(?:ping)?|pop(?:ping)?) by\b",
    "no hour": r"\b(?:either|any|which|each|every|this|that|no)\s+one\b(?!\s?(?:or\b|-|to\b|[ap]m|o'?clock|:))",
    "no days": r"\b(?:i|we|he|she|just|have|i've)\s+sat\b|\b(?:in|the|hot|too much)\s+sun\b(?!\s+(?:after|before|morning))"
    r"|\b(?:at last|last minute|last time|last (?:appointment|appt|slot|session|visit|massage|one))\b",
}
"""What it is → how it is written."""

HOLE = "\x01"

_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in _NOISE.values()))


def blank(text: str) -> str:
    """Return lower-case `text` with everything that is no wish about time replaced by as many `HOLE`.

    A sign that nobody types (and not a space) stays behind, so that words on its two sides don't become neighbors.
    """
    return _PATTERN.sub(lambda match: HOLE * len(match.group()), text)
