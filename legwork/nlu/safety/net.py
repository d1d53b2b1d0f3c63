"""The second net: a linear classifier on the sentence vector, for what the patterns miss.

It fails independently of the patterns: it reads the meaning of the whole message instead of its words. It is
conservative on purpose: its thresholds are chosen at training, on messages it has not seen, so that of a hundred
benign near-misses about one is raised.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from legwork.nlu.safety.patterns import Finding, shipped
from legwork.nlu.safety.signs import HERE

BENIGN = "benign"
FALSE_STOPS = 0.01
"""The share of benign near-misses that a threshold may let through in cross validation."""
FOLDS = 5
_STRENGTH = 10.0
"""Inverse regularization of the regression (C): the reference measured 10 to 30 best on this encoder."""


def examples(path: Path = HERE / "examples.yml") -> tuple[list[str], list[str]]:
    """The training phrases and the sign of each ("benign" for near-misses)."""
    data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    pairs = [(str(text), sign) for sign, texts in data.items() for text in texts]
    return [text for text, _ in pairs], [sign for _, sign in pairs]


@dataclass(frozen=True)
class Net:
    """Weights of the regression with the thresholds of its levels.

    Attributes:
        labels: the signs and "benign", in the order of the rows of `weights`.
        weights: float32 (labels, 384).
        bias: float32 (labels,).
        thresholds: the probability from which a level is raised; a level without one is never raised.
        how: how the thresholds were found, for docs and doctor.
    """

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    thresholds: dict[str, float]
    how: dict

    @classmethod
    def train(cls, encode: Callable[[str], np.ndarray], texts: list[str], signs: list[str]) -> Net:
        """Fit the regression and choose the thresholds by cross validation.

        Args:
            encode: gives the sentence vector of a text, float32 (384,), unit length.
            texts: training phrases.
            signs: the sign of each, or "benign".
        """
        from sklearn.model_selection import StratifiedKFold

        vectors = np.stack([encode(text) for text in texts])
        truth = np.array(signs)
        labels = tuple(sorted(set(signs)))
        unseen = np.zeros((len(texts), len(labels)))
        for fit, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(vectors, truth):
            weights, bias = _fit(vectors[fit], truth[fit])
            unseen[held] = _probabilities(vectors[held] @ weights.T + bias)
        weights, bias = _fit(vectors, truth)
        levels = np.array([_level(sign) for sign in signs])
        thresholds, how = {}, {"folds": FOLDS, "false_stops_allowed": FALSE_STOPS, "examples": len(texts), "levels": {}}
        for level in sorted(set(levels) - {BENIGN}):
            columns = [at for at, label in enumerate(labels) if _level(label) == level]
            mass = unseen[:, columns].sum(axis=1)
            milder = mass[(levels == BENIGN) | (levels == "tell_jessica")] if level != "tell_jessica" else mass[levels == BENIGN]
            threshold = float(max(0.5, np.quantile(milder, 1 - FALSE_STOPS)))
            thresholds[level] = threshold
            how["levels"][level] = {"threshold": round(threshold, 3), "recall_unseen": round(float((mass[levels == level] >= threshold).mean()), 3)}
        return cls(labels, weights, bias, thresholds, how)

    def findings(self, vector: np.ndarray) -> list[Finding]:
        """What the net raises for a message: one finding or none.

        Args:
            vector: its sentence vector, float32 (384,).
        """
        chances = _probabilities((self.weights @ vector + self.bias)[None])[0]
        mass: dict[str, float] = {}
        for label, chance in zip(self.labels, chances):
            mass[_level(label)] = mass.get(_level(label), 0.0) + float(chance)
        raised = [level for level, threshold in self.thresholds.items() if mass.get(level, 0.0) >= threshold]
        if not raised:
            return []
        level = max(raised, key=mass.__getitem__)
        sign = max((c, label) for label, c in zip(self.labels, chances) if _level(label) == level)[1]
        known = shipped().signs[sign]
        return [Finding(known.code, known.level, known.source)]

    def save(self, path: Path) -> None:
        """Write the weights as .npz."""
        about = json.dumps({"labels": self.labels, "thresholds": self.thresholds, "how": self.how})
        np.savez(path, weights=self.weights, bias=self.bias, about=np.array(about))

    @classmethod
    def load(cls, path: Path) -> Net:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: if the file is missing or broken.
        """
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            return cls(tuple(about["labels"]), file["weights"], file["bias"], about["thresholds"], about["how"])


def _fit(vectors: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, max_iter=1000).fit(vectors, truth)
    return model.coef_.astype(np.float32), model.intercept_.astype(np.float32)


def _probabilities(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _level(sign: str) -> str:
    return BENIGN if sign == BENIGN else shipped().signs[sign].level
