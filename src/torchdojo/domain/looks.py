"""Looks: what can be seen of a run while its script stays hidden, and the minutes each costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Look(StrEnum):
    """One thing to look at. All but the script come from one recorded run of it."""

    OUTPUT = "output"
    LOSS = "loss"
    RATES = "rates"
    MODES = "modes"
    BATCH = "batch"
    GRADIENTS = "gradients"
    ACTIVATIONS = "activations"
    SCRIPT = "script"

    @property
    def heading(self) -> str:
        """What it is called."""
        return _ABOUT[self][0]

    @property
    def minutes(self) -> int:
        """What it costs."""
        return _ABOUT[self][1]

    @property
    def shows(self) -> str:
        """What will be seen, in a sentence."""
        return _ABOUT[self][2]


def look_title(name: str) -> str:
    """What the look of that name is called; the name itself when there is none any more."""
    return next((look.heading for look in Look if look == name), name)


_ABOUT: Mapping[Look, tuple[str, int, str]] = {
    Look.OUTPUT: ("Printed output", 1, "What the script prints, and the error it ends with if it does."),
    Look.LOSS: ("Loss curve", 1, "Training loss by update, and what evaluation passes found."),
    Look.RATES: ("Rates and updates", 2, "The learning rate and the size of the updates, over the run and by layer."),
    Look.MODES: ("Modes", 2, "Train and eval mode and recording of gradients, in training and in evaluation passes."),
    Look.BATCH: ("One batch", 2, "Shapes, types, ranges and label counts of one batch and of what the loss was given."),
    Look.GRADIENTS: ("Gradient norms", 3, "The norm of every layer's gradient before updates, over the run."),
    Look.ACTIVATIONS: ("Activations", 3, "Mean, spread and share of zeros of every layer's output, early and late."),
    Look.SCRIPT: ("The script", 5, "The script itself, which you then mend as usual."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A named series; None where a value was missing or not finite."""

    name: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]

    @property
    def values(self) -> list[float]:
        """The values that are there."""
        return [value for value in self.y if value is not None]

    def summary(self) -> tuple[str, str, str, str]:
        """First, lowest, highest and last value as text; "none" for a value that is missing or not finite."""
        values = self.values
        if not values:
            return ("none",) * 4
        return _short(self.y[0]), _short(min(values)), _short(max(values)), _short(self.y[-1])


def _short(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something to look at: a remark, a text as it was printed, series over the run, a table. Each may be empty."""

    title: str
    remark: str = ""
    text: str = ""
    lines: tuple[Line, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "title": self.title,
            "remark": self.remark,
            "text": self.text,
            "lines": [{"name": line.name, "x": list(line.x), "y": list(line.y)} for line in self.lines],
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Exhibit:
        """The inverse of `to_json`."""
        return cls(
            title=data["title"],
            remark=data["remark"],
            text=data["text"],
            lines=tuple(Line(line["name"], tuple(line["x"]), tuple(line["y"])) for line in data["lines"]),
            columns=tuple(data["columns"]),
            rows=tuple(tuple(row) for row in data["rows"]),
        )


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that can be looked at of one run."""

    exhibits: Mapping[Look, tuple[Exhibit, ...]]

    def of(self, look: Look) -> tuple[Exhibit, ...]:
        """What there is to see; nothing for the script."""
        return self.exhibits.get(look, ())

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {str(look): [exhibit.to_json() for exhibit in shown] for look, shown in self.exhibits.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recording:
        """The inverse of `to_json`; ValueError when it is none."""
        try:
            return cls({Look(name): tuple(map(Exhibit.from_json, shown)) for name, shown in data.items()})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"recording is incomplete: {error}") from error


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """The recording of an exercise's starter; `starter` is a digest of the text that ran."""

    exercise: str
    starter: str
    recording: Recording


@dataclass(frozen=True, slots=True)
class OpenedLook:
    """A look that was opened, and what it cost then."""

    exercise: str
    look: Look
    minutes: int
    opened_at: datetime


def minutes_spent(opened: Iterable[OpenedLook]) -> int:
    """What these looks cost together."""
    return sum(each.minutes for each in opened)
