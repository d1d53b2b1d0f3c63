"""Names and contacts as people type them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

import phonenumbers
from email_validator import EmailNotValidError, validate_email


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REGION = "US"
_MAIL = re.compile(r"[^\s@<>,;:()]+@[^\s@<>,;:()]+\.[^\s@<>,;:()]+")
_SPOKEN_MAIL = re.compile(r"\b([\w.+-]+)\s+(?:at|\(at\)|\[at\])\s+([\w-]+(?:\s+dot\s+[\w-]+)+)\b", re.IGNORECASE)
"""`dana at example dot com`."""

_ONLY_DIGITS = re.compile(r"\W*(?:\d\W*){3,}")
"""`508-555-0100`, and what is short of one."""

_AMERICAN = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
"""How a number of the North American plan is built; whether it is in use nobody asks here."""

_NAME_WORD = r"(?:(?:dr|mr|mrs|ms|st)\.|(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s)|[^\W\d_][\w\u0300-\u036f\u0900-\u0e7f'’-]*)"
"""With the marks that stand on letters, or for vowels in the scripts of India and Thailand: they are no letters to `re`."""

_NAME = rf"({_NAME_WORD}(?:[ \t]+{_NAME_WORD}){{0,4}})"
_SAYS_NAME = re.compile(
    rf"\b(?:my name is|my name['’]?s|name is|name['’]s|name:|name to|calls? me|under(?: the name)?(?: of)?)\s+{_NAME}",
    re.IGNORECASE,
)
_SAYS_WHO = re.compile(rf"\b(?:this is|i['’]?m|i am|it['’]?s)\s+{_NAME}", re.IGNORECASE)
"""Leads to a name, and to much else: "I'm sore"."""

_WHO_HERE = re.compile(rf"^\W*(?:(?:hi|hey|hello)[\s,!.]+)?{_NAME}\s+here\b", re.IGNORECASE)
"""`Dana Price here, …`."""

_FOR_WHOM = re.compile(rf"\bfor\s+{_NAME}", re.IGNORECASE)
_RELATIVE = (
    r"my (?:(?:adult|grown|older?|elde(?:r|st)|younge(?:r|st)|oldest|teen(?:age)?|little|big|best|dear|\d+[- ]year[- ]old) )?"
    r"(?:wife|husband|spouse|partner|girlfriend|boyfriend|fianc[eé]e?|daughter|son|kid|mother|mom|father|dad|sister|brother|friend|teammate)"
    r"(?:['’]?s(?: name(?: is)?)?)?"
)
_FILLER = re.compile(
    r"^(?:(?:hi|hey|hello|sure|ok|okay|yes|yeah|yep|oh|well|um|it['’]?s|i['’]?m|i am|this is|my name is|my name['’]?s|name is|names?|call me"
    r"|the name is|put it under|under|just|make it|(?:change|put) (?:it|that|the name) (?:to|as)"
    r"|(?:(?:you|u) can (?:just )?(?:put|use|write)|put)(?: me| it)?(?: down)?(?: under| as)?"
    rf"|(?:for )?{_RELATIVE})(?:[\s,:.!-]+|$))+",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"[\s,;.]+(?:(?:and|n|&|but|also|btw)[\s,]+(?:i|i['’]?m|i['’]?ve|my|we)|who|who['’]?s|whose|from|not (?:for )?(?:me|myself|mine))\b.*",
    re.IGNORECASE | re.DOTALL,
)
"""What is told beside the name ("Dana Price, and I'm pregnant", "Max who is twelve", "Erin not me", "Dana from Holden")."""

_FOR_ANOTHER = re.compile(r"[\s,;.]+for (?:my|our)\b.*", re.IGNORECASE | re.DOTALL)
"""Whom the named one books for ("Tom Baker for my son Eli")."""

_BRACKETS = re.compile(r"\(.*?\)")
"""What is put in brackets: "Dana (she/her)"."""

_LAST_FIRST = re.compile(rf"\W*({_NAME_WORD}),\s*({_NAME_WORD})[\s.!]*", re.IGNORECASE)
"""`O'Brien, Kaitlin`, as forms have it."""

_WORD = re.compile(_NAME_WORD + r"\.?", re.IGNORECASE)
_PARTICLES = _words("de la las los del da das do dos di du van von der den ter ten el al bin ibn le y e and")
"""Written small inside a name."""

_NUMERALS = _words("ii iii iv")
_INITIAL = re.compile(r"^\w|(?<=-)\w|(?<=^[od]['’])\w")
"""The letters of a name that are written large: Mary-Jo, O'Brien."""

