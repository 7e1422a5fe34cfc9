"""Exercise: one unit of content, as read from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Kind(StrEnum):
    """What the learner is asked to do."""

    DEBUG = "debug"
    IMPLEMENT = "implement"
    COMPUTE = "compute"

    #: A sound script that drills are made from; nobody works on it as it is.
    BASE = "base"


@dataclass(frozen=True, slots=True)
class ProbingQuestion:
    """A question an interviewer asks about one bug, with the answer a strong candidate gives."""

    question: str
    answer: str


#: What a bug's harm or its place is filed under, for planted bugs and for bug kinds alike.
BUG_CATEGORIES = (
    "attention",
    "autograd",
    "convergence",
    "correctness",
    "data",
    "evaluation",
    "fine-tuning",
    "generative",
    "memory",
    "numerics",
    "performance",
    "reproducibility",
    "sequences",
    "shapes",
)


@dataclass(frozen=True, slots=True)
class BugSpec:
    """One planted bug: its public id, the generic kind that injects it, and where it sits.

    `edit` is the explicit (find, replace) pair for bugs that no generic kind covers; otherwise `kind` and
    `site` (the enclosing definition, e.g. "train_one_epoch" or "SpiralNet.__init__") decide the injection.
    """

    id: str
    kind: str
    site: str
    title: str
    category: str
    location: str
    difficulty: str
    effect: str
    nudge: str
    edit: tuple[str, str] | None = None
    probing: tuple[ProbingQuestion, ...] = ()


_SPOKEN = {"val": "validation", "acc": "accuracy", "heldout": "held-out", "mse": "MSE", "mae": "MAE"}


def spoken_metric(name: str) -> str:
    """How a figure's name is said: "val_accuracy" is "Validation accuracy"."""
    spoken = " ".join(_SPOKEN.get(word, word) for word in name.split("_"))
    return spoken[:1].upper() + spoken[1:]


@dataclass(frozen=True, slots=True)
class Goal:
    """The figure the finished script has to reach, measured by the judge on rows it generates itself.

    `direction` is "at_least" (accuracy) or "at_most" (an error). `metric` is "accuracy", "mse" or
    "custom" (what goal.py in the exercise's folder returns).
    """

    name: str
    metric: str
    direction: str
    target: float
    description: str
    extra: Mapping[str, float] = field(default_factory=dict)

    def met_by(self, measured: float) -> bool:
        """Whether `measured` reaches the target; NaN never does."""
        return measured >= self.target if self.direction == "at_least" else measured <= self.target


@dataclass(frozen=True, slots=True)
class Entries:
    """Names in the script that the value checks may lean on; a missing one only means less evidence.

    `data` makes the data set and returns a pair of arrays or tensors; `model` is the module class; `train`
    and `validate` are the loop functions when the script has them; `main` starts everything.
    """

    data: str = ""
    model: str = ""
    train: str = ""
    validate: str = ""
    main: str = "main"


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run of the submission may use. With `loopback` it may speak to itself over 127.0.0.1.

    With `until_failure` the first check that fails is the last one: enough when only the verdict matters.
    """

    wall_seconds: float = 60.0
    memory_mb: int = 1536
    output_kb: int = 1024
    processes: bool = False
    loopback: bool = False
    until_failure: bool = False


@dataclass(frozen=True, slots=True)
class Survivor:
    """A changed solution that no check can fail because it computes the same, and why it does."""

    mutant: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decoy:
    """Correct code that looks like a bug of some kind: a piece of its line, the kind, and why it is none."""

    text: str
    looks_like: str
    why: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, whatever its kind. `folder` is where its role files live.

    Debug exercises have `bugs`, `goal`, `entries` and `decoys`; bases of drills the same, but no bugs. Implement
    exercises have `names` (what the submission must define), `forbid` (dotted names it must not call) and `survivors`.
    """

    id: str
    kind: Kind
    track: str
    title: str
    level: int
    minutes: int
    summary: str
    folder: Path
    filename: str
    concepts: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    limits: RunLimits = RunLimits()
    bugs: tuple[BugSpec, ...] = ()
    goal: Goal | None = None
    entries: Entries = Entries()
    names: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    survivors: tuple[Survivor, ...] = ()
    decoys: tuple[Decoy, ...] = ()

    @property
    def prompt(self) -> str:
        """The task as Markdown."""
        return (self.folder / "prompt.md").read_text(encoding="utf-8")

    @property
    def debrief(self) -> str:
        """What to take away, as Markdown; shown after a pass or with the solution."""
        return (self.folder / "debrief.md").read_text(encoding="utf-8")

    @property
    def solution(self) -> str:
        """The reference script."""
        return (self.folder / "solution.py").read_text(encoding="utf-8")

    @property
    def starter(self) -> str:
        """What an implement exercise hands out; a debug exercise's starter is derived from its solution instead."""
        return (self.folder / "starter.py").read_text(encoding="utf-8")

    def bug(self, bug_id: str) -> BugSpec:
        """The bug with that id; KeyError when the exercise has none."""
        for bug in self.bugs:
            if bug.id == bug_id:
                return bug
        raise KeyError(bug_id)

    def summary_dict(self) -> dict[str, Any]:
        """What `list --json` prints for it."""
        return {
            "id": self.id,
            "kind": str(self.kind),
            "track": self.track,
            "level": self.level,
            "title": self.title,
            "minutes": self.minutes,
            "summary": self.summary,
        }
