"""What is known about the task beforehand, when anything is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """Facts a probe may lean on when the run is graded; all None when an unknown script is diagnosed.

    `training_rows` and `held_out_rows` count distinct samples; `mode_leaves` counts the layers that behave
    differently in train and eval mode and run in one training forward.
    """

    training_rows: int | None = None
    held_out_rows: int | None = None
    mode_leaves: int | None = None
