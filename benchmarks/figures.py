"""A measured figure, and the arithmetic of medians."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`ours` against something else, or against a limit of its own unit when `limit` is given."""

    name: str
    ours: float
    against: float
    target: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How much of the other one ours is."""
        return self.ours / self.against if self.against else math.inf

    @property
    def met(self) -> bool:
        """Whether the ratio is within its target."""
        return self.ratio <= self.target

    @property
    def ratio_text(self) -> str:
        """Small ratios as fractions, others as factors."""
        return _ratio(self.ratio)

    @property
    def target_text(self) -> str:
        """The target in the same form."""
        return _ratio(self.target)

    def show(self, value: float) -> str:
        """A value with its unit."""
        if self.unit == "s":
            return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"
        return f"{value:.1f} {self.unit}"


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return quantile(values, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def _ratio(value: float) -> str:
    return f"1/{1 / value:.0f}" if 0 < value <= 0.5 else f"{value:.2f}x"
