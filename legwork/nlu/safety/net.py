"""The second net: a linear classifier on the sentence vector, for what the patterns miss.

It fails independently of the patterns: it reads the meaning of the whole message instead of its words. It is
conservative on purpose: its thresholds are chosen at training, on phrases held out from it, so that only a small
share of benign messages is raised: the largest for emergencies, where a miss costs most (see _NEAR_MISSES).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from legwork.nlu.safety.patterns import Finding, shipped
from legwork.nlu.safety.signs import HERE

BENIGN = "benign"
_FALSE_STOPS = {"emergency": 0.004, "doctor": 0.003, "tell_jessica": 0.002, "refuse": 0.001}
"""The share of the topics' phrases that each level's threshold may let through in cross validation."""
_NEAR_MISSES = {"emergency": 0.05, "doctor": 0.04, "tell_jessica": 0.01, "refuse": 0.005}
"""The same for benign phrases of examples.yml, which use the signs' own words on purpose."""
_LEAST = {"emergency": 0.35, "doctor": 0.45, "tell_jessica": 0.5, "refuse": 0.7}
"""No threshold is lower, however well the phrases are told apart: unseen messages are harder."""
FOLDS = 3
MOST_TOPICS = 3_000
"""So many of the topics' phrases are enough, evenly chosen: more only take longer to fit."""
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
    def train(cls, vectors: np.ndarray, signs: list[str], topics: np.ndarray) -> Net:
        """Fit the regression and choose the thresholds by cross validation.

        Args:
            vectors: sentence vectors of examples.yml, float32 (phrases, 384), unit length.
            signs: the sign of each, or "benign" for a near-miss.
            topics: vectors of the topics' own phrases, (phrases, 384), which are benign too.
        """
        from sklearn.model_selection import StratifiedKFold

        topics = topics[:: max(1, -(-len(topics) // MOST_TOPICS))]
        own = np.arange(len(signs) + len(topics)) < len(signs)
        vectors = np.concatenate([vectors, topics])
        truth = np.array(signs + [BENIGN] * len(topics))
        labels = tuple(sorted(set(signs)))
        unseen = np.zeros((len(truth), len(labels)))
        for fit, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(vectors, truth):
            weights, bias = _fit(vectors[fit], truth[fit])
            unseen[held] = _probabilities(vectors[held] @ weights.T + bias)
        levels = np.array([_level(sign) for sign in truth])
        mass = {
            level: unseen[:, [_level(label) == level for label in labels]].sum(axis=1) for level in sorted(set(levels) - {BENIGN})
        }
        thresholds, how = {}, {"folds": FOLDS, "phrases": len(truth), "levels": {}}
        for level, chance in mass.items():
            near, plain = chance[(levels == BENIGN) & own], chance[(levels == BENIGN) & ~own]
            threshold = max(_LEAST[level], float(np.quantile(near, 1 - _NEAR_MISSES[level])))
            if len(plain):
                threshold = max(threshold, float(np.quantile(plain, 1 - _FALSE_STOPS[level])))
            thresholds[level] = threshold
            how["levels"][level] = {
                "threshold": round(threshold, 3),
                "caught_unseen": round(float((chance[levels == level] >= threshold).mean()), 3),
                "near_misses_raised_unseen": round(float((near >= threshold).mean()), 4),
            }
        return cls(labels, *_fit(vectors, truth), thresholds, how)

    def findings(self, vector: np.ndarray) -> list[Finding]:
        """What the net raises for a message: one finding or none.

        Args:
            vector: its sentence vector, float32 (384,).
        """
        chances = _probabilities((self.weights @ vector + self.bias)[None])[0]
        mass: dict[str, float] = {}
        for label, chance in zip(self.labels, chances, strict=False):
            mass[_level(label)] = mass.get(_level(label), 0.0) + float(chance)
        raised = [level for level, threshold in self.thresholds.items() if mass.get(level, 0.0) >= threshold]
        if not raised:
            return []
        level = max(raised, key=mass.__getitem__)
        sign = max((c, label) for label, c in zip(self.labels, chances, strict=False) if _level(label) == level)[1]
        known = shipped().signs[sign]
        return [Finding(known.code, known.level, known.source, chance=mass[level])]

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

    model = LogisticRegression(C=_STRENGTH, max_iter=150, tol=1e-3).fit(vectors, truth)
    return model.coef_.astype(np.float32), model.intercept_.astype(np.float32)


def _probabilities(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _level(sign: str) -> str:
    return BENIGN if sign == BENIGN else shipped().signs[sign].level
