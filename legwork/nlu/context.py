"""What a short message means after what was said before: a choice, an answer, or a question that leans on the last one."""

from __future__ import annotations

import re
from typing import Any

from rapidfuzz import fuzz

from legwork.nlu.safety.screening import asks_back, read_answer, tells_sign
from legwork.nlu.splitter import QUESTION, RELATIVE

YES = re.compile(
    r"^(?:(?:oh|um|uh|ah|well|hmm|ok|okay|and)[\s,]+)*"
    r"(?:y|ye|yes|yea|yeah|yeh|yep|yup|yess+|ya|m+[ -]?h+m+|uh[ -]?huh|sure|sure thing|ok|okay|okey|correct|right|that(?:'?s| is) (?:right|fine|good|great|perfect|correct|ok|okay)|perfect|exactly"
    r"|absolutely|definitely|of course|please do|please|go ahead|do it|sounds? good|looks? good|works for me|that works|good|great"
    r"|fine|si|affirmative|i am|i do|i did|it is|it does|confirm(?:ed)?|book (?:it|that|me)|send it|i'?ll take it|let'?s do it|why not|i'?d like that|i would)\b",
    re.IGNORECASE,
)
NO = re.compile(
    r"^(?:(?:oh|um|uh|ah|well|hmm|ok|okay|and)[\s,]+)*"
    r"(?:n|no|nope|nah|naw|not? really|non?e|none of (?:these|those|them|that)|neither|nothing|no thanks?|no thank you|not (?:now|yet|today|at all)"
    r"|never|don'?t|do not|negative|i don'?t|i do not|i'?m not|i am not|it isn'?t|it is not|it'?s not|it doesn'?t|wrong|that'?s wrong|incorrect)\b",
    re.IGNORECASE,
)
UNSURE = re.compile(
    r"\b(?:not (?:really |quite |totally |100% )?sure|unsure|i (?:don'?t|do not) know|idk|dunno|no idea|maybe|perhaps|possibly|kind of|kinda|sort of"
    r"|hard to (?:say|tell)|can'?t tell|could be|might be|sometimes|a (?:bit|little)|i think so|i guess|whatever|don'?t care|either|any)\b",
    re.IGNORECASE,
)
STOP = re.compile(
    r"\b(?:never ?mind|nvm|forget (?:it|that|this|about it)|stop (?:this|it|asking)|quit|cancel (?:this|that|it|the booking|booking)|"
    r"(?:i )?changed my mind|start over|don'?t (?:book|want (?:to book|this|it))|do not (?:book|want (?:to book|this|it))|"
    r"i(?:'?ll| will) (?:call|think about it|book later|come back)|not (?:any ?more|now)|no longer want|leave it|exit)\b"
    r"|^(?:stop|cancel|exit|quit|back|abort)[.! ]*$",
    re.IGNORECASE,
)
_AROUND_STOP = re.compile(
    r"\b(?:no|ok|okay|oh|actually|just|please|pls|sorry|um|well|you know what|let['’]?s|i|thanks?|thank you|then|for now|all right|alright)\b|\W",
    re.IGNORECASE,
)
"""Words beside one of stopping that tell nothing."""

BACK = re.compile(r"\W*back\W*", re.IGNORECASE)
"""A word of stopping, or the area that was asked for."""

LEAVES = re.compile(
    r"\W*(?:(?:ok|okay|k|no|nah|alright|all right|great|cool|well|thanks?|thank you|thx|ty|never ?mind|that['’]?s (?:all|it)|for now|so much|anyway|sorry|gotta run|i (?:have|got) to go)\W+)*"
    r"(?:(?:good ?|bye ?)?bye|cya|(?:see|c) (?:you|ya|u)|ttyl|(?:talk|speak) (?:to you )?(?:later|soon)|good ?night|(?:i['’]?ve |i )?(?:gotta|got to|have to|need to) (?:go|run)"
    r"|have a (?:good|nice|great|lovely) (?:day|one|evening|night|weekend))"
    r"(?:\W+(?:now|then|later|soon|for now|thanks?|thank you|thx|bye|have a (?:good|nice|great) \w+))*\W*",
    re.IGNORECASE,
)
"""Says goodbye and nothing else, whatever was asked."""

GIVES_UP = re.compile(
    r"\b(?:cancel\w*|call(?:ing)? (?:it |this )?off|back(?:ing)? out|scrap|drop|don['’]?t|do not|not|can['’]?t|won['’]?t)\b",
    re.IGNORECASE,
)
"""A word of giving up; without one a name that looks like it is a name."""

_DAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?|weds|today|tomorrow|tonight|(?:this|next) (?:week|weekend|month)|noon"
    r"|\d{1,2}(?::\d\d ?(?:[ap]m)?| ?[ap]m))\b"
)
NAMES_OTHER_DAY = re.compile(
    rf"(?:^|[,.;!–—-]|\b(?:sorry|oops|whoops|make it|make that|instead|rather|(?:what|how) about|i mean|i meant|let['’]?s do|change it to)\b)"
    rf"\W*(?:(?:no|on|for|at|the|maybe|actually|rather|do|to|please|make it)\s+)*{_DAY}"
    r"(?!.{0,12}\b(?:\w+n['’]?t|not|no longer|never|bad|out|off|work|cancel\w*)\b)",
    re.IGNORECASE,
)
"""Puts a day or an hour in the place of the one before, whatever word of giving up leads to it ("forget that, friday")."""

