"""Mends typing errors and text-message short forms, so that what follows sees the words that were meant.

Names, numbers, and words that the training data or general English know are never changed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from symspellpy import SymSpell, Verbosity

from legwork.nlu.safety.examples import examples as safety_examples
from legwork.nlu.safety.examples import fingerprint

NORMALISED = "normalised"
"""Message property: the text with typing errors mended; the client's own text stays in `text`."""

MAX_CHARACTERS = 1000
"""Longer texts are cut before anything is computed on them; the safety screen reads the whole text itself."""

SHORT_FORMS = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "n": "and", "b4": "before", "2day": "today", "2morrow": "tomorrow",
    "2moro": "tomorrow", "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tomo": "tomorrow", "2nite": "tonight",
    "thx": "thanks", "thnx": "thanks", "tnx": "thanks", "ty": "thank you", "tysm": "thank you so much", "pls": "please",
    "plz": "please", "plse": "please", "msg": "message", "txt": "text", "appt": "appointment", "apt": "appointment",
    "appts": "appointments", "hr": "hour", "hrs": "hours", "min": "minutes", "mins": "minutes", "wk": "week", "wks": "weeks",
    "yr": "year", "yrs": "years", "mo": "month", "mos": "months", "nxt": "next", "abt": "about", "bc": "because",
    "cuz": "because", "coz": "because", "w": "with", "w/": "with", "w/o": "without", "wo": "without", "idk": "i do not know",
    "dk": "do not know", "lmk": "let me know", "btw": "by the way", "asap": "as soon as possible", "rn": "right now",
    "wanna": "want to", "gonna": "going to", "gotta": "have to", "gimme": "give me", "dunno": "do not know",
    "whats": "what is", "wats": "what is", "wat": "what", "wut": "what", "hows": "how is", "wheres": "where is", "hav": "have",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "can not", "wont": "will not", "isnt": "is not",
    "im": "i am", "ive": "i have", "id": "i would", "ill": "i will", "thats": "that is", "theres": "there is",
    "shes": "she is", "hes": "he is", "youre": "you are", "ya": "you", "yall": "you all", "k": "ok", "kk": "ok",
    "sched": "schedule", "resched": "reschedule", "cxl": "cancel", "rez": "reservation", "addy": "address",
    "sesh": "session", "rec": "recommend", "recs": "recommendations", "legit": "really", "prob": "probably",
    "probs": "probably", "def": "definitely", "bday": "birthday", "cc": "credit card", "cert": "certificate",
    "mfr": "myofascial release", "itb": "it band", "itbs": "it band syndrome", "pf": "plantar fasciitis",
    "bq": "boston qualifier", "lmt": "licensed massage therapist", "dt": "deep tissue", "tho": "though", "thru": "through",
    "tues": "tuesday", "thurs": "thursday", "thur": "thursday", "mon": "monday", "wed": "wednesday", "fri": "friday",
    "sat": "saturday", "sun": "sunday", "2": "to", "4": "for",
    "shud": "should", "shld": "should", "shuld": "should", "cud": "could", "cld": "could", "wud": "would", "wld": "would",
    "dnt": "do not", "cn": "can", "wen": "when", "whn": "when", "wher": "where", "whr": "where", "wich": "which", "hw": "how",
    "mch": "much", "offen": "often", "ofen": "often", "jus": "just", "jst": "just", "wnt": "want", "kno": "know", "tryna": "trying to",
    "gona": "going to", "urself": "yourself", "urs": "yours", "nite": "night", "tite": "tight", "rite": "right", "enuf": "enough",
    "bout": "about", "bcuz": "because", "becuz": "because", "befor": "before", "aftr": "after", "evry": "every", "luv": "love",
    "prolly": "probably", "ppl": "people", "frm": "from", "yer": "your", "ne1": "anyone", "any1": "anyone", "some1": "someone",
    "sumthing": "something", "sumthin": "something", "da": "the", "dat": "that", "dis": "this", "wit": "with", "fone": "phone",
    "smth": "something", "smthn": "something", "smthing": "something", "sumn": "something", "nthn": "nothing", "nvm": "never mind",
    "lemme": "let me", "omw": "on my way", "tbh": "to be honest", "ngl": "to be honest", "jw": "just wondering", "howz": "how is",
    "hv": "have", "hvnt": "have not", "havnt": "have not", "shd": "should", "cudnt": "could not", "cldnt": "could not",
    "shudnt": "should not", "wudnt": "would not", "wkend": "weekend", "wknd": "weekend", "wkends": "weekends", "tmrow": "tomorrow",
    "tmoro": "tomorrow", "2mrw": "tomorrow", "2mro": "tomorrow", "yest": "yesterday", "w8": "wait", "l8": "late", "l8r": "later",
    "gr8": "great", "gm": "good morning", "gn": "good night", "thanku": "thank you", "thnks": "thanks", "cus": "because",
    "ofc": "of course", "rly": "really", "avail": "available", "addr": "address", "cnx": "cancel", "cxld": "canceled",
    "resch": "reschedule", "appmt": "appointment", "apmt": "appointment", "appnt": "appointment", "bkng": "booking", "xtra": "extra",
    "qs": "questions", "lil": "little", "gf": "girlfriend", "bf": "boyfriend",
}  # fmt: skip
"""What people write for short in text messages, and what it stands for."""

