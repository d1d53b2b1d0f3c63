"""Multinomial logistic regression on sentence vectors.

What scikit-learn's finds too, in a fraction of its time: that one works in double precision and along the vectors' own axes, of
which some are far longer than others. Here they are first made about equally long, as far as the penalty lets them, and a dozen steps
are enough.
"""

from __future__ import annotations

import numpy as np

C = 20.0
"""Inverse regularisation; with 10 to 300, in the average with the other heads, as many topics are named rightly, to 0.1 of 100."""

STEPS = 12
"""Of the solver. Of 3,500 questions of other people's this part alone names 93.6 of 100 rightly after twelve, 93.5 after twenty."""


def fit(vectors: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (numbers, classes) and bias (classes,), float32, from vectors (texts, numbers) and the class of each, 0 to classes - 1."""
    from scipy.optimize import minimize

    texts, classes = len(vectors), int(labels.max()) + 1
    mean = vectors.mean(axis=0)
    lengths, axes = np.linalg.eigh((vectors - mean).T @ (vectors - mean))
    strictness = np.append(np.full(len(lengths), 1 / C), 0)  # the bias, last, isn't penalised
    # One through the root of the loss's curvature.
    scales = ((np.append(lengths, texts).clip(0) / classes + strictness) ** -0.5).astype(np.float32)
    turned = np.append((vectors - mean) @ axes, np.ones((texts, 1)), axis=1).astype(np.float32) * scales
    penalty = (strictness * scales**2).astype(np.float32)
    of_each = np.arange(texts), labels

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss with the penalty, and its gradient."""
        weights = flat.reshape(classes, -1).astype(np.float32)
        scores = turned @ weights.T
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[of_each].sum(dtype=np.float64)
        np.exp(scores, out=scores)
        sums = scores.sum(axis=1, keepdims=True)
        scores /= sums
        scores[of_each] -= 1
        pull = penalty * weights
        value = np.log(sums).sum(dtype=np.float64) - right + (pull * weights).sum() / 2
        return float(value), (scores.T @ turned + pull).ravel().astype(np.float64)

    found = minimize(loss, np.zeros(classes * turned.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    weights = found.x.reshape(classes, -1).astype(np.float32) * scales
    straight = axes @ weights[:, :-1].T
    return straight, weights[:, -1] - mean @ straight
