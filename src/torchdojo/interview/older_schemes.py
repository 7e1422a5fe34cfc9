"""A scorecard in the words of three older schemes, for those who compare with sheets filled in by them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from torchdojo.domain.interview import Interview, Signal
from torchdojo.interview.scorecard import Scorecard


class Importance(StrEnum):
    """Weights in words."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"


#: Our criteria by what the scheme of weighted flags calls them. The others have no counterpart there.
FLAG_NAMES = {
    "modules": "nn_module_usage",
    "shapes": "shape_awareness",
    "gradients": "gradient_understanding",
    "loops": "training_loop_completeness",
    "debugging": "debugging_ability",
}

#: Ratings by the share of bugs that were fixed: all; 6 of 8; 4 of 8; 2 of 8; fewer.
_RATINGS = (
    (1.0, "Strong Hire"),
    (0.75, "Hire"),
    (0.5, "Borderline"),
    (0.25, "Below Bar"),
    (0.0, "No Hire"),
)


def rating_by_count(card: Scorecard) -> str:
    """The rating that counts fixed bugs and nothing else; "" where there are none to count."""
    if not card.bugs:
        return ""
    share = card.fixed / len(card.bugs)
    return next(rating for least, rating in _RATINGS if share >= least)


def signals_by_section(interview: Interview, card: Scorecard) -> Mapping[str, Signal]:
    """Weak, medium or strong for each stage with look-fors: the weakest signal given to a criterion it looks for."""
    given = {criterion.id: criterion.signal for criterion in card.criteria}
    order = list(Signal)
    found: dict[str, Signal] = {}
    for stage in interview.stages:
        signals = [signal for look_for in stage.look_fors if (signal := given.get(look_for.criterion)) is not None]
        if signals:
            found[stage.id] = min(signals, key=order.index)
    return found


def weighted_flags(card: Scorecard) -> Mapping[str, tuple[Importance, str]]:
    """Each criterion of that scheme with its weight and "green", "red" or "" (medium, or not rated)."""
    flags = {Signal.STRONG: "green", Signal.WEAK: "red"}
    return {
        FLAG_NAMES[criterion.id]: (
            Importance.HIGH if criterion.weight >= 3 else Importance.MEDIUM,
            "" if criterion.signal is None else flags.get(criterion.signal, ""),
        )
        for criterion in card.criteria
        if criterion.id in FLAG_NAMES
    }