_MEDICINES = (
    "accutane adderall advil aleve amlodipine aspirin atenolol atorvastatin benadryl celebrex cialis cipro claritin coumadin crestor cymbalta"
    " dexamethasone diclofenac eliquis enbrel finasteride flexeril fluoxetine gabapentin heparin humira hydrochlorothiazide ibuprofen insulin"
    " isotretinoin januvia keppra lamictal levothyroxine lexapro lipitor lisinopril lithium losartan lovenox lyrica meloxicam metformin"
    " methotrexate metoprolol motrin mounjaro naproxen naprosyn nexium norco oxycodone ozempic paxil percocet plavix pravastatin pradaxa"
    " prednisone propranolol prozac remicade rosuvastatin sertraline simvastatin spironolactone stelara synthroid tamoxifen toprol"
    " tramadol trazodone tylenol viagra vicodin vyvanse warfarin wegovy wellbutrin xanax xarelto zepbound zoloft zyrtec"
)
MEDICINES = frozenset(_MEDICINES.split())
"""Common in the US, and no words of general English: mended, they would become others ("accutane" → "accurate")."""

BEFORE_A_NAME = {"im", "i'm", "name", "names", "name's"}
"""After these a word may be a name, and isn't mended: "im kaitlin"."""

DIGIT_WORDS = {"2", "4"}
"""Short forms that are numbers unless a word stands on both sides ("want 2 book", not "2 calves")."""

AFTER_WHICH_A_DIGIT_IS_A_WORD = {
    "2": {
        "want",
        "need",
        "have",
        "going",
        "like",
        "able",
        "how",
        "got",
        "get",
        "trying",
        "is",
        "back",
        "new",
        "next",
        "used",
        "talk",
    },
    "4": {
        "good",
        "much",
        "mch",
        "best",
        "looking",
        "thanks",
        "thx",
        "ready",
        "do",
        "is",
        "time",
        "bad",
        "work",
        "pay",
        "u",
        "something",
        "anything",
    },
}
_MIXED = "|".join(
    sorted((re.escape(form) for form in SHORT_FORMS if not form.isalpha() and len(form) > 1), key=len, reverse=True)
)
_WORD = re.compile(
    r"[\w.+'-]{1,64}@[\w-]{1,64}(?:\.[\w-]+)+|(?:https?://|www\.)\S+"  # an address is a name, whole
    rf"|(?<!\w)(?i:{_MIXED})(?!\w)"  # 2day, w/o
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]|_"
)
_TOUCHED = re.compile(r"[\d/]")
"""A lone letter beside one of these is a unit or a choice: "a 5k", "y/n"."""