_BETWEEN = re.compile(r"[,.;!?\n]+|\b(?:and|but|also|then)\b", re.IGNORECASE)
_CANCELS = re.compile(
    r"\bcancel|\bcall(?:ing)? (?:it |this )?off\b|\b(?:can['’]?t|cannot|won['’]?t) (?:make|come)\b", re.IGNORECASE
)
_ABOUT_CANCELING = re.compile(
    r"\b(?:polic(?:y|ies)|fees?|charged?|rules?|terms|penalty|(?:much|many hours) notice|how late|if (?:i|we)(?: \w+ to)? cancel)\b"
    r"|\bcancell?ations?\b",
    re.IGNORECASE,
)
"""What a clause says that asks what canceling costs, and cancels nothing."""

_WANTS_TOO = re.compile(
    rf"\b(?:book|schedule|reserve)\b|(?:\bwould (?:like|love|take)|['’]d (?:like|love|take)|\bwants?|\b(?:can|could|may) \w+(?: \w+)? (?:come|get|have|take))\b.*\b{_DAY}"
    r"|\b(?:would|wants?|['’]d|needs?) .*\b(?:appointment|session|massage|slot|spot)\b",
    re.IGNORECASE,
)
_IN_ITS_PLACE = re.compile(r"\b(?:instead|rather|make it|move|change|reschedule|know)\b|\bcancel", re.IGNORECASE)

_SCANS = r"(?:ultrasound|doppler|scan|x-?rays?|mri|ct|blood ?work|ekg|ecg)"
_DOCTORS = (
    rf"(?:doctor|doc|dr|md|physician|gp|pcp|er|hospital|clinic|urgent care|cardiolog(?:ist|y)|oncologist|surgeon|neurologist|orthopedist|ortho|podiatrist"
    rf"|specialist|midwife|ob|obgyn|nurse|practitioner|{_SCANS})"
)
"""Who may clear a massage. A physical therapist, chiropractor or trainer doesn't: what was stopped is for an examination that they don't make."""
_NEGATIVE = re.compile(
    r"\b(?:no|not a|without|isn['’]?t a|wasn['’]?t a) (?:sign of )?(?:an? |any )?(?:more |blood |stress )?"
    r"(?:clots?|dvt|fractures?|breaks?|broken bones?|tears?|infections?|blockages?|problems?|issues?|concerns?|restrictions?|worries|limits?)\b"
    r"|\bruled out (?:an? |any |the )?(?:blood |stress )?(?:clots?|dvt|fractures?|breaks?|tears?|infections?|blockages?)\b"
    r"|\b(?:there['’]?s|theres|there is|it['’]?s|was|is|found|showed|saw) nothing(?: wrong| there| serious| to worry about)?\b",
    re.IGNORECASE,
)
"""A finding that there is none: the one "no" that clears."""

_CLEAR = r"(?:ok|okay|fine|good|clear|clean|negative|nothing|go ahead|go for it|safe|green light|yes|can (?:have|get|come|book|do) (?:a |the |my )?massages?)"
CLEARED = re.compile(
    rf"\b{_DOCTORS}\b.{{0,40}}\b(?:cleared|all clear|ruled (?:it |that |this )?out|ok(?:aye|['’])?d|approve[sd]|sign(?:ed|s) off|green-?lighted|happy (?:for|with)"
    rf"|(?:is|was)(?: \w+)? (?:ok|okay|fine|good|cool) (?:with|for|about) (?:it|that|this|me|massages?|a massage|the massage)|(?:said|says|told|tells|showed|shows|found|gave|gives|given)\b.{{0,40}}\b{_CLEAR})\b"
    rf"|\b{_SCANS}[\s,]*(?: ?(?:was|is|were|came back|looked))?(?: all| totally)? ?(?:clear|clean|negative|normal|fine|ok|okay|good)\b"
    rf"|\b{_SCANS}\b.{{0,30}}\bnegative\b"
    rf"|\b(?:clearance|the (?:ok|okay|go ahead|all clear|green light)) from (?:my |the |a |our )?{_DOCTORS}\b|\bmedically cleared\b"
    rf"|\b(?:had|got|been|was|were) (?:(?:it|that|this|my \w+) )?(?:checked|looked at|seen|scanned|examined)\b.{{0,40}}\b{_CLEAR}\b"
    rf"|\bcleared (?:me |it |this |that )?by (?:my |the |a |our )?{_DOCTORS}\b"
    r"|\b(?:i'?m|i am|i was|i got|i'?ve been|it'?s|it is|it was|been|got) (?:it |all |fully |now |officially )*(?:cleared(?! up)|all clear|ruled out)\b|^\W*(?:ok(?:ay)?|yes)?\W*(?:all clear|all cleared|cleared(?! (?:up|my|the)))\b"
    r"|\bthey ruled (?:it |that |this )?out\b"
    rf"|\b{_DOCTORS} negative\b"
    r"|\b(?:they|he|she) (?:said|says|say|told|gave)\b.{0,40}\b(?:ok|okay|fine|good|clear|negative|nothing|go ahead|safe|can (?:have|get) (?:a )?massages?)\b"
    r"|\b(?:they|he|she) (?:has |have |already |just |also )*cleared (?:me|it|this|that)\b",
    re.IGNORECASE,
)
DOCTOR = re.compile(rf"\b{_DOCTORS}\b", re.IGNORECASE)
CLEARED_BESIDE = re.compile(
    rf"\b{_DOCTORS} (?:has |have |already |just |also )*(?:cleared|approved|ok(?:aye|['’])?d|signed off on|green-?lighted)\b"
    rf"|\bcleared (?:me |it |this |that )?(?:for (?:a )?massages? )?by (?:my |the |a |our )?{_DOCTORS}\b"
    rf"|\b{_DOCTORS}\b.{{0,30}}\b(?:says?|said|told)\b.{{0,20}}\bmassages? (?:is|was|are|would be) (?:ok|okay|fine|good|safe|all ?right)\b",
    re.IGNORECASE,
)
"""A yes to massage that stands beside the sign itself: there "my doctor says it's fine" may be about something else."""

