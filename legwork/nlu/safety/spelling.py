"""Writes spelling.yml: what the screen must know about English words to mend typing errors without harm.

Run it after adding words to signs.yml: `python -m legwork.nlu.safety.spelling`. `forms` are the words that a stem
covers; `lookalikes` are ordinary words one letter away from a word of the signs, which would else be misread
("stoke" as "stroke"). The English words come from the frequency list that ships with symspellpy.
"""

from __future__ import annotations

import importlib.resources
import textwrap

import yaml

from legwork.nlu.safety.signs import HERE, Signs
from legwork.nlu.safety.text import Spelling

DICTIONARY = "frequency_dictionary_en_82_765.txt"
COMMON = 2_000_000
"""Rarer words than this (by the list's own count) are more often a typing error than meant."""
LONGEST_ENDING = 6
MEANT = [
    "aspiring",
    "barking",
    "blending",
    "blur",
    "choir",
    "clog",
    "clogs",
    "feaver",
    "fostering",
    "goin",
    "humbling",
    "humility",
    "humor",
    "humors",
    "humour",
    "lash",
    "lashes",
    "limbs",
    "mariam",
    "marian",
    "noor",
    "noora",
    "omit",
    "ovid",
    "plotted",
    "plotting",
    "rapture",
    "sceptic",
    "shakira",
    "skeptic",
    "slowed",
    "slowing",
    "soares",
    "soren",
    "spelled",
    "spotting",
    "steph",
    "strobe",
    "stunt",
    "stunts",
    "weds",
    "wheeling",
]
"""Rarer names and words that are meant as they stand, though they are one letter away from a sign."""


def english() -> list[str]:
    """The common English words."""
    text = importlib.resources.files("symspellpy").joinpath(DICTIONARY).read_text("utf-8-sig")
    return [word for word, count in (line.split() for line in text.splitlines()) if int(count) >= COMMON]


def main() -> None:
    """Write the file."""
    data = yaml.safe_load((HERE / "signs.yml").read_text("utf-8"))
    signs, words = Signs(data), sorted({*english(), *MEANT})
    forms = sorted(w for w in words if any(w[:n] in signs.stems for n in range(max(3, len(w) - LONGEST_ENDING), len(w) + 1)))
    spelling = Spelling(Signs(data, forms).vocabulary, (), signs.stems)
    lookalikes = sorted(word for word in words if spelling.meant(word))
    out = "# Written by `python -m legwork.nlu.safety.spelling` from signs.yml and symspellpy's frequency list.\n"
    for name, listed in (("forms", forms), ("lookalikes", lookalikes)):
        out += f"{name}: >-\n" + textwrap.indent(textwrap.fill(" ".join(listed), 150), "  ") + "\n"
    (HERE / "spelling.yml").write_text(out, "utf-8")


if __name__ == "__main__":
    main()
