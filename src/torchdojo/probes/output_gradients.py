"""What the gradient at a model's output says about the loss, whatever the loss is called.

A sampled pair is (z, g): the values that left the last affine layer, (B, C), and the gradient that arrived there.
For the cross-entropy of a softmax over z, g is (softmax(z) - onehot) / B: each row sums to zero and has exactly one
negative entry, at the target. So the target can be read off g itself and the formula checked without seeing the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from torchdojo.domain.trace import Trace

Array = npt.NDArray[np.float64]

#: Rows whose scores differ by less than this cannot tell the formulas apart.
FLAT = 0.05

SAME_DIRECTION = 0.99


class Formula(StrEnum):
    """Which loss a sampled gradient belongs to."""

    CROSS_ENTROPY = "cross-entropy of the scores"
    SQUASHED = "cross-entropy of their softmax"
    OTHER = "neither"
    FLAT = "the rows are too alike to tell"


def samples(trace: Trace) -> Iterator[tuple[int, Array, Array]]:
    """(forward id, values (B, C), gradients (B, C)) of every usable sample."""
    for event in trace.of("logits"):
        values, grads = _matrix(event.get("values")), _matrix(event.get("grads"))
        if values is not None and grads is not None and values.shape == grads.shape:
            yield event["forward"], values, grads


def classify(values: Array, grads: Array) -> Formula:
    """Which formula explains the gradient of one batch of class scores, up to one factor for the whole batch.

    Directions alone would not do: near a uniform softmax both formulas point the same way, and only the sizes of the
    rows relative to each other differ.
    """
    rows = np.linalg.norm(grads, axis=1) > 0
    values, grads = values[rows], grads[rows]
    if values.shape[1] < 2 or len(values) < 4 or not np.isfinite(values).all() or not np.isfinite(grads).all():
        return Formula.FLAT
    if float(np.ptp(values - values.mean(axis=1, keepdims=True))) < FLAT:
        return Formula.FLAT
    target = np.eye(values.shape[1])[grads.argmin(axis=1)]
    direct = _softmax(values) - target
    inner = _softmax(values)
    outer = _softmax(inner) - target
    squashed = inner * (outer - (inner * outer).sum(axis=1, keepdims=True))
    likeness, other = _cosine(grads, direct), _cosine(grads, squashed)
    if max(likeness, other) < SAME_DIRECTION:
        return Formula.OTHER
    if abs(likeness - other) < 0.002:
        return Formula.FLAT
    return Formula.CROSS_ENTROPY if likeness > other else Formula.SQUASHED


def follows_prediction_alone(values: Array, grads: Array, *, one_way: bool = False) -> bool | None:
    """Whether the gradient of single outputs is one rising function of the prediction; None when unclear.

    Averaging an element-wise loss over every pair of prediction and target gives the same gradient to the same
    prediction: sorting a batch by prediction then sorts it by gradient as well. Against its own target each row has
    its own gradient. `one_way` says that gradients of one sign tell as much, where targets are known to be there.
    """
    if values.shape[1] != 1 or len(values) < 8:
        return None
    z, g = values[:, 0], grads[:, 0]
    if not (np.isfinite(z).all() and np.isfinite(g).all()) or np.ptp(z) < 1e-6 or np.ptp(g) == 0.0:
        return None
    if not one_way and ((g >= 0).all() or (g <= 0).all()):
        # All pushed one way: a loss without targets of its own (an adversary's, a ranking), or one target for all.
        return None
    ordered = g[np.argsort(z, kind="stable")]
    slack = 1e-5 * float(np.ptp(g))
    return bool((np.diff(ordered) >= -slack).all())


def _matrix(rows: Sequence[Sequence[float]] | None) -> Array | None:
    if not rows:
        return None
    try:
        matrix = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return matrix if matrix.ndim == 2 else None


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _cosine(a: Array, b: Array) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / size if size > 0 else 0.0
