"""The second net: what the patterns miss is heard by its likeness to examples.

It fails independently of the patterns: it reads the whole message, as a sentence vector and as n-grams, instead of single
words. The same three heads as name the topics (see legwork.nlu.heads) name the sign, or "benign". The thresholds of the
levels are chosen at training, on phrases held out from it, so that only a small share of benign messages is raised.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from legwork.nlu.heads import NEAREST_SHARE, Heads
from legwork.nlu.ngrams import Counts
from legwork.nlu.normaliser import Speller, normalise
from legwork.nlu.safety.examples import BENIGN, examples
from legwork.nlu.safety.patterns import Finding, shipped
from legwork.nlu.safety.signs import LEVELS

COUNTED = {
    "emergency": ("emergency",),
    "doctor": ("doctor", "emergency"),
    "tell_jessica": ("tell_jessica",),
    "refuse": ("refuse",),
}
"""Whose chances count for a level: what may be an emergency or a doctor's sign is at least the latter."""
_FALSE_STOPS = {"emergency": 0.003, "doctor": 0.004, "tell_jessica": 0.002, "refuse": 0.001}
"""The share of the topics' phrases that each level's threshold may let through among those held out."""
_NEAR_MISSES = {"emergency": 0.04, "doctor": 0.05, "tell_jessica": 0.015, "refuse": 0.005}
"""The same for benign phrases of examples.yml, which use the signs' own words on purpose."""
_LEAST = {"emergency": 0.5, "doctor": 0.5, "tell_jessica": 0.4, "refuse": 0.5}
"""No threshold is lower, however well the phrases are told apart: unseen messages are harder.

On 4,300 messages that no part was trained on, the net alone raised 50 true stops, none of them below 0.52, and three false ones below 0.5.
"""
HELD_OUT = 3
"""One phrase in so many is held out to choose the thresholds; the heads then learn from all."""


AMID = 3
"""One example in so many is told once more in the middle of an everyday wish, if it has no more than AMID_WORDS."""
AMID_WORDS = 14
_LINKS = (
    "{} and {}",
    "{}, {}",
    "{}. {}",
    "{} if {}",
    "{} because {}",
    "{} even though {}",
    "{} when {}",
    "{}? {}",
    "{}, also {}",
    "{} since {}",
)
"""How a wish and what is told with it are joined."""