NOT_CLEARED = re.compile(
    r"\b(?:not|\w+n['’]t|cant|dont|wont|didnt|hasnt|havent|isnt|wasnt|cannot|never|until|before|when|if|once|should|will|\w+['’]ll|going to|need(?:s|ed)?|have to|want|wish|hope|waiting|tomorrow"
    r"|nobody|other (?:leg|calf|side|foot|knee|one)|last year|(?:months?|years?) ago|positive|thinners"
    r"|ignore|pretend|tell me|how|do i|has (?:a|the|my)|mother|mom|father|dad|wife|husband|friend|coach"
    r"|no|rest|ice|avoid\w*|stay(?:ing)? off|is out|the er now|broken|broke|break|fracture\w*|crack\w*|clots?|dvt|blockage|tear|torn|kill\w*|boot|cast|crutches"
    r"|scheduled|myself|google|chatgpt|internet|app|watch|cat|dog)\b",
    re.IGNORECASE,
)
"""Any of these leaves the stop as it was: a wrong "cleared" costs more than saying it once more, plainly."""

_OTHERS = (
    r"(?:dentist|dental|doctor|doctors|doctor's|vet|veterinary|hair|haircut|nail|nails|salon|barber|eye|optometrist|car|oil change|chiropractor"
    r"|chiro|dermatologist|orthodontist|therapy|pt|mri|court|dmv)"
)
ELSEWHERE = re.compile(
    r"\b(?:change|move|reschedule|push back|cancel|confirm|check|book|make|late (?:for|to)) (?:on )?(?:my|our|a|an|the) "
    rf"{_OTHERS}(?: \w+)? (?:appointment|appt|visit|cleaning|exam)\b"
    r"|\b(?:my|our|the) (?:\w+ )?(?:dog|puppy|pup|cat|kitten|horse|pony)(?:'?s)? (?:has|have|had|is|needs?|got|hurts?|limps|limping|hips?|hind|back|legs?|knees?)\b",
    re.IGNORECASE,
)
"""An appointment with somebody else, or an animal to be treated: nothing that the desk can see to, however alike it sounds.

The classifier alone, with a hundred phrasings of them, takes 10 of 28 new ones for its own appointments and complaints.
"""

FORGET = re.compile(
    r"\b(?:forget|delete|erase|wipe|clear)\b.{0,30}\b(?:conversation|chat|data|everything|messages?|history|info(?:rmation)?|about me)\b"
    r"|\b(?:to|should|must|can i|could i) be (?:forgotten|deleted|erased|wiped)\b"
    r"|^(?!.*\b(?:don['’]?t|do not|did|never|why)\b).*\b(?:forget|delete|erase|remove|wipe) me(?=\W*$|\W*\b(?:please|pls|now|then|thanks?|from|and|completely|entirely)\b)",
    re.IGNORECASE,
)
"""Asks for this conversation to be deleted."""

TELLS_JESSICA = re.compile(
    r"^\W*(?:(?:hi|hey|hello|ok|okay|also|and|please|pls|kindly|just|(?:can|could|would|will) (?:you|u))[\s,.!]+)*"
    r"(?:tell (?:jessica|jess|her)|let (?:jessica|jess|her) know|pass (?:it |this )?on to (?:jessica|jess|her))[\s,:]+"
    r"(?!(?:to|about (?:it|this|that))\b|i (?:said )?(?:hi|hello)\W*$)\w+(?:\W+\w+)",
    re.IGNORECASE,
)
"""A note for her, whatever it is about: its words stand in the same sentence."""

ASKS_JESSICA = re.compile(
    r"^\W*(?:(?:hi|hey|hello|ok|okay|also|and|please|pls|(?:can|could|would|will) (?:you|u))[\s,.!]+)*"
    r"ask (?:jessica|jess|her) (?:if|whether|about|what|when|how|why|who|where|which)\s+\w+",
    re.IGNORECASE,
)
"""A question for her, said whole; where its topic is known it is answered, else passed on."""

