"""What happened and when: the timeline, the runs with what was changed before each, the text before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from torchdojo.app.interview_sheets.saying import clock
from torchdojo.interview.changes import Change, Line, counted
from torchdojo.interview.handing_over import CandidateReport, OwnLook, OwnRun
from torchdojo.interview.report import LookTold, Report, RunTold
from torchdojo.paper.sheet import Block, Difference, Grid, Heading, Picture, Prose
from torchdojo.paper.timeline import Lane, Mark, Span, timeline

#: Changed lines shown for each run; all of them are in the JSON.
_MOST_RUN_LINES = 6


def timeline_of(report: Report) -> Iterator[Block]:
    """When everything happened, as a picture and in words."""
    stages = sorted(
        (
            Span(since, until, str(number))
            for number, stage in enumerate(report.stages, 1)
            for since, until in stage.spans
        ),
        key=lambda span: span.since,
    )
    lanes = [
        Lane("Stages", "bar", spans=tuple(stages)),
        *_look_lane([look.at for look in report.looks]),
        Lane("Runs", "triangle", marks=tuple(Mark(run.at, str(run.number)) for run in report.runs)),
        *_fix_lane([bug.at for bug in report.bugs]),
        Lane("Nudges", "diamond", marks=tuple(Mark(nudge.at, "") for nudge in report.nudges)),
        Lane("Notes", "cross", marks=tuple(Mark(note.at, "") for note in report.notes)),
    ]
    told = [
        _list("Stages", (f"{stage.title} {_spans(stage.spans)}" for stage in report.stages if stage.spans)),
        *_looks_said(report.looks),
        _list("Runs", (clock(run.at) for run in report.runs)),
        _list("Fixes", (f"{bug.title} {clock(bug.at)}" for bug in report.bugs if bug.at is not None)),
        _list("Nudges", (clock(nudge.at) for nudge in report.nudges)),
        _list("Notes", (clock(note.at) for note in report.notes)),
    ]
    yield Heading(1, "What happened when")
    yield _picture(lanes, report.spent, report.minutes, told)
    rows = tuple(
        (str(number), stage.title, str(stage.minutes), clock(stage.spent))
        for number, stage in enumerate(report.stages, 1)
    )
    yield Grid(("", "Stage", "minutes planned", "spent"), rows, (0, 8, 3, 2))


def own_timeline(report: CandidateReport) -> Iterator[Block]:
    """The same as the candidate may have it."""
    lanes = [
        *_look_lane([look.at for look in report.looks]),
        Lane("Runs", "triangle", marks=tuple(Mark(run.at, str(run.number)) for run in report.runs)),
        *_fix_lane([bug.at for bug in report.bugs]),
        Lane("Nudges", "diamond", marks=tuple(Mark(nudge.at, "") for nudge in report.nudges)),
    ]
    told = [
        *_looks_said(report.looks),
        _list("Runs", (clock(run.at) for run in report.runs)),
        _list("Fixes", (f"{bug.title} {clock(bug.at)}" for bug in report.bugs if bug.at is not None)),
        _list("Nudges", (clock(nudge.at) for nudge in report.nudges)),
    ]
    yield Heading(1, "What happened when")
    yield _picture(lanes, report.spent, report.minutes, told)


def _look_lane(looks: Sequence[float]) -> Iterator[Lane]:
    """Only where something was looked at. A look has its number in the table."""
    if looks:
        yield Lane("Looks", "disc", marks=tuple(Mark(at, str(number)) for number, at in enumerate(looks, 1)))


def _looks_said(looks: Sequence[LookTold] | Sequence[OwnLook]) -> Iterator[str]:
    if looks:
        yield _list("Looks", (f"{look.title} {clock(look.at)}" for look in looks))


def _fix_lane(fixes: Sequence[float | None]) -> Iterator[Lane]:
    """Only where there is something to fix. A fix has the number of its bug in the table."""
    if fixes:
        found = sorted((at, number) for number, at in enumerate(fixes, 1) if at is not None)
        yield Lane("Fixes", "disc", marks=tuple(Mark(at, str(number)) for at, number in found))


def _picture(lanes: Sequence[Lane], spent: float, minutes: float, told: Iterable[str]) -> Picture:
    said = f"{clock(spent)} in all; the time was up at {clock(minutes * 60)}, where the dashed line is. " + " ".join(
        part for part in told if part
    )
    return Picture(timeline(lanes, spent, minutes * 60, said), said.strip())


def _list(label: str, items: Iterable[str]) -> str:
    found = ", ".join(items)
    return f"{label}: {found}." if found else f"{label}: none."


def _spans(spans: Sequence[tuple[float, float]]) -> str:
    return " and ".join(f"{clock(since)}–{clock(until)}" for since, until in spans)


def runs_made(runs: Sequence[RunTold] | Sequence[OwnRun], *, around: str) -> Iterator[Block]:
    """Each run with what was changed before it; `around` is the name of the file."""
    yield Heading(1, "Runs, in their order", f"{len(runs)} in all")
    if not runs:
        yield Prose("Nothing was run.")
    for run in runs:
        added, removed = counted(run.lines)
        changed = f"{added} added, {removed} removed" if run.lines else "nothing changed"
        yield Heading(2, f"Run {run.number} at {clock(run.at)}", f"lines: {changed}")
        yield Prose(_showed(run))
        if run.lines:
            yield Difference(tuple(_rows(run.lines[:_MOST_RUN_LINES])))
            left = len(run.lines) - _MOST_RUN_LINES
            if left > 0:
                yield Prose(f"*… and {left} more {'line' if left == 1 else 'lines'}.*")


def _showed(run: RunTold | OwnRun) -> str:
    told = [run.verdict.replace("_", " ").capitalize() or "No verdict"]
    told += [f"fixed: {'; '.join(run.fixed)}"] if run.fixed else []
    told += [f"open again: {'; '.join(run.back)}"] if run.back else []
    if isinstance(run, RunTold) and run.introduced:
        told.append(f"new bugs: {', '.join(run.introduced)}")
    told += [f"{run.passed} of {run.checks} checks passed"] if run.checks else []
    if run.met is not None:
        measured = "" if run.measured is None else f" ({run.measured:.4g})"
        told.append(f"goal {'met' if run.met else 'not met'}{measured}")
    return ". ".join(part[:1].upper() + part[1:] for part in told) + "."


def difference(lines: Sequence[Line], filename: str) -> Iterator[Block]:
    """The text before and after."""
    yield Heading(1, "From the first text to the last", f"`{filename}`" if filename else "")
    if not lines:
        yield Prose("Nothing was changed, or too much to compare.")
        return
    added, removed = counted(lines)
    yield Prose(f"{added} lines added, {removed} removed.")
    yield Difference(tuple(_rows(lines)))


_SIGNS = {Change.ADDED: "+", Change.REMOVED: "−", Change.SAME: "", Change.GAP: "⋯"}


def _rows(lines: Iterable[Line]) -> Iterator[tuple[str, str, str, str]]:
    for line in lines:
        yield str(line.old or ""), str(line.new or ""), _SIGNS[line.change], line.text.expandtabs(4)
