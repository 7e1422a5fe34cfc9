"""The scores on a sheet: the sum, both interviewers, earlier sessions, by which rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchdojo.app.interview_sheets.saying import STEPS, clock, points_told, signal_told
from torchdojo.interview.handing_over import CandidateReport
from torchdojo.interview.report import Report
from torchdojo.paper.markdown_form import literal
from torchdojo.paper.sheet import Block, Bullets, Grid, Heading, Notice, Prose


def warnings(fault: str, *, ended: bool) -> Iterator[Block]:
    """What makes all of it doubtful: a changed log, an interview that goes on."""
    if fault:
        yield Notice(
            f"**The log of this interview was changed after it was written:** {literal(fault)}. "
            "What follows is what the log says now; it proves nothing."
        )
    if not ended:
        yield Notice("**This interview has not ended.** This is how it stands.")


def remarks_made(remarks: Sequence[str]) -> Iterator[Block]:
    """What must be known to read the rest."""
    if remarks:
        yield Bullets("To know when reading this", tuple((literal(remark), "") for remark in remarks))


def result(report: Report) -> Iterator[Block]:
    """The total, its band, and the sum it comes from."""
    card = report.card
    total = report.decided.total
    yield Heading(1, f"{total:g} of 100: {report.band.title}", f"{clock(report.spent)} of {report.minutes:g} min")
    yield Prose(report.band.reading)
    if not card.complete:
        names = {criterion.id: criterion.title for criterion in report.criteria}
        unrated = ", ".join(names.get(name, name) for name in card.unrated)
        yield Prose(f"**Provisional:** not rated yet: {unrated}.")
    if report.exercise:
        seed = "" if report.seed is None else f", seed {report.seed}"
        yield Prose(f"Exercise: {report.exercise_title} (`{report.exercise}`{seed}).")
    if report.joint:
        yield Prose("The mean of two interviewers. What follows is one of them; the next section has both.")
    rows = tuple((part.title, points_told(part.points, part.of), literal(part.told)) for part in card.parts)
    yield Grid(
        ("What", "points", "how it came about"), (*rows, ("**Together**", f"**{card.total:g} of 100**", "")), (4, 3, 9)
    )


def both_interviewers(report: Report) -> Iterator[Block]:
    """What each of two interviewers gave, and how far apart they are."""
    joint = report.joint
    if joint is None:
        return
    yield Heading(1, "Both interviewers", f"the same signal for {joint.agreed} of {len(joint.criteria)} criteria")
    rows = [
        (each.title, signal_told(each.first), signal_told(each.second), signal_told(both.signal), STEPS[each.steps])
        for each, both in zip(joint.criteria, joint.both.criteria, strict=True)
    ]
    rows += [
        (each.title, signal_told(each.first), signal_told(each.second), "", STEPS[each.steps])
        for each in joint.questions
    ]
    totals = (f"**{card.total:g}**" for card in (joint.first, joint.second, joint.both))
    yield Grid(("", "first", "second", "together", "apart"), (*rows, ("**Total**", *totals, "")), (7, 2, 2, 2, 2))
    said = [
        (f"{each.title}: {literal(text)}", who)
        for each in joint.criteria
        for who, text in (("first", each.first_said), ("second", each.second_said))
        if each.steps and text
    ]
    if said:
        yield Bullets("Where they differ, each said", tuple(said))


def own_result(report: CandidateReport) -> Iterator[Block]:
    """The same as the candidate may have it."""
    yield Heading(1, f"{report.total:g} of 100: {report.band}")
    if not report.complete:
        yield Prose("**Provisional:** not everything has been rated yet.")
    if report.exercise:
        yield Prose(f"Exercise: `{report.exercise}`.")
    rows = tuple((part.title, points_told(part.points, part.of)) for part in report.parts)
    yield Grid(("What", "points"), rows, (5, 2))
    if report.criteria:
        seen = tuple((criterion.title, signal_told(criterion.signal)) for criterion in report.criteria)
        yield Grid(("What was looked at", "how it was seen"), seen, (5, 2))


def earlier_sessions(report: Report) -> Iterator[Block]:
    """This one beside the medians of those before."""
    past = report.past
    if past is None:
        return
    nudges = -sum(part.points for part in report.card.parts if part.id == "nudges")
    yield Heading(1, "Beside earlier sessions", f"median of {past.sessions} {_sessions(past.sessions)}")
    rows = [
        ("Total", f"{report.card.total:g}", f"{past.total:g}"),
        ("Minutes", clock(report.spent), clock(past.spent)),
        ("Points for nudges", f"{nudges:g}", f"{past.nudges:g}"),
    ]
    if report.bugs:
        rows.insert(1, ("Bugs fixed", str(report.card.fixed), f"{past.fixed:g}"))
    yield Grid(("", "this one", "median"), tuple(rows), (4, 2, 2))


def _sessions(count: int) -> str:
    return "session" if count == 1 else "sessions"


def how_scored(report: Report) -> Iterator[Block]:
    """By which rules, with the seal."""
    seal = report.card.to_json()["seal"]
    yield Heading(1, "How this was scored")
    yield Prose(
        f"By version {report.card.version} of the rules in docs/scoring.md, from the log alone: the same log gives the "
        f"same score. Only the grader says *fixed*. Seal of the scorecard: `{seal[:16]}`."
    )