DISSATISFIED = "smalltalk/dissatisfied"
"""The small talk that needs to be as sure as an answer: an apology to somebody who isn't unhappy is odder than being asked back."""

CONTACT = re.compile(r"[^\s@]+@[^\s@]+|(?:\d[\s().+-]*){7,}")
_MUST_I = re.compile(r"(?:but |and |um )*(?:do i (?:have|need) to|must i)\b", re.IGNORECASE)
"""Asks back whether a contact is wanted."""

_WITHHOLDS = re.compile(
    r"\b(?:not|don['’]?t|won['’]?t|no|rather)\b.{0,30}\b(?:give|share|have|leave|hand|put|numbers?|phone|e-?mail|contact)\b",
    re.IGNORECASE,
)
"""Would rather leave none."""

NO_CONTACT = re.compile(
    r"\W*(?:(?:and|also|sorry|i (?:have|got)|i['’]?ve got) )?no (?:e-?mail|phone|cell|mobile|number)(?: (?:address|number))?(?: either| too)?\W*",
    re.IGNORECASE,
)
"""Says once more that there is none, where nothing is asked any more."""

_HER_CONTACT = re.compile(
    r"^(?!.*\b(?:my|mine|me)\b).*\b(?:phone|telephone|number|cell|mobile|e-?mail|reach|contact|get (?:a )?hold of)\b",
    re.IGNORECASE,
)
"""Asks how she is reached, and tells nothing that she is to know."""

_HERS_TO_CHOOSE = re.compile(r"\b(?:choose|decide|pick|recommend|suggest|say|set)s?\b", re.IGNORECASE)
"""Leaves to Jessica what was asked: "can she decide?"."""

ASKS_FOR_IT = re.compile(
    r"\W*(?:(?:yes|yeah|yep|ok|okay|sure|no|please|pls|just|then|still|(?:can|could) (?:you|u))\W+)*ask (?:jessica|jess|her) (?:anyway|anyways|still"
    r"|for (?:it|that|this|(?:that|the|this) (?:time|slot|one|day|hour)))(?:\W+(?:anyway|anyways|then|please|pls|thanks?|still))*\W*",
    re.IGNORECASE,
)
"""Has Jessica asked for the time that was wished, though it lies outside her hours or isn't open."""

CALLS = re.compile(r"\b(?:call|text|reach|mail|e-?mail|write|contact|answer)\b", re.IGNORECASE)
"""How the client would be answered."""

CODE = re.compile(r"\b[0-9a-f]{8}\b", re.IGNORECASE)
"""A booking's code."""

BARE = re.compile(
    r"^(?:(?:y|ya|yes|yea|yeah|yep|yup|sure|ok|okay|k|kk|no|nope|nah|maybe|got it|i see|right|alright|cool|great|perfect|fine|sounds good|will do|please)[\s,.!]*)+$",
    re.IGNORECASE,
)
"""Yes, no and nods, and nothing else."""

COURTESY = re.compile(
    r"^(?:(?:hi|hey|hello|hiya|yo|good (?:morning|afternoon|evening)|thanks?|thank you|thx|ty|tysm)(?: (?:there|again|so much|a lot))?[\s,.!]*)+$",
    re.IGNORECASE,
)
"""A greeting or thanks and nothing else, which answers no question for a name, a time or a contact."""

BOOK_ME = re.compile(r"\b(book|schedule|pencil|squeeze|fit|get) (me|us|him|her|them)\b", re.IGNORECASE)
"""A wish for an appointment, whatever else is said."""

ASKS_WHEN_FREE = re.compile(
    r"\W*(?:(?:hi|hey|hello|ok|okay|and|so|but|then|also|well)\W+)*(?:when|(?:what|which) (?:days?|times?|hours?))(?:['’]?s| is| are| does| do| will)? ?"
    r"(?:jessica|jess|she|you|u|therapist|the therapist)(?: (?:usually|normally|generally|next|be|have|has|got|any|most))*"
    r" (?:free|available|time|availability|openings?|slots?|work(?:ing)?|taking (?:clients|appointments))(?: (?:usually|normally|next|please))?\W*",
    re.IGNORECASE,
)
"""Asks when she has time, and wishes for none yet: it is answered with her hours."""

IF_LATE = re.compile(
    r"\b(?:if|in case) (?:i|we|you|someone|somebody|people|a client)(?:['’]?(?:m|re|ll))?\b(?: (?!know\b)[a-z']+){0,4} (?:late|behind|delayed|held up|stuck)\b",
    re.IGNORECASE,
)
"""Asks what lateness means as a rule, and is not late."""

_WHICH_ONE = re.compile(
    r"(?=.*(?:\d|\bnoon\b|\b(?:few|couple|five|ten|fifteen|twenty|thirty|half|quarter)\b))\W*(?:(?:\d{1,2}(?:[:.]\d\d)?(?:[ap]m|m|mins?|minutes?)?"
    r"|[ap]\.?m|mins?|minutes?|hours?|hr|noon|an?|few|couple|of|five|ten|fifteen|twenty|thirty|half|quarter|past|yes|yeah|yep|ok|please|sorry"
    r"|for|my|the|at|to|about|around|like|by|in|is|was|it|it['’]?s|i|i['’]?m|i['’]?ll|have|be|there|maybe|probably|another|more|or|so|late|only|just"
    r"|appointment|appt|session|massage|one|slot|today|this|morning|afternoon|evening|o['’]?clock|with|jess|jessica|her)\b\W*)+",
    re.IGNORECASE,
)
"""Minutes or an hour and no more: how late, or for which appointment."""