_POLITE = _words("here please thanks thank you thx ty lol haha cool perfect awesome cheers actually instead btw")
NO_NAMES = _words(
    "a an the and or but not no yes yeah yep yup nope none nothing same later idk why what who whatever correct right as of "
    "so very really quite just still also too currently always never in at on to my your our from with by if it its is are "
    "was can could do does have has need want would i you we they me hi hey hello training running runnin runner racing late "
    "looking hoping trying interested wondering available free busy sore tight stiff hurt hurting injured pregnant sick new "
    "sure fine good great ok okay going coming booking having getting calling texting asking urgent monday tuesday wednesday "
    "thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun morning afternoon evening tomorrow today tonight "
    "mornings afternoons evenings weekends weekday weekdays noon next this that after before between around back calves calf hips hip knees knee legs leg feet foot shoulder "
    "shoulders neck quads glutes hamstrings hamstring ankle ankles shins massage cupping session appointment minutes hour "
    "hours first one two over wrong start stop i'm im jessica sometime anytime week weekend work for everything body when "
    "whenever maybe asap soon about important whose off number phone email cell something all whole only both i'd i'll i've "
    "rather her his their"
)
"""Words that are no part of a name, and end one."""

ORDINARY = _words(
    "about above again all almost already am another any anyone anybody anything anyway are be because been being both cannot did didn't doesn't doing done "
    "down each either else enough even ever every everyone few get give go goes gone gonna got had hers him himself how however into keep last less lets look "
    "looks made make many maybe might more most much must myself neither nobody nor now often once other others otherwise ours out own perhaps please put "
    "say says said see seems she should show side since some somehow someone somebody such take tell than that's them then there there's these they "
    "thing things think those though three through together too took under until up us used using well went were where where's which while who's "
    "whom within without won't yet yours yourself wasn't isn't aren't haven't "
    "ya yah ye yea yeh k kk nah naw hm hmm hmmm mm mmm mhm uh uhh um umm uhm er ugh huh eh ah aha oh ooh oops whoops wow lol haha omg idk dunno nvm nevermind meh sorry pardon wait "
    "gift card cards certificate cert voucher coupon insurance hsa fsa venmo credit pay paid paying payment cost costs prices rate rates free fee "
    "fees refund parking address location directions website online question questions answer number name cleared clear clearance pt doctor physio mri scan "
    "cancel canceled cancelled reschedule change changed move moved book booked booking schedule send skip stop continue help human robot bot person real "
    "anonymous private secret pregnant injury injured pain painful better worse prefer preferred possible thursdays wife husband son daughter mom "
    "mother dad father kid kids friend tissue sports myofascial release stretch stretching foam rolling marathon half run runs shoes client "
    "customer appointments massages sessions time times days month today's weather lunch dinner work school class meeting works brb prenatal couples male female returning"
)
"""Further words that nobody is called by, or whose name would be written large beside another."""

MAY_BE_NAMES = _words("an my sun so do can in you mon sat thu may will and")
"""Words that are also somebody's name, beside one that is none of all these ("an nguyen")."""

LIKE_SURNAMES = _words("back hip hips knee foot neck cupping")
"""Those of them that are also people's last names."""

