"""What is told of a user's own script: how its run ended, what was watched, what was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torchdojo.domain.finding import Finding, Observation, Severity

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+)(?:, (?P<function>.*))?")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file; `function` is "" at top level."""

    file: str
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of bug means and how it is mended, as Markdown."""

    title: str
    summary: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with the documentation of its kind, and the reason for which it is to be ignored, if it is."""

    finding: Finding
    meaning: Meaning
    reason: str = ""

    @property
    def spots(self) -> tuple[Spot, ...]:
        """The places that the finding names."""
        found = (_PLACE.fullmatch(part) for part in self.finding.where.split("; "))
        return tuple(Spot(m["file"], int(m["line"]), m["function"] or "") for m in found if m)


@dataclass(frozen=True, slots=True)
class End:
    """How the run ended: "finished", "exit", "exception", "stopped" or "died", and what there is to say of it.

    `limit` is "steps" or "seconds" for a run that was stopped, `code` the exit status of one that left.
    """

    how: str
    seconds: float = 0.0
    error: str = ""
    message: str = ""
    where: str = ""
    limit: str = ""
    code: int = 0
    deaf: bool = False

    @property
    def failed(self) -> bool:
        """Whether the script itself came to a bad end."""
        interrupted = self.error == "KeyboardInterrupt"
        return (
            (self.how == "exception" and not interrupted)
            or self.how == "died"
            or (self.how == "exit" and self.code != 0)
        )


@dataclass(frozen=True)
class Diagnosis:
    """Everything that is told of one run."""

    script: str
    end: End
    torch: str = ""
    watched: Mapping[str, Any] = field(default_factory=dict)
    found: tuple[Told, ...] = ()
    ignored: tuple[Told, ...] = ()
    observations: tuple[Observation, ...] = ()
    compiled: bool = False
    #: Gradients were taken by torch.func, and so long have child processes computed: neither is followed.
    transformed: bool = False
    children_seconds: float = 0.0
    patched: tuple[str, ...] = ()
    #: Why an event could not be recorded, "" when all could.
    gap: str = ""
    #: Faults of ours without which there would be another verdict.
    problems: tuple[str, ...] = ()

    @property
    def silent(self) -> tuple[Observation, ...]:
        """Probes that had something to look at and found nothing."""
        return tuple(o for o in self.observations if o.applicable and not o.findings)

    @property
    def not_applicable(self) -> tuple[Observation, ...]:
        """Probes that had nothing to look at in this run: their silence says nothing."""
        return tuple(o for o in self.observations if not o.applicable and not o.findings)

    @property
    def bugs(self) -> int:
        """How many findings are bugs."""
        return sum(told.finding.severity is Severity.BUG for told in self.found)

    @property
    def trained(self) -> bool:
        """Whether any update of parameters was seen."""
        return bool(self.watched.get("updates"))

    @property
    def exit_status(self) -> int:
        """0 no bug, 1 bugs, 2 nothing to judge or a script that failed, 3 a fault of ours."""
        if self.bugs:
            return 1
        if self.problems:
            return 3
        return 2 if self.end.failed or not self.trained else 0