_HABIT = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days|weekends|weekdays|weeknights|mornings|afternoons|evenings|nights)"
ASKS_HER_DAYS = re.compile(
    r"\W*(?:(?:hi|hey|hello|ok|okay|and|so|or|but|then|also|well)\W+)*"
    r"(?:(?:can|could|may) (?:i|we|you|u|people|one)(?: \w+)? (?:come|do|get|have|make|see|be)|(?:do|does|are|is) (?:you|u|she|jessica|they|there|it|that))\b"
    rf"(?:(?! (?:book|schedule|reserve|charge|cost|price|rate|club|class|teach)\w*) [a-z'’]+){{0,5}} {_HABIT}(?: (?:too|also|at all|or only|as well))?\W*",
    re.IGNORECASE,
)
"""Asks on which days of every week she works, and wishes for none yet: "do you do Sundays?"."""

_SOMEBODY = re.compile(
    r"\b(?:my|a|our|his|her) (?:\w+ )?(?:wife|friend|sister|daughter|girl ?friend|partner|spouse|mom|mother|cousin|fianc[eé]e?|niece|aunt|roommate|buddy|team ?mate|co-?worker"
    r"|colleague|in-law)\b|\bshe\b",
    re.IGNORECASE,
)
_MYSELF = re.compile(
    r"\bi(?:['’]?m| am)\b[^.,;!?]{0,30}\b(?:pregnant|expecting|preggo|weeks?|months?|trimester|due)\b", re.IGNORECASE
)
NOT_ME = re.compile(r"\bnot (?:for )?(?:me|myself)\b|\bi(?:['’]?m| am) not (?:the (?:pregnant )?one|pregnant)\b", re.IGNORECASE)
"""What was told is somebody else's."""

JUST_ME = re.compile(r"\b(?:just|only|for|it['’]?s) (?:for )?(?:me|myself)\b(?! to\b)", re.IGNORECASE)
"""The appointment is the writer's own after all."""

WANTS_PERSON = re.compile(
    r"\b(?:(?:give|get|find|put|let) (?:me|us)|want|need|connect|transfer|(?:talk|speak|chat) (?:to|with))\b.*\b(?:person|human(?: being)?|someone real|somebody real|staff|representative|operator)\b",
    re.IGNORECASE,
)
"""Would have a person instead of the desk, however rudely it is said."""

_LEADS = (
    r"(?:(?:hi|hey|hello|ok|okay|yes|yeah|sure|no|and|but|also|then|so|actually|please|pls|just|lets|let['’]?s|go ahead and|(?:can|could|may) (?:i|we|you|u)"
    r"|i(?:['’]?d| would) (?:like|love) to|i (?:want|need|wanna) (?:to )?|i wanna|to)[\s,.!]+)*"
)
_WISHES = re.compile(
    rf"(?:^|[,.;!?\n])\W*{_LEADS}(?:book|schedule|reserve|make (?:an?|my) (?:appointment|appt|booking)|come (?:in |by |over )?(?:(?:on|at|for|next|this) )*"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)\w*|today|tomorrow|tonight|week|weekend|noon|an? \w+|\d+))\b",
    re.IGNORECASE,
)
"""A wish for an appointment, at the beginning of a clause: "before I book" is none."""

_ASKS_FOR_HOUR = re.compile(
    rf"^\W*(?:(?:hmm|um|or)\W+)*{_LEADS}(?:do|come|have|make|try|change|switch|move)(?: (?:it|that|to|at|in|on))* {_DAY}",
    re.IGNORECASE,
)
"""Would rather come at another time."""

_BOOKS_KIND = re.compile(rf"^\W*{_LEADS}(?:book|schedule)(?: (?:me|us)(?: in)?(?: for)?)?\b", re.IGNORECASE)
"""Leads to the kind of session that is to be booked ("can i book a sports massage")."""

RESUMES = re.compile(
    r"\b(?:yes|yeah|yep|yup|let'?s|do it|go (?:on|ahead)|book|actually|after all|changed my mind|pick it)\b", re.IGNORECASE
)
"""Goes on with what was given up; "ok" and thanks only take note that it was."""

GOES_ON = re.compile(
    rf"\W*{_LEADS}(?:(?:go|carry|keep) on|continue|resume|proceed|pick (?:it|that|this|my booking|the booking) (?:back )?up(?: again)?|keep going)"
    r"(?: (?:with )?(?:it|that|(?:the |my )?booking(?: it)?|(?:the |my )?(?:appointment|session|massage)))?(?:\W+(?:then|please|pls|now|again|after all|where we left off))*\W*",
    re.IGNORECASE,
)
"""Goes on with what was given up, also when other things were said meanwhile."""