CORRECTING = _words(
    "actually wait oh sorry mean make it can could we do week instead then rather works move change switch push "
    "book let's lets please any anything something sometime better best suits work for add plus left lower upper pain tightness "
    "oops whoops hm hmm uh um well meant scratch scrap forget mind nevermind nvm changed cancel would be is was might could possible preferred ideal"
)
"""Words around what is put right, beside those that are no names."""

ORDERS = _words(
    "book send skip tell ask cancel don't dont stop make give let's lets change leave talk show get keep schedule confirm anything"
)
"""Words that begin a wish and no name ("Book It")."""

MOST_NAME_WORDS = 5
MOST_LETTERS = 40
MOST_EXTENSION = 8
MOST_CHARACTERS = 1000
"""A name, its words and the text around it are no longer."""


@dataclass(frozen=True)
class Contact:
    """One way to reach the client: a mail address, or a phone number in E.164."""

    email: str | None = None
    phone: str | None = None
    """With an extension behind `;ext=`, as telephone links have it."""

    def __str__(self) -> str:
        """As it is read back and stored beside a question."""
        return ", ".join(filter(None, (spoken_phone(self.phone), self.email)))


def spoken_phone(number: str | None) -> str | None:
    """As people write it: an American number without its country's code, another with it."""
    if number is None:
        return None
    parsed = phonenumbers.parse(number)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if parsed.country_code == 1 else form.INTERNATIONAL)


def read_contact(text: str) -> Contact | None:
    """The mail address and the phone number in `text`, the first of each; None when there is no valid one."""
    text = text[:MOST_CHARACTERS]
    email, phone = _read_mail(text), _read_phone(_MAIL.sub(" ", text))
    return Contact(email, phone) if email or phone else None


