"""Curves as the page's charts read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Curve


def by_name(curves: Iterable[Curve]) -> dict[str, Any]:
    """Curves as {name: {x, y}}."""
    return {curve.name: {"x": list(curve.x), "y": list(curve.y)} for curve in curves}


def chart_data(exercise: Exercise, curves: Iterable[Curve], reference: Iterable[Curve]) -> dict[str, Any]:
    """What a page with finished charts carries."""
    metric = exercise.goal.metric if exercise.goal else ""
    return {"curves": by_name(curves), "reference": by_name(reference), "metric": metric}