_CALL_ME = re.compile(
    r"\W*(?:(?:you can|just|please|pls|everyone|people|they|ok|oh)\W+)*call(?:s|ed)? me (?!back\b|at\b|on\b|in\b|when|if\b|later|please|asap|now\b"
    r"|tomorrow|today|after|before|instead|first|\d)",
    re.IGNORECASE,
)
"""Gives a name, and asks for no call."""

_PREFERS = re.compile(
    r"\b(?:rather|instead|prefer|wants?|wanted|need|like|make (?:it|that|this)|give me|go (?:with|for)|going with|switch|change|book|take|try|let['’]?s (?:do|try)"
    r"|not (?:this|that)(?: one)?|please|pls|then|can (?:i|we|you|u) (?:just |also )?(?:do|get|have|book|take|make|switch|try|change)|could (?:i|we|you)"
    r"|(?:what|how) about|possible)\b|^\W*(?:no|nope|nah|ok|okay|yes|yeah|yep|sure)\b",
    re.IGNORECASE,
)
_ASKS_ABOUT = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|yes|no|well|oh)\W+)*(?:what(?!\W+about)|which|who|why|when|where|how(?!\W+about)|do(?:es)?|did|is|are|will|would|was|should|tell|explain)\b"
    r"|\b(?:know|hear|learn|read|hurts?|painful|difference|cost|price|how (?:much|long|often))\b",
    re.IGNORECASE,
)
"""Wants to know something about a kind of session or a length, and not to have it."""

SESSION_ONLY = 3
"""Words of a message that may name a session or a length and nothing else ("cupping please")."""

NEAREST = {"ankles": "achilles", "groin": "hips", "neck": "back", "shoulders": "back"}
"""Parts of the body without a complaint of their own, and the one that is heard and screened in their place."""

COMPLAINS = re.compile(
    r"\b(?:tight\w*|sore\w*|stiff\w*|ach(?:es?|y|ing)|hurt\w*|pain\w*|kill(?:s|ing)|cramp\w*|knot\w*|flar(?:e|ed|ing)|acting up|tender|irritated|locked up|screaming)\b",
    re.IGNORECASE,
)
"""A word for something that hurts."""

ASKS_ON = re.compile(r"\b(?:ask|tell|pass|send|forward|let|her|she|jess(?:ica)?)\b", re.IGNORECASE)
"""A yes to the offer to ask Jessica may say what more to ask; "ok MFR then" says something else."""

_ORDINALS = ("first", "second", "third", "fourth")
_NUMBER = re.compile(r"^\s*(?:(?:number|option|no\.?|#|nr)\s*)?([1-9])\s*[.)!]*\s*$", re.IGNORECASE)
_ORDINAL = re.compile(
    r"^(?:i(?:'?d| would)? (?:like|want|mean|meant|take) )?(?:the )?(first|1st|second|2nd|third|3rd|fourth|4th|last|latter|former)(?: one| option| choice)?(?: please)?[.! ]*$",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:and|or|what about|how about|what if|same (?:for|with)|also for|but|then)\b|\b(?:that|it|this|those|these|them|one)\b|^(?:for|with|after|before|during)\b",
    re.IGNORECASE,
)
AFTER_TOO = re.compile(
    r"^(?:(?:and|ok|okay|so|or)[\s,]+)*(?:(?:what|how) about )?(?:the |a )?(?:(?:day|night|week|morning|days) )?(?:right )?"
    r"(?:after|before|afterwards?|beforehand)(?: (?:that|it|the race))?[\s?.!]*$",
    re.IGNORECASE,
)
"""Before, asked after, or the other way round: "what about the day after"."""

_FOR_SESSION = re.compile(
    r"^(?:(?:and|or|but|even|also|ok|okay)[\s,]+)*(?:(?:what|how) about |same )?(?:for|with|after|before)\b", re.IGNORECASE
)
_FOR_AREA = re.compile(r"^(?:and|or|what about|how about|same (?:for|with)|also|and also|ok and)\b", re.IGNORECASE)
_LEADS_ON = re.compile(
    r"\W*(?:and|or|so|but|also|ok|okay|what about|how about|what if|for)\b"
    r"(?:\W+(?:what about|how about|for|with|a|an|the|one|of|session|massage|please|then))*\W*",
    re.IGNORECASE,
)
_WONDERS = re.compile(
    r"^(?:and |but |so |ok |also )*(?:what|when|where|which|who|why|how|do you|does|can|could|should|would)\b", re.IGNORECASE
)
_WONDERS_ABOUT = re.compile(r"\b(?:what|when|where|which|who|why|how)\b", re.IGNORECASE)
"""In a question it is about something else: "ok then, what do you treat?"."""

MOST_OF_A_NAME = 4
"""Words of a name, with what leads to it ("it's Susan Hart")."""

LEANING_WORDS = 7
"""A longer message stands on its own."""

TITLE_MATCH = 88
"""Likeness (of 100) from which a typed text counts as a quick reply's title."""


def yes_or_no(text: str) -> str | None:
    """`yes`, `no`, `unsure`, or None when the text answers nothing."""
    if UNSURE.search(text) and len(text.split()) <= 8:
        return "unsure"
    if NO.match(text):
        return "no"
    if YES.match(text):
        return "yes"
    return None