def without_contact(text: str) -> str:
    """What of `text` stands beside mail addresses and phone numbers."""
    without = _MAIL.sub(" ", text[:MOST_CHARACTERS])
    for match in phonenumbers.PhoneNumberMatcher(without, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        without = without.replace(match.raw_string, " ")
    return without


def is_contact(text: str) -> bool:
    """Whether `text` is a phone number or a mail address and nothing else, whether or not anybody has it."""
    return bool(_MAIL.fullmatch(text.strip()) or _ONLY_DIGITS.fullmatch(text))


def places(text: str, name: str | None) -> list[tuple[int, int]]:
    """Where the name and the mail addresses stand in `text`, as (start, end)."""
    found = [match.span() for pattern in (_MAIL, _SPOKEN_MAIL) for match in pattern.finditer(text)]
    if name:
        written = re.search(r"\W+".join(map(re.escape, name.split())), text, re.IGNORECASE)
        words = [written] if written else [re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in name.split()]
        found += [word.span() for word in words if word]
    return found


def _read_mail(text: str) -> str | None:
    written = _SPOKEN_MAIL.sub(
        lambda m: f"{m[1]}@{re.sub(r'[ ]+dot[ ]+', '.', m[2], flags=re.IGNORECASE)}", re.sub(r"\s*@\s*", "@", text)
    )
    for found in _MAIL.findall(written):
        try:
            return validate_email(found.strip(".'\"!"), check_deliverability=False).normalized
        except EmailNotValidError:
            continue
    return None


def _read_phone(text: str) -> str | None:
    for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        if _AMERICAN.fullmatch(number) or (match.number.country_code != 1 and phonenumbers.is_possible_number(match.number)):
            return number + _extension(match.number)
    return None


def _extension(number: phonenumbers.PhoneNumber) -> str:
    digits = number.extension or ""
    return f";ext={digits}" if 0 < len(digits) <= MOST_EXTENSION else ""


def read_name(text: str, asked: bool) -> str | None:
    """The client's name: the whole text when it was asked for, else what is plainly given as one.

    Args:
        text: what the client wrote.
        asked: whether the last message asked for the name.
    """
    text = text[:MOST_CHARACTERS]
    if not asked:
        # "I'm" leads to a name when that is written like one.
        who = _led_name(text, _SAYS_WHO) or _led_name(text, _WHO_HERE)
        return _led_name(text, _SAYS_NAME) or (who if who and who in text else None) or _beside_contact(text)
    without = _BRACKETS.sub(" ", without_contact(text))
    return _read_asked_name(_ASIDE.sub("", without)) or _read_asked_name(without)


def _read_asked_name(text: str) -> str | None:
    for lead in (_SAYS_NAME, _SAYS_WHO, _FOR_WHOM):
        if name := _led_name(text, lead):
            return name
    rest = _FOR_ANOTHER.sub("", _FILLER.sub("", text.strip()))
    turned = _LAST_FIRST.fullmatch(rest)
    if turned and not {word.lower() for word in turned.groups()} & (NO_NAMES | _POLITE | CORRECTING):
        return _as_name([turned[2], turned[1]])
    return _as_name(rest.split(",")[0].split())


def _led_name(text: str, lead: re.Pattern[str]) -> str | None:
    """The first name that follows a lead, up to the first word that is no part of one."""
    for match in lead.finditer(text):
        given = match[1].split()
        words = list(takewhile(lambda word: word.lower().strip(".") not in NO_NAMES, given))
        if words and given[len(words) :] and _is_surname(given[len(words) :], text[match.end(1) :]):
            words = given
        if name := _as_name(words):
            return name
    return None


def _is_surname(words: list[str], behind: str) -> bool:
    """Whether a part of the body is the last word of a name that ends its piece of the text ("my name is Jack Back, …")."""
    return len(words) == 1 and words[0].lower() in LIKE_SURNAMES and not re.match(r"\s*\w", behind)


_PIECES = re.compile(r"[,;?!\n]+|\.\s")


def _beside_contact(text: str) -> str | None:
    """A short capitalised piece of a list with a contact ("60 min tue after 5, Dana Price, 508-555-0142")."""
    if not read_contact(text):
        return None
    for piece in _PIECES.split(text)[1:]:
        words = piece.split()
        if 0 < len(words) <= 3 and all(w[0].isupper() and w.isalpha() and w.lower() not in NO_NAMES for w in words):
            return _as_name(words)
    return None


def _as_name(words: list[str]) -> str | None:
    words = [w for w in (word.strip(',!?()"') for word in words) if any(c.isalnum() for c in w)]
    while words and words[-1].lower().strip(".") in _POLITE:
        words.pop()
    if not words or len(words) > MOST_NAME_WORDS or not all(_WORD.fullmatch(w) and len(w) <= MOST_LETTERS for w in words):
        return None
    plain = [w.lower().replace("’", "'") for w in words]
    if plain[0] in ORDERS or not _looks_like_name(words, plain):
        return None
    if len(words[-1]) > 2 and "." not in words[-1][:-1]:
        words[-1] = words[-1].strip(".")
    return " ".join(_cased(w, inside=i > 0) for i, w in enumerate(words))


def _looks_like_name(words: list[str], plain: list[str]) -> bool:
    """Whether the words may be somebody's name: none is an ordinary one, unless all are written large or it is a name too."""
    no_names = [w for n, w in enumerate(plain) if w in NO_NAMES and not (n and w in LIKE_SURNAMES)]
    ordinary = [w for w in plain if w in ORDINARY]
    if len(words) > 1 and all(w[0].isupper() or w in _PARTICLES for w in words):
        return 2 * len(no_names) <= len(words) and len(ordinary) < len(words)
    return (
        not ordinary
        and (len(words) > 1 or not no_names)
        and all(w in MAY_BE_NAMES for w in no_names)
        and len(no_names) < len(words)
    )


def _cased(word: str, inside: bool) -> str:
    if any(c.isupper() for c in word) or (inside and word in _PARTICLES):
        return word
    if "." in word[:-1] or (inside and word in _NUMERALS):
        return word.upper()
    return _INITIAL.sub(lambda letter: letter[0].upper(), word)
