"""The report as a sheet: what it says, in the order it is read. How that looks is the paper's business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from torchdojo.domain.interview import Signal
from torchdojo.interview.changes import Change, Line, counted
from torchdojo.interview.handing_over import CandidateReport, OwnRun
from torchdojo.interview.report import CheckTold, CriterionTold, Report, RunTold, Study
from torchdojo.interview.scorecard import BugMark
from torchdojo.paper.markdown_form import literal
from torchdojo.paper.sheet import Block, Bullets, Difference, Grid, Heading, Notice, Picture, Prose, Sheet
from torchdojo.paper.timeline import Lane, Mark, Span, timeline

#: Changed lines shown for each run; all of them are in the JSON.
_MOST_RUN_LINES = 6

_MARKS = {
    BugMark.FIXED: "fixed",
    BugMark.LATE: "fixed late",
    BugMark.PARTLY: "partly",
    BugMark.OPEN: "open",
}


def report_sheet(report: Report) -> Sheet:
    """Everything, for the interviewer."""
    blocks = [
        *_warnings(report.fault, ended=report.ended),
        *_remarks(report.remarks),
        *_result(report),
        *_both(report),
        *_timeline(report),
        *_criteria(report),
        *_bugs(report),
        *_checks(report.checks),
        *_runs(report.runs, around=report.filename),
        *_nudges(report),
        *_questions(report),
        *_look_fors(report),
        *_bonuses(report),
        *_words(report),
        *_difference(report.lines, report.filename),
        *_study(report.study),
        *_past(report),
        *_how_scored(report),
    ]
    about = f"Report of an interview · {_when(report.began)}" + (f" · room {report.room}" if report.room else "")
    return Sheet(report.title, about, f"{report.title} · {_when(report.began)} · for the interviewer", tuple(blocks))


def candidate_sheet(report: CandidateReport) -> Sheet:
    """What the candidate is given, made of nothing but what the candidate is given."""
    blocks = [
        *_warnings(report.fault, ended=report.ended),
        *_own_result(report),
        *_own_timeline(report),
        *_own_bugs(report),
        *_checks(report.checks),
        *_runs(report.runs, around=report.filename),
        *_own_nudges(report),
        *_difference(report.lines, report.filename),
        *_study(report.study),
    ]
    about = f"Your interview · {_when(report.began)} · {_clock(report.spent)} of {report.minutes:g} minutes"
    return Sheet(report.title, about, f"{report.title} · {_when(report.began)}", tuple(blocks))


def _warnings(fault: str, *, ended: bool) -> Iterator[Block]:
    if fault:
        yield Notice(
            f"**The log of this interview was changed after it was written:** {literal(fault)}. "
            "What follows is what the log says now; it proves nothing."
        )
    if not ended:
        yield Notice("**This interview has not ended.** This is how it stands.")


def _remarks(remarks: Sequence[str]) -> Iterator[Block]:
    if remarks:
        yield Bullets("To know when reading this", tuple((literal(remark), "") for remark in remarks))


def _result(report: Report) -> Iterator[Block]:
    card = report.card
    total = report.decided.total
    yield Heading(1, f"{total:g} of 100: {report.band.title}", f"{_clock(report.spent)} of {report.minutes:g} min")
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
    rows = tuple((part.title, _points(part.points, part.of), literal(part.told)) for part in card.parts)
    yield Grid(
        ("What", "points", "how it came about"), (*rows, ("**Together**", f"**{card.total:g} of 100**", "")), (4, 3, 9)
    )


_STEPS = {None: "–", 0: "", 1: "one step", 2: "two steps"}


def _both(report: Report) -> Iterator[Block]:
    joint = report.joint
    if joint is None:
        return
    yield Heading(1, "Both interviewers", f"the same signal for {joint.agreed} of {len(joint.criteria)} criteria")
    rows = [
        (each.title, _said(each.first), _said(each.second), _said(both.signal), _STEPS[each.steps])
        for each, both in zip(joint.criteria, joint.both.criteria, strict=True)
    ]
    rows += [(each.title, _said(each.first), _said(each.second), "", _STEPS[each.steps]) for each in joint.questions]
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


def _own_result(report: CandidateReport) -> Iterator[Block]:
    yield Heading(1, f"{report.total:g} of 100: {report.band}")
    if not report.complete:
        yield Prose("**Provisional:** not everything has been rated yet.")
    if report.exercise:
        yield Prose(f"Exercise: `{report.exercise}`.")
    rows = tuple((part.title, _points(part.points, part.of)) for part in report.parts)
    yield Grid(("What", "points"), rows, (5, 2))
    if report.criteria:
        seen = tuple((criterion.title, _said(criterion.signal)) for criterion in report.criteria)
        yield Grid(("What was looked at", "how it was seen"), seen, (5, 2))


def _points(points: float, of: float) -> str:
    return f"{points:.1f} of {of:g}" if of else f"{points:+.1f}".replace("-", "−")


def _said(signal: Signal | None) -> str:
    return "not rated" if signal is None else str(signal)


def _timeline(report: Report) -> Iterator[Block]:
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
        Lane("Runs", "triangle", marks=tuple(Mark(run.at, str(run.number)) for run in report.runs)),
        *_fix_lane([bug.at for bug in report.bugs]),
        Lane("Nudges", "diamond", marks=tuple(Mark(nudge.at, "") for nudge in report.nudges)),
        Lane("Notes", "cross", marks=tuple(Mark(note.at, "") for note in report.notes)),
    ]
    told = [
        _list("Stages", (f"{stage.title} {_spans(stage.spans)}" for stage in report.stages if stage.spans)),
        _list("Runs", (_clock(run.at) for run in report.runs)),
        _list("Fixes", (f"{bug.title} {_clock(bug.at)}" for bug in report.bugs if bug.at is not None)),
        _list("Nudges", (_clock(nudge.at) for nudge in report.nudges)),
        _list("Notes", (_clock(note.at) for note in report.notes)),
    ]
    yield Heading(1, "What happened when")
    yield _picture(lanes, report.spent, report.minutes, told)
    rows = tuple(
        (str(number), stage.title, str(stage.minutes), _clock(stage.spent))
        for number, stage in enumerate(report.stages, 1)
    )
    yield Grid(("", "Stage", "minutes planned", "spent"), rows, (0, 8, 3, 2))


def _own_timeline(report: CandidateReport) -> Iterator[Block]:
    lanes = [
        Lane("Runs", "triangle", marks=tuple(Mark(run.at, str(run.number)) for run in report.runs)),
        *_fix_lane([bug.at for bug in report.bugs]),
        Lane("Nudges", "diamond", marks=tuple(Mark(nudge.at, "") for nudge in report.nudges)),
    ]
    told = [
        _list("Runs", (_clock(run.at) for run in report.runs)),
        _list("Fixes", (f"{bug.title} {_clock(bug.at)}" for bug in report.bugs if bug.at is not None)),
        _list("Nudges", (_clock(nudge.at) for nudge in report.nudges)),
    ]
    yield Heading(1, "What happened when")
    yield _picture(lanes, report.spent, report.minutes, told)


def _fix_lane(fixes: Sequence[float | None]) -> Iterator[Lane]:
    """Only where there is something to fix. A fix has the number of its bug in the table."""
    if fixes:
        found = sorted((at, number) for number, at in enumerate(fixes, 1) if at is not None)
        yield Lane("Fixes", "disc", marks=tuple(Mark(at, str(number)) for at, number in found))


def _picture(lanes: Sequence[Lane], spent: float, minutes: float, told: Iterable[str]) -> Picture:
    said = f"{_clock(spent)} in all; the time was up at {_clock(minutes * 60)}, where the dashed line is. " + " ".join(
        part for part in told if part
    )
    return Picture(timeline(lanes, spent, minutes * 60, said), said.strip())


def _list(label: str, items: Iterable[str]) -> str:
    found = ", ".join(items)
    return f"{label}: {found}." if found else f"{label}: none."


def _spans(spans: Sequence[tuple[float, float]]) -> str:
    return " and ".join(f"{_clock(since)}–{_clock(until)}" for since, until in spans)


def _criteria(report: Report) -> Iterator[Block]:
    yield Heading(1, "Criteria")
    medians = report.past.criteria if report.past else {}
    for criterion in report.criteria:
        points = _points(criterion.points, criterion.of) if criterion.of else "no points"
        note = f"weight {criterion.weight} · {points}"
        if criterion.id in medians:
            note += f" · median {medians[criterion.id]}"
        yield Heading(2, f"{criterion.title}: {_said(criterion.signal)}", note)
        yield from _evidence(criterion)


def _evidence(criterion: CriterionTold) -> Iterator[Block]:
    told = [
        (f"**Evidence:** {literal(criterion.evidence)}" if criterion.evidence else ""),
        *(f"**Green flag:** {literal(text)}" for text in criterion.green),
        *(f"**Red flag:** {literal(text)}" for text in criterion.red),
        *(f"Seen: {text}" for text in criterion.seen),
    ]
    looked = len(criterion.seen) + len(criterion.missed)
    if looked:
        suggested = f", which suggests {criterion.suggested}" if criterion.suggested else ""
        told.append(f"{len(criterion.seen)} of {looked} things to look for were seen{suggested}.")
    yield Bullets("", tuple((line, "") for line in told if line))


def _bugs(report: Report) -> Iterator[Block]:
    if report.bugs:
        mended = sum(bug.mark.mended for bug in report.bugs)
        yield Heading(1, "Bugs", f"{mended} of {len(report.bugs)} fixed")
        rows = tuple(
            (
                str(number),
                f"**{bug.title}** (`{bug.kind}`)",
                _MARKS[bug.mark],
                _fix_time(bug.at, bug.first_at),
                str(bug.nudges or ""),
                literal(bug.evidence),
            )
            for number, bug in enumerate(report.bugs, 1)
        )
        yield Grid(("", "Bug", "came to", "fixed at", "nudges", "evidence"), rows, (0, 5, 2, 2, 0, 7), wide=True)
    yield from _introduced(report.card.introduced)


def _own_bugs(report: CandidateReport) -> Iterator[Block]:
    if report.bugs:
        mended = sum(bug.mark.mended for bug in report.bugs)
        yield Heading(1, "Bugs", f"{mended} of {len(report.bugs)} fixed")
        rows = tuple(
            (str(number), bug.title, _MARKS[bug.mark], "" if bug.at is None else _clock(bug.at))
            for number, bug in enumerate(report.bugs, 1)
        )
        yield Grid(("", "Bug", "came to", "fixed at"), rows, (0, 9, 3, 3))
    yield from _introduced(report.introduced)


def _introduced(kinds: Sequence[str]) -> Iterator[Block]:
    if kinds:
        yield Prose("**New bugs in the last run:** " + ", ".join(f"`{kind}`" for kind in kinds) + ".")


def _fix_time(at: float | None, first: float | None) -> str:
    if at is None:
        return "" if first is None else f"once, at {_clock(first)}"
    return _clock(at) if first is None or first == at else f"{_clock(at)}, first at {_clock(first)}"


def _checks(checks: Sequence[CheckTold]) -> Iterator[Block]:
    if checks:
        passed = sum(check.outcome == "passed" for check in checks)
        yield Heading(1, "Checks of the last run", f"{passed} of {len(checks)} passed")
        yield Grid(
            ("Check", "outcome"), tuple((literal(check.name), literal(check.outcome)) for check in checks), (6, 2)
        )


def _runs(runs: Sequence[RunTold] | Sequence[OwnRun], *, around: str) -> Iterator[Block]:
    yield Heading(1, "Runs, in their order", f"{len(runs)} in all")
    if not runs:
        yield Prose("Nothing was run.")
    for run in runs:
        added, removed = counted(run.lines)
        changed = f"{added} added, {removed} removed" if run.lines else "nothing changed"
        yield Heading(2, f"Run {run.number} at {_clock(run.at)}", f"lines: {changed}")
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


def _nudges(report: Report) -> Iterator[Block]:
    yield Heading(1, "Nudges", f"{len(report.nudges)} given")
    titles = {bug.id: bug.title for bug in report.bugs}
    rows = tuple(
        (
            _clock(nudge.at),
            literal(nudge.text),
            titles.get(nudge.bug, ""),
            f"−{nudge.price:g}",
            "shown" if nudge.shown else "said",
        )
        for nudge in report.nudges
    )
    if rows:
        yield Grid(("at", "Nudge", "about", "price", ""), rows, (0, 8, 4, 0, 0))


def _own_nudges(report: CandidateReport) -> Iterator[Block]:
    if report.nudges:
        yield Heading(1, "Nudges you were shown")
        rows = tuple((_clock(nudge.at), literal(nudge.text), f"−{nudge.price:g}") for nudge in report.nudges)
        yield Grid(("at", "Nudge", "price"), rows, (0, 8, 0))


def _questions(report: Report) -> Iterator[Block]:
    if report.questions:
        yield Heading(1, "Questions asked", f"{len(report.questions)} in all")
        rows = tuple(
            (
                _clock(asked.at),
                asked.question + (" *(bonus)*" if asked.bonus else f" *({asked.level})*"),
                _said(asked.rating),
                literal(asked.note),
            )
            for asked in report.questions
        )
        yield Grid(("at", "Question", "answer", "note"), rows, (0, 8, 2, 5))


def _look_fors(report: Report) -> Iterator[Block]:
    if report.look_fors:
        seen = sum(each.at is not None for each in report.look_fors)
        yield Heading(1, "Looked for", f"{seen} of {len(report.look_fors)} seen")
        for label, chosen in (
            ("Seen", [each for each in report.look_fors if each.at is not None]),
            ("Not seen", [each for each in report.look_fors if each.at is None]),
        ):
            if chosen:
                items = tuple((each.text, each.criterion + _moment(each.at)) for each in chosen)
                yield Bullets(label, items)


def _moment(at: float | None) -> str:
    return "" if at is None else f" · {_clock(at)}"


def _bonuses(report: Report) -> Iterator[Block]:
    said = [bonus for bonus in report.bonuses if bonus.at is not None]
    if said:
        yield Heading(1, "Bonus")
        yield Bullets("", tuple((bonus.text, f"+{bonus.points}{_moment(bonus.at)}") for bonus in said))


def _words(report: Report) -> Iterator[Block]:
    if report.flags:
        yield Heading(1, "Flags")
        rows = tuple((_clock(flag.at), flag.flag, flag.criterion, literal(flag.text)) for flag in report.flags)
        yield Grid(("at", "flag", "criterion", "what"), rows, (0, 0, 3, 7))
    if report.notes:
        yield Heading(1, "Notes")
        noted = tuple((_clock(note.at), note.tag, literal(note.text)) for note in report.notes)
        yield Grid(("at", "", "note"), noted, (0, 0, 1))


def _difference(lines: Sequence[Line], filename: str) -> Iterator[Block]:
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


def _study(studies: Sequence[Study]) -> Iterator[Block]:
    yield Heading(1, "What to study next")
    if not studies:
        yield Prose("Nothing was left open.")
        return
    rows = tuple((study.title, f"`{_command(study.link)}`", study.why) for study in studies)
    yield Grid(("What", "with", "because of"), rows, (5, 6, 4))
    yield Prose(
        "The JSON of this report brings these as cards and drills into your own torchdojo: "
        "`torchdojo review --import report.json`."
    )


def _command(link: str) -> str:
    kind, _, name = link.partition(":")
    commands = {
        "kind": f"torchdojo explain {name}",
        "drill": f"torchdojo drill --kinds {name}",
        "question": f"torchdojo explain {name}",
        "exercise": f"torchdojo start {name}",
    }
    return commands.get(kind, name)


def _past(report: Report) -> Iterator[Block]:
    past = report.past
    if past is None:
        return
    nudges = -sum(part.points for part in report.card.parts if part.id == "nudges")
    yield Heading(1, "Beside earlier sessions", f"median of {past.sessions} {_sessions(past.sessions)}")
    rows = [
        ("Total", f"{report.card.total:g}", f"{past.total:g}"),
        ("Minutes", _clock(report.spent), _clock(past.spent)),
        ("Points for nudges", f"{nudges:g}", f"{past.nudges:g}"),
    ]
    if report.bugs:
        rows.insert(1, ("Bugs fixed", str(report.card.fixed), f"{past.fixed:g}"))
    yield Grid(("", "this one", "median"), tuple(rows), (4, 2, 2))


def _sessions(count: int) -> str:
    return "session" if count == 1 else "sessions"


def _how_scored(report: Report) -> Iterator[Block]:
    seal = report.card.to_json()["seal"]
    yield Heading(1, "How this was scored")
    yield Prose(
        f"By version {report.card.version} of the rules in docs/scoring.md, from the log alone: the same log gives the "
        f"same score. Only the grader says *fixed*. Seal of the scorecard: `{seal[:16]}`."
    )


def _clock(seconds: float | None) -> str:
    whole = int(seconds or 0)
    return f"{whole // 60}:{whole % 60:02d}"


def _when(moment: datetime | None) -> str:
    return "not begun" if moment is None else f"{moment:%d %B %Y, %H:%M} UTC"