def names_place(text: str, *, numbered: bool) -> bool:
    """Whether a text names one of several by its place alone; a number does so only where no choices were sent `numbered`."""
    return bool(_ORDINAL.match(text.strip()) or (not numbered and _NUMBER.match(text)))


def pick(text: str, offers: list[dict[str, Any]]) -> str | None:
    """The payload of the offer that `text` chooses by number, place or title; None when it chooses none.

    `offers`: the quick replies that stand open, each with `title` and `payload`.
    """
    if not offers:
        return None
    number = _NUMBER.match(text)
    if number:
        place = int(number.group(1)) - 1
        return offers[place]["payload"] if place < len(offers) else None
    ordinal = _ORDINAL.match(text.strip())
    if ordinal:
        word = ordinal.group(1).lower()
        places = {"1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "last": -1, "latter": -1, "former": 0}
        place = places[word] if word in places else _ORDINALS.index(word)
        return offers[place]["payload"] if place < len(offers) else None
    likeness = [
        (fuzz.ratio(text.lower().strip(" .!?"), offer["title"].lower().strip(" .!?…")), offer["payload"]) for offer in offers
    ]
    best = max(likeness)
    return best[1] if best[0] >= TITLE_MATCH else None


def says_cleared(text: str) -> bool:
    """Whether the client says that a doctor has looked at it and agreed."""
    found = _NEGATIVE.sub("negative", text)
    return bool(CLEARED.search(found)) and not NOT_CLEARED.search(found)


def cleared_beside(text: str) -> bool:
    """Whether who tells of a sign says in the same message that a doctor has cleared massage."""
    return bool(CLEARED_BESIDE.search(text)) and says_cleared(text)


def is_of_somebody(text: str) -> bool:
    """Whether what a text tells of is somebody's for whom the client asks ("can my wife book? she is pregnant")."""
    return bool(_SOMEBODY.search(text)) and not _MYSELF.search(text)


def prefers(text: str) -> bool:
    """Whether a text that names a kind of session or a length would have it, and doesn't ask about it."""
    if _ASKS_ABOUT.search(text) and not re.search(r"\b(?:instead|rather)\b", text, re.IGNORECASE):
        return False
    return bool(_PREFERS.search(text)) or (len(text.split()) <= SESSION_ONLY and not text.rstrip().endswith("?"))


def wishes_appointment(text: str) -> bool:
    """Whether a text that could be an answer wishes for an appointment instead, whatever contact stands in it."""
    return bool(_WISHES.search(text))


def books_kind(text: str) -> bool:
    """Whether a text that names a kind of session would book it, and doesn't ask about it."""
    return bool(_BOOKS_KIND.match(text))


def booked_beside(text: str) -> str | None:
    """The wish for another appointment that stands behind a cancellation ("cancel Thursday, and my husband would like Monday")."""
    clauses = _BETWEEN.split(text)
    cancels = (n for n, clause in enumerate(clauses) if _CANCELS.search(clause) and not _ABOUT_CANCELING.search(clause))
    first = next(cancels, len(clauses))
    return next((c.strip() for c in clauses[first + 1 :] if _WANTS_TOO.search(c) and not _IN_ITS_PLACE.search(c)), None)


def tells_which(asked: str | None, text: str, last: str | None) -> bool:
    """Whether minutes or an hour alone answer the offer to tell Jessica about an appointment: which it is, or how late."""
    return (asked or "").startswith("pass_on") and (last or "").startswith("appointment/") and bool(_WHICH_ONE.fullmatch(text))


def leaves_offer(text: str) -> bool:
    """Whether a text is neither a yes nor a no to the offer to ask Jessica, so that it answers what the form has asked before."""
    return yes_or_no(text) not in ("yes", "no") and not BARE.match(text) and not ASKS_ON.search(text)


def only_stops(text: str) -> bool:
    """Whether a text gives up and says nothing else; "not any more" at a screening question is an answer."""
    found = STOP.search(text)
    if not found or found[0].lower().startswith("not ") or BACK.fullmatch(text):
        return False
    return not _AROUND_STOP.sub("", text.replace(found[0], ""))


def asks(text: str) -> bool:
    """Whether the text is worded as a question or a request."""
    return bool(QUESTION.search(text.strip())) and not RELATIVE.match(text.strip())


def leans(text: str) -> bool:
    """Whether the text is short and points back at something said before."""
    return len(text.split()) <= LEANING_WORDS and bool(_LEANING.search(text.strip()))


def moves_to_session(text: str) -> bool:
    """Whether the text takes the same question to a kind of session ("even for deep tissue?")."""
    return len(text.split()) <= LEANING_WORDS and bool(_FOR_SESSION.match(text.strip()))


def leads_on(text: str) -> bool:
    """Whether a text from which a kind of session or a length was taken out only led to it ("and for …?", "what about a … session")."""
    return bool(_LEADS_ON.fullmatch(text))


def moves_to_area(text: str) -> bool:
    """Whether the text takes the same question to another part of the body ("and for my knees?")."""
    return len(text.split()) <= LEANING_WORDS and bool(_FOR_AREA.match(text.strip()))


def answers(asked: str, text: str, topic: str | None, sure: bool, last: str | None = None) -> bool:
    """Whether `text` answers what was asked, rather than being a message of its own.

    `asked`: what the last message asked for (see `data/appointments.yml` and `actions/`); `topic`: the likeliest topic;
    `sure`: whether that topic would be answered without asking; `last`: the topic talked about so far.
    """
    family = (topic or "").split("/")[0]
    own = sure and asks(text) and family in ("faq", "complaint")
    if asked in ("booking_name", "booking_when", "booking_contact") and COURTESY.match(text):
        return False
    if asked in ("booking_session", "booking_when", "booking_confirm") and sure and topic == "person" and asks(text):
        return bool(_HERS_TO_CHOOSE.search(text))  # "can I talk to Jessica?" is no session, no time and no yes
    if asked in ("pass_on", "pass_on_contact", "clarify") and wishes_appointment(text):
        return False
    if asked.startswith("booking_") and asked != "booking_code" and _ASKS_FOR_HOUR.match(text):
        return True  # however alike a question for a length is: "can we do 10:45"
    if asked in ("booking_contact", "pass_on_contact") and (_MUST_I.match(text) or _WITHHOLDS.search(text)):
        return True
    if asked == "booking_name" and CONTACT.search(text):
        return True
    if asked == "booking_name":
        # A name can look like anything ("Dana Price", "Hill"): only a question or a plain wish is none.
        wants_her = sure and topic == "person" and not _CALL_ME.match(text)
        question = asks(text) and (len(text.split()) > 2 or (sure and bool(_WONDERS.match(text))))
        return not (question or wants_her)
    if (
        asked == "pass_on_contact"
        and (last or "").startswith("appointment/")
        and not asks(text)
        and re.search(_DAY, text, re.IGNORECASE)
    ):
        return True  # which appointment it is
    if asked == "pass_on_contact" and sure and (topic or "").startswith("appointment_"):
        return bool(CONTACT.search(text))
    if asked == "pass_on_contact" and ASKS_JESSICA.search(text):
        return False
    if asked in ("booking_contact", "pass_on_contact"):
        greets = asked == "booking_contact" and topic == "smalltalk/greet"
        return bool(CONTACT.search(text)) or not (own or greets or (sure and family in ("person", "complaint")))
    if asked == "person_message":
        return not (own or (sure and (topic == "smalltalk/rude" or (topic == "person" and _HER_CONTACT.search(text)))))
    if asked in ("booking_when", "booking_start", "move_when"):
        return not own or bool(topic and topic.startswith("appointment_"))
    if asked == "booking_session":
        wonders = asks(text) and bool(_WONDERS.match(text.strip())) and not _HERS_TO_CHOOSE.search(text)
        return family == "complaint" or not (own or (wonders and not sure))
    if asked == "booking_confirm":
        return not own
    if asked == "booking_code":
        # Whoever has no code says whose appointment it is, and when: that belongs to what is to be done with it.
        other = (
            sure
            and (topic or "").startswith("appointment_")
            and topic != f"appointment_{(last or '').split('/')[-1]}"
            and topic != "appointment_book"
        )
        new = asks(text) or wishes_appointment(text) or (sure and family in ("complaint", "person", "smalltalk")) or other
        return bool(yes_or_no(text)) or not (new or COURTESY.match(text))
    if asked == "screen":
        if asks_back(text) or (asks(text) and tells_sign(text)):
            return True
        if sure and family == "complaint" and topic != last and not read_answer(text):
            return False  # something else hurts
        if sure and topic == last:
            return True  # "does it matter?" is about what was asked, and no answer to it
        if own and not read_answer(text):
            return False  # "ok, how many sessions will I need?" is no "ok"
        # A bare "Monday at 10" wants what was begun, and the question comes first.
        begins = (topic or "").startswith("appointment_") and (topic != "appointment_book" or wishes_appointment(text))
        return bool(yes_or_no(text)) or not (sure and (asks(text) or family in ("person", "smalltalk") or begins))
    if asked.startswith("advice_"):
        if sure and family == "complaint" and topic != last:
            return False  # something else hurts
        wondered = asks(text) and (sure or bool(_WONDERS.match(text.strip())))
        return not (wondered or (sure and (family == "person" or (topic or "").startswith("appointment_"))))
    if asked == "pass_on" and (last or "").startswith("appointment/") and not (sure or asks(text)):
        return bool(yes_or_no(text)) or len(text.split()) <= MOST_OF_A_NAME or bool(CONTACT.search(text))  # whose it is
    if asked == "pass_on" and (contact := CONTACT.search(text)):
        # "Monday at 10, Dana Price, 508-555-0142" is dictated for a booking, and no yes to what was offered, unless that is about one.
        about_one = (last or "").startswith("appointment/")
        dictates = (
            not about_one
            and re.search(_DAY, text[: contact.start()], re.IGNORECASE)
            and not (ASKS_ON.search(text) or yes_or_no(text) or CALLS.search(text))
        )
        return not dictates
    if asked == "pass_on" and sure and topic == "appointment_book":
        return bool(BARE.match(text))  # "ok, book Thursday then" is none, "yes please" is
    return bool(yes_or_no(text)) and not own and not (asks(text) and _WONDERS_ABOUT.search(text))
