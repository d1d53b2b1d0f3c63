"""What names a message's topic: two linear classifiers, on the sentence vector and on n-grams, and the nearest phrasings, averaged.

Measured on BANKING77, HWU64 and CLINC150: the average of the two classifiers beats either of them and DIET (87.0 right of 100
on BANKING77 with ten examples an intent; DIET 68.3). On our own held-out phrasings the nearest phrasing of each topic,
averaged in, adds another 1.2 of 100 (84.8 → 86.0).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np

from legwork.nlu import regression
from legwork.nlu.minilm import MEANING
from legwork.nlu.ngrams import Counts, Ngrams

DENSE_SHARE, SPARSE_SHARE, NEAREST_SHARE = 0.3, 0.4, 0.3
"""Weights in the average. Against 0.4 and 0.3 for the first two: 96.8 of 100 topics of 3,500 questions instead of 96.5, and 96.7 of 100
warning signs at three false stops of 100 instead of 96.1."""

SPARSE_ALPHA, SPARSE_EPOCHS = 5e-6, 4
"""Regularisation of the sparse classifier and passes over the phrasings; a fifth is no better (87.1 of 100, in the mean of four orders).

Averaged stochastic gradient descent names as many held-out questions rightly (94.9 of 100 in the average) as liblinear's
solution did (94.7), in a fifth of its time.
"""

SHARPNESS = 25.0
"""Of the nearest phrasings' vote: a topic whose nearest phrasing is closer by 0.04 counts e times as much."""

CANDIDATES = 6
"""Topics, the likeliest by the two classifiers, whose phrasings are compared: all topics' would take most of a message's time."""

COMPACT = 128
"""Dimensions in which phrasings are compared: a third of the time and of the memory."""

NEIGHBOURS = 5
"""Phrasings that tell how familiar a message is."""


def fingerprint(*others: Path) -> str:
    """Changes with the code that learns, and with `others`: Rasa sees a component's own class change, and nothing that it calls."""
    learning = [Path(__file__).with_name(name) for name in ("heads.py", "ngrams.py", "regression.py")]
    return sha256(b"".join(path.read_bytes() for path in (*learning, *others))).hexdigest()


