"""Curves as the page's charts read them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Curve


def by_name(curves: Iterable[Curve]) -> dict[str, Any]:
    """Curves as {name: {x, y}}; where a value is not finite, y has None."""
    return {curve.name: {"x": list(curve.x), "y": [finite(value) for value in curve.y]} for curve in curves}


def finite(value: float | None) -> float | None:
    """`value`, or None for infinities and NaN, which JSON cannot carry."""
    return value if value is not None and math.isfinite(value) else None


def chart_data(exercise: Exercise, curves: Iterable[Curve], reference: Iterable[Curve]) -> dict[str, Any]:
    """What a page with finished charts carries."""
    metric = exercise.goal.metric if exercise.goal else ""
    return {"curves": by_name(curves), "reference": by_name(reference), "metric": metric}
