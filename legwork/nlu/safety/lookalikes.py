"""Writes lookalikes.txt: ordinary English words that are one typing error away from a word of the signs.

Run it after adding words to signs.yml: `python -m legwork.nlu.safety.lookalikes`. Without it "stoke" would be
read as "stroke". The English words come from the frequency list that ships with symspellpy.
"""

from __future__ import annotations

import importlib.resources

from legwork.nlu.safety.signs import HERE, Signs

DICTIONARY = "frequency_dictionary_en_82_765.txt"
COMMON = 1_000_000
"""Rarer words than this (count in the list's own corpus) are more often a typing error than meant."""


def lookalikes() -> list[str]:
    """The words that the spelling must leave as they are, sorted."""
    signs = Signs.load()
    dictionary = importlib.resources.files("symspellpy").joinpath(DICTIONARY).read_text("utf-8-sig")
    rows = (line.split() for line in dictionary.splitlines())
    common = [word for word, count in rows if int(count) >= COMMON]
    spelling = type(signs.spelling)(signs.vocabulary, ())
    return sorted(word for word in common if spelling.mend(word) != word)


if __name__ == "__main__":
    (HERE / "lookalikes.txt").write_text("\n".join(lookalikes()) + "\n", "utf-8")