class Heads:
    """The average over one set of labels."""

    def __init__(self, labels: list[str], ngrams: Ngrams, arrays: dict[str, np.ndarray]) -> None:
        """`arrays`, float32 but for `sparse_weights` (float16) and the last.

        dense_weights (vector, labels), dense_bias, sparse_weights (n-grams, labels), sparse_bias, axes (384, COMPACT), the phrasings'
        meanings along them, phrasings (phrasings, COMPACT), in the order of the labels, and starts (labels,): where each label's begin.
        """
        self.labels, self._ngrams, self._arrays = labels, ngrams, arrays

    @classmethod
    def fit(cls, counts: Counts, vectors: np.ndarray, labels: Sequence[str] | np.ndarray) -> Heads:
        """Learns from the n-grams of texts, their vectors (texts, minilm.VECTOR_WIDTH) and the label of each."""
        from sklearn.linear_model import SGDClassifier
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, user_api="blas")  # for the whole training: a second thread halves no product here, and takes a core
        names, numbers = np.unique(labels, return_inverse=True)
        sparse = SGDClassifier(
            loss="log_loss",
            average=True,
            alpha=SPARSE_ALPHA,
            max_iter=SPARSE_EPOCHS,
            tol=None,
            random_state=0,
            n_jobs=os.cpu_count(),
        )
        with ThreadPoolExecutor(1) as pool:  # both work outside Python's lock
            fitted = pool.submit(regression.fit, vectors, numbers)
            ngrams, weighed = Ngrams.learn(counts)
            sparse.fit(weighed, numbers)
        dense_weights, dense_bias = fitted.result()
        order = np.argsort(numbers, kind="stable")
        meanings = vectors[order, MEANING]
        axes = np.linalg.eigh(meanings.T @ meanings)[1][:, -COMPACT:]
        arrays = {
            "dense_weights": dense_weights,
            "dense_bias": dense_bias,
            "sparse_weights": sparse.coef_.T,
            "sparse_bias": sparse.intercept_,
            "axes": axes,
            "phrasings": meanings @ axes,
        }
        arrays = {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in arrays.items()}
        arrays["sparse_weights"] = arrays["sparse_weights"].astype(np.float16)  # as right, and half of its memory
        arrays["starts"] = np.searchsorted(numbers[order], np.arange(len(names)))
        return cls(names.tolist(), ngrams, arrays)

    def rank(self, text: str, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and what speaks for them.

        Returns:
            (labels,) probabilities, summing to 1; and (4,) evidence: the logs of the highest and the second probability, the mean
            cosine to the nearest phrasings, and the share of these that are of the first label.
        """
        a = self._arrays
        likely = self.linear(text, vector)
        candidates = np.argsort(-likely)[:CANDIDATES]
        meaning = vector[MEANING] @ a["axes"]
        cosines = [a["phrasings"][self._spans[i]] @ meaning for i in candidates]
        starts = np.cumsum([0, *map(len, cosines[:-1])])
        every = np.concatenate(cosines)
        likely[candidates] += NEAREST_SHARE * _softmax(SHARPNESS * np.maximum.reduceat(every, starts))
        second, first = np.argsort(likely)[-2:]
        nearest = np.argpartition(every, -NEIGHBOURS)[-NEIGHBOURS:]
        owners = candidates[np.searchsorted(starts, nearest, side="right") - 1]
        logs = np.log(np.maximum(likely[[first, second]], 1e-6))
        return likely, np.array([*logs, every[nearest].sum() / NEIGHBOURS, (owners == first).sum() / NEIGHBOURS])

    def linear(self, text: str, vector: np.ndarray) -> np.ndarray:
        """What the two classifiers add to the probabilities, (labels,); the nearest phrasings add the rest."""
        dense = _softmax(vector @ self._arrays["dense_weights"] + self._arrays["dense_bias"])
        return DENSE_SHARE * dense + SPARSE_SHARE * self.sparse(text)

    def sparse(self, text: str) -> np.ndarray:
        """The probabilities by n-grams alone, (labels,)."""
        a = self._arrays
        columns, weights = self._ngrams.weigh(text)
        likely = 1 / (1 + np.exp(-(weights @ a["sparse_weights"][columns].astype(np.float32) + a["sparse_bias"])))
        return likely / likely.sum()

    def nearest(self, vector: np.ndarray) -> np.ndarray:
        """What the nearest phrasings of every label add to them."""
        a = self._arrays
        cosines = a["phrasings"] @ (vector[MEANING] @ a["axes"])
        return NEAREST_SHARE * _softmax(SHARPNESS * np.maximum.reduceat(cosines, a["starts"]))

    @cached_property
    def _spans(self) -> list[slice]:
        """Where the phrasings of each label stand."""
        ends = [*self._arrays["starts"][1:], len(self._arrays["phrasings"])]
        return [slice(start, end) for start, end in zip(self._arrays["starts"], ends)]

    def save(self, folder: Path) -> None:
        """Writes `heads.json` and `heads.npz`."""
        words, idf = self._ngrams.vocabularies, self._ngrams.idf
        (folder / "heads.json").write_text(json.dumps({"labels": self.labels, "ngrams": words}), encoding="utf-8")
        np.savez(folder / "heads.npz", idf_words=idf[0], idf_characters=idf[1], **self._arrays)

    @classmethod
    def load(cls, folder: Path) -> Heads:
        """Reads what `save` wrote."""
        names = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz") as stored:
            arrays = dict(stored)
        idf = [arrays.pop("idf_words"), arrays.pop("idf_characters")]
        return cls(names["labels"], Ngrams(names["ngrams"], idf), arrays)


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()