_STRETCHED = re.compile(r"(.)\1{2,}")
_INVISIBLE = re.compile(r"[​-‏‪-‮⁠-⁤﻿­]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "`": "'"})
MIN_DROPPED = 4
"""Letters above which a word in -in may be one in -ing; shorter ones are names ("Erin") and words of their own."""

MAX_WORD = 30
"""A longer run of letters is no word, and distances to it cost time."""


class Speller:
    """Words that are known, and the nearest known word to one that isn't."""

    def __init__(self, counts: dict[str, int], known: set[str]) -> None:
        """`counts`: words of the training data, which win over general English; `known`: general English, left as it is."""
        self._counts = counts
        self._known = known
        self._symspell = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in counts.items():
            self._symspell.create_dictionary_entry(word, count)

    def knows(self, word: str) -> bool:
        """Whether `word`, in lower case, is left as it is."""
        return word in self._counts or word in self._known or word in MEDICINES

    def with_g(self, word: str) -> str | None:
        """The word whose last letter was left out ("runnin"), None where there is no such word."""
        dropped = len(word) > MIN_DROPPED and word.endswith("in") and word not in self._known and self.knows(word + "g")
        return word + "g" if dropped else None

    def mend(self, word: str) -> str:
        """The word that was meant, or `word` itself: one error below six letters, two from six on."""
        if self.knows(word) or len(word) < 4 or len(word) > MAX_WORD:
            return word
        squeezed = _STRETCHED.sub(r"\1", word)
        if self.knows(squeezed):
            return squeezed
        found = self._symspell.lookup(word, Verbosity.TOP, max_edit_distance=1 if len(word) < 6 else 2)
        # A wrong first letter is rare in typing and common between unlike words.
        return next((f.term for f in found if f.term[0] == word[0] or len(word) > 6), word)


def normalise(text: str, speller: Speller) -> str:
    """`text` with short forms written out and typing errors mended; at most 1,000 characters of it are read."""
    text = _INVISIBLE.sub("", text[:MAX_CHARACTERS]).translate(_QUOTES)
    tokens = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    out, last = [], 0
    for i, (token, start, end) in enumerate(tokens):
        out.append(text[last:start])
        last = end
        previous = tokens[i - 1][0].lower() if i else ""
        if previous == "is" and i > 1 and tokens[i - 2][0].lower() == "name":
            previous = "name"
        unit = len(token) == 1 and token.isalpha() and _TOUCHED.search(text[max(start - 1, 0) : start] + text[end : end + 1])
        out.append(token if unit else _meant(token, previous, tokens[i + 1][0] if i + 1 < len(tokens) else "", speller))
    out.append(text[last:])
    return re.sub(r"\s+", " ", "".join(out)).strip()


def _meant(token: str, previous: str, following: str, speller: Speller) -> str:
    lower = token.lower()
    if lower in DIGIT_WORDS:
        return SHORT_FORMS[lower] if previous in AFTER_WHICH_A_DIGIT_IS_A_WORD[lower] and following.isalpha() else token
    if lower in SHORT_FORMS:
        return SHORT_FORMS[lower]
    if not token.isalpha() or not token.isascii():
        return token
    if (token[0].isupper() and previous not in ("", ".", "!", "?")) or previous in BEFORE_A_NAME:
        return token  # a name
    return speller.with_g(lower) or (speller.mend(lower) if not speller.knows(lower) else token)


def general_words(limit: int = 30_000) -> set[str]:
    """The most common English words, from symspellpy's list, which is ordered by frequency."""
    words = set()
    with files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").open(encoding="utf-8-sig") as lines:
        for line in lines:
            words.add(line.split()[0])
            if len(words) >= limit:
                break
    return words


def count_words(texts: list[str]) -> dict[str, int]:
    """Words of two or more letters and how often they stand in `texts`; words seen once may be typing errors themselves."""
    counts = Counter(
        m.group().lower() for text in texts for m in _WORD.finditer(text) if m.group().isalpha() and len(m.group()) > 1
    )
    return dict(counts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Normaliser(GraphComponent):
    """Puts `normalised` beside each message's own text."""

    FILE = "words.json"

    def __init__(self, model_storage: ModelStorage, resource: Resource, speller: Speller | None = None) -> None:
        """`speller` is None until trained."""
        self._storage, self._resource = model_storage, resource
        self._speller = cast(Speller, speller)  # None until it is trained; Rasa processes nothing before

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Normaliser:
        """(see parent class for full docstring)"""
        return cls(model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The safety net's examples are in no file that Rasa knows of (see parent class for full docstring)."""
        return fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the words of the phrasings, of the safety net's examples and of the vocabulary's lookup tables."""
        general = general_words()
        texts = [e.get(TEXT) for e in training_data.training_examples if e.get(TEXT)]
        texts += [text for text, _ in safety_examples()]
        texts += [entry for table in training_data.lookup_tables for entry in table["elements"] if isinstance(entry, str)]
        # Phrasings hold typing errors on purpose: a word counts as known if it is general English or stands there often.
        counts = {w: n for w, n in count_words(texts).items() if w in general or n >= 3}
        self._speller = Speller(counts, general)
        self.persist(counts)
        return self._resource

    def persist(self, counts: dict[str, int]) -> None:
        """Stores the words as JSON."""
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / self.FILE).write_text(json.dumps(counts), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Normaliser:
        """(see parent class for full docstring)"""
        with model_storage.read_from(resource) as folder:
            counts = json.loads((Path(folder) / cls.FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, Speller(counts, general_words()))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """(see parent class for full docstring)"""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """(see parent class for full docstring)"""
        for message in messages:
            text = message.get(TEXT)
            if text:
                message.set(NORMALISED, normalise(text, self._speller), add_to_output=False)
        return messages