def lessons(everyday: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """What is learned: the examples with short forms written out, as messages are, and the sign of each.

    Some are told once more beside `everyday` wishes: "how much is an hour if i'm numb between my legs".
    """
    plain = Speller({}, set())
    texts, signs = [normalise(text, plain) for text, _ in examples()], [sign for _, sign in examples()]
    short = [at for at, text in enumerate(texts) if len(text.split()) <= AMID_WORDS][::AMID] if everyday else []
    wishes = [text.rstrip("?.! ") for text in everyday if len(text.split()) <= AMID_WORDS]
    for number, at in enumerate(short):
        wish = wishes[number * 7919 % len(wishes)]
        pair = (texts[at].rstrip(".!? "), wish) if number % 4 == 0 else (wish, texts[at])
        texts.append(_LINKS[number % len(_LINKS)].format(*pair))
        signs.append(signs[at])
    return texts, signs


@dataclass(frozen=True)
class Net:
    """The heads with the thresholds of the levels.

    Attributes:
        heads: they rank the signs and "benign".
        thresholds: the chance from which a level is raised; a level without one is never raised.
        how: how the thresholds were found, for docs and doctor.
    """

    heads: Heads
    thresholds: dict[str, float]
    how: dict

    @classmethod
    def train(
        cls, texts: Sequence[str], vectors: np.ndarray, signs: Sequence[str], topics: Sequence[str], plain: np.ndarray
    ) -> Net:
        """Fit the heads and choose the thresholds on phrases held out.

        Args:
            texts: the phrases of examples.yml.
            vectors: their sentence vectors, float32 (phrases, minilm.VECTOR_WIDTH).
            signs: the sign of each, or "benign" for a near-miss.
            topics: the topics' own phrases, which are benign too.
            plain: their vectors, of the same width.
        """
        from sklearn.model_selection import StratifiedKFold

        own = np.arange(len(signs) + len(topics)) < len(signs)
        phrases = [*texts, *topics]
        counts = Counts.of(phrases)
        vectors = np.concatenate([vectors, plain])
        truth = np.array([*signs, *[BENIGN] * int((~own).sum())])
        levels = np.array([_level(sign) for sign in truth])
        fit, held = next(StratifiedKFold(HELD_OUT, shuffle=True, random_state=0).split(vectors, truth))
        tried = cls(Heads.fit(counts.some(fit), vectors[fit], truth[fit]), {}, {})
        unseen = np.stack([tried.heads.linear(phrases[at], vectors[at]) + tried.heads.nearest(vectors[at]) for at in held])
        levels, own = levels[held], own[held]
        thresholds: dict[str, float] = {}
        how: dict[str, Any] = {"phrases": len(truth), "held_out": len(held), "levels": {}}
        for level in (level for level in COUNTED if level in levels):
            chance = unseen @ tried._counts(level)
            near, other = chance[(levels == BENIGN) & own], chance[(levels == BENIGN) & ~own]
            threshold = max(_LEAST[level], float(np.quantile(near, 1 - _NEAR_MISSES[level])))
            if len(other):
                threshold = max(threshold, float(np.quantile(other, 1 - _FALSE_STOPS[level])))
            thresholds[level] = threshold
            how["levels"][level] = {
                "threshold": round(threshold, 3),
                "caught_unseen": round(float((chance[levels == level] >= threshold).mean()), 3),
                "near_misses_raised_unseen": round(float((near >= threshold).mean()), 4),
            }
        return cls(Heads.fit(counts, vectors, truth), thresholds, how)

    def findings(self, text: str, vector: np.ndarray, above: int = -1) -> list[Finding]:
        """What the net raises for a message: one finding or none.

        Args:
            text: the message, normalised.
            vector: its sentence vector, float32 (minilm.VECTOR_WIDTH,).
            above: the place in LEVELS of what was found already; only what is more urgent counts.
        """
        bars = {level: bar for level, bar in self.thresholds.items() if LEVELS.index(level) > above}
        chances = self.heads.linear(text, vector)
        if all(chances @ self._counts(level) + NEAREST_SHARE < bar for level, bar in bars.items()):
            return []  # whatever the nearest examples say; looking at them is what costs time
        chances = chances + self.heads.nearest(vector)
        level = next((level for level in COUNTED if chances @ self._counts(level) >= bars.get(level, np.inf)), None)
        if level is None:
            return []
        sign = max((chance, label) for label, chance in zip(self.heads.labels, chances, strict=True) if _level(label) == level)[1]
        known = shipped().signs[sign]
        sure_of = "doctor" if level == "emergency" else level  # how likely it must be stopped; how urgent it is was just decided
        return [Finding(known.code, known.level, known.source, chance=float(chances @ self._counts(sure_of)))]

    def stops(self, text: str, vector: np.ndarray, bar: float) -> bool:
        """Whether the chance that the message must be stopped, at whichever level, reaches `bar`, 0 to 1."""
        linear = self.heads.linear(text, vector)
        # The nearest examples only add to it, and looking at them is what costs time.
        return self._stop(linear) >= bar or self._stop(linear + self.heads.nearest(vector)) >= bar

    def hears(self, clause: str) -> float:
        """The same chance for a few words of a message, by their n-grams alone: they have no vector."""
        return self._stop(self.heads.sparse(clause))

    def _stop(self, chances: np.ndarray) -> float:
        return float(max(chances @ self._counts(level) for level in ("doctor", "refuse")))

    def _counts(self, level: str) -> np.ndarray:
        """(labels,), 1 where a label counts for a level."""
        return _counted(tuple(self.heads.labels), level)

    def save(self, folder: Path) -> None:
        """Write the heads and `net.json`."""
        self.heads.save(folder)
        (folder / "net.json").write_text(json.dumps({"thresholds": self.thresholds, "how": self.how}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Net:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: if a file is missing or broken.
        """
        about = json.loads((folder / "net.json").read_text(encoding="utf-8"))
        return cls(Heads.load(folder), about["thresholds"], about["how"])


def _level(sign: str) -> str:
    return BENIGN if sign == BENIGN else shipped().signs[sign].level


@lru_cache(maxsize=64)
def _counted(labels: tuple[str, ...], level: str) -> np.ndarray:
    return np.array([_level(label) in COUNTED[level] for label in labels], dtype=np.float32)
