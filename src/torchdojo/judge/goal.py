"""The goal, measured on rows that did not exist before this grading."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from torchdojo.domain.exercise import Goal
from torchdojo.domain.report import GoalResult
from torchdojo.domain.trace import Trace
from torchdojo.judge.reference import Pair
from torchdojo.judge.stream import Stream
from torchdojo.judge.tensors import from_wire, to_wire
from torchdojo.probes.training import main_forwards

ANSWER_SECONDS = 20.0

NOTHING_TRAINED = "No model was trained, so there is nothing to measure."

#: How far the script's own last evaluation may be from ours before the report says that they disagree.
ACCURACY_GAP, ERROR_FACTOR = 0.1, 2.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The goal's figure and, where there is something to say about it, a sentence."""

    value: float | None
    remark: str = ""


def measure(stream: Stream, trace: Trace, hidden: Pair, goal: Goal) -> Measured:
    """Ask the model that was trained for its predictions on hidden rows and score them; None: nothing was trained."""
    if not trace.training_forwards:
        return Measured(None, NOTHING_TRAINED)
    x, y = hidden
    answer = stream.ask({"type": "predict"}, {"x": to_wire(as_the_script_feeds(x, trace))}, ANSWER_SECONDS)
    if answer is None:
        return Measured(None, "No trained model could be asked for predictions.")
    if answer.type != "prediction" or "y" not in answer.tensors:
        why = str(answer.header.get("error", "")).strip()[:200]
        return Measured(None, f"The trained model gave no prediction for fresh rows: {why}".rstrip(": ") + ".")
    predicted = from_wire(answer.tensors["y"]).double()
    value = score(predicted, y, goal)
    if value is None:
        return Measured(None, f"Predictions of shape {tuple(predicted.shape)} for {len(y)} rows cannot be scored.")
    return Measured(value)


def as_the_script_feeds(x: torch.Tensor, trace: Trace) -> torch.Tensor:
    """`x` in the dtype and with the number of dimensions that the script's training batches had."""
    forwards = main_forwards(trace)
    if not forwards:
        return x
    shape, dtype = forwards[-1].get("shape") or [], getattr(torch, str(forwards[-1].get("dtype")), None)
    if len(shape) == 1 and x.dim() == 2 and x.shape[1] == 1:
        x = x.squeeze(1)
    elif len(shape) == x.dim() + 1:
        x = x.unsqueeze(-1)
    return x.to(dtype) if isinstance(dtype, torch.dtype) else x


def score(predicted: torch.Tensor, y: torch.Tensor, goal: Goal) -> float | None:
    """The metric of predictions (float64) against targets; None when the shapes do not allow it or it is not finite."""
    if goal.metric == "accuracy":
        if predicted.dim() != 2 or len(predicted) != len(y) or not torch.isfinite(predicted).all():
            return None
        return float((predicted.argmax(dim=1) == y).double().mean())
    if predicted.numel() != y.numel():
        return None
    value = float((predicted.reshape(-1) - y.reshape(-1).double()).square().mean())
    return value if math.isfinite(value) else None


def disagreement(measured: float | None, own: float | None, goal: Goal) -> str:
    """A sentence when the script's own last evaluation tells another story than our measurement, "" otherwise."""
    if measured is None or own is None:
        return ""
    if goal.metric not in ("accuracy", "mse"):
        return ""
    if goal.metric == "accuracy":
        apart = abs(measured - own) > ACCURACY_GAP
        words = f"{own:.1%} by the script's own last evaluation, {measured:.1%} on rows it has never seen"
    else:
        apart = not (measured / ERROR_FACTOR <= own <= measured * ERROR_FACTOR)
        words = f"{own:.3g} by the script's own last evaluation, {measured:.3g} on points it has never seen"
    return f"The two disagree: {words}." if apart else ""


def result(goal: Goal, measured: float | None) -> GoalResult:
    """The goal's entry in the report."""
    met = measured is not None and goal.met_by(measured)
    return GoalResult(goal.name, goal.target, None if measured is None else round(measured, 6), met)
