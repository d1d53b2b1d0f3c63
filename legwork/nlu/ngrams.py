"""Texts as weighed n-grams: what their words, and the letters in a row within these, tell of their topic."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from scipy.sparse import csr_matrix, hstack

_WORD = re.compile(r"\b\w+\b")


def words(text: str) -> list[str]:
    """Words and pairs of words, as scikit-learn's `word` analyzer cuts them; serving does without that library."""
    found = _WORD.findall(text.lower())
    return [*found, *map(" ".join, pairwise(found))]


def characters(text: str) -> list[str]:
    """Two to five characters in a row within a word and the blanks around it, as its `char_wb` analyzer cuts them."""
    return [gram for word in text.lower().split() for gram in _within(word)]


def _within(word: str) -> list[str]:
    """Those of one word."""
    padded, grams = f" {word} ", []
    for span in range(2, 6):
        if len(padded) <= span:
            grams.append(padded)  # a short word counts once
            break
        grams += [padded[at : at + span] for at in range(len(padded) - span + 1)]
    return grams


_ANALYZERS = (words, characters)
WORDS_KEPT = 4096
"""Words whose n-grams' columns are kept: people use the same ones again and again, and looking them up was half of weighing a text."""


class Counts:
    """How often each n-gram stands in each of many texts, counted once for all fits on them or on some of them."""

    def __init__(self, grams: list[list[str]], blocks: list[csr_matrix]) -> None:
        """`grams`: those of each block, sorted; `blocks`: (texts, n-grams) float32 each."""
        self.grams, self.blocks = grams, blocks

    @classmethod
    def of(cls, texts: Iterable[str]) -> Counts:
        """Counts those of `texts`."""
        texts, grams, blocks = list(texts), [], []
        for analyze in _ANALYZERS:
            seen: dict[str, int] = {}
            found = [[seen.setdefault(gram, len(seen)) for gram in analyze(text)] for text in texts]
            grams.append(sorted(seen))
            columns = np.empty(len(seen), dtype=np.int32)
            columns[[seen[gram] for gram in grams[-1]]] = np.arange(len(seen))
            every = columns[np.fromiter(chain.from_iterable(found), dtype=np.int32)]
            pointers = np.cumsum([0, *map(len, found)])
            blocks.append(csr_matrix((np.ones(len(every), np.float32), every, pointers), shape=(len(texts), len(seen))))
            blocks[-1].sum_duplicates()
        return cls(grams, blocks)

    def some(self, rows: np.ndarray) -> Counts:
        """Those of the texts in these places."""
        return Counts(self.grams, [block[rows] for block in self.blocks])


class Ngrams:
    """TF-IDF of word 1–2-grams and character 2–5-grams within word boundaries, each block of unit length."""

    def __init__(self, vocabularies: list[list[str]], idf: list[np.ndarray]) -> None:
        """`vocabularies`: the n-grams of each block in column order; `idf`: their weights, float32."""
        self.vocabularies, self.idf = vocabularies, idf
        self._idf = np.concatenate(idf)
        self._words, of_characters = (
            {gram: i for i, gram in enumerate(block, start)} for block, start in zip(vocabularies, (0, len(idf[0])))
        )
        self._columns_within = lru_cache(maxsize=WORDS_KEPT)(lambda word: _known(of_characters, _within(word)))

    @classmethod
    def learn(cls, counts: Counts) -> tuple[Ngrams, csr_matrix]:
        """Takes the n-grams that stand in at least two of the texts, and weighs these: (texts, n-grams) float32."""
        vocabularies, weights, blocks = [], [], []
        for grams, block in zip(counts.grams, counts.blocks):
            texts_with = np.bincount(block.indices, minlength=len(grams))
            kept = np.flatnonzero(texts_with > 1)
            idf = (np.log((1 + block.shape[0]) / (1 + texts_with[kept])) + 1).astype(np.float32)
            weighed = block[:, kept]
            weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
            lengths = np.sqrt(weighed.multiply(weighed).sum(axis=1).A1)
            weighed.data /= np.repeat(lengths, np.diff(weighed.indptr))
            vocabularies.append([grams[i] for i in kept])
            weights.append(idf)
            blocks.append(weighed)
        return cls(vocabularies, weights), hstack(blocks, format="csr")

    def weigh(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns that `text` has, and their weights."""
        times = Counter(_known(self._words, words(text)))
        of_words = len(times)
        times.update(chain.from_iterable(map(self._columns_within, text.lower().split())))
        columns = np.fromiter(times, dtype=np.int64, count=len(times))
        weights = (1 + np.log(np.fromiter(times.values(), dtype=np.float32, count=len(times)))) * self._idf[columns]
        for block in (weights[:of_words], weights[of_words:]):
            block /= math.sqrt(block @ block) or 1
        return columns, weights


def _known(columns: dict[str, int], grams: Iterable[str]) -> list[int]:
    """The columns of those n-grams that have one."""
    return [columns[gram] for gram in grams if gram in columns]
