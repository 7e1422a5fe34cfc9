"""What the score rests on: criteria, bugs, checks, nudges, questions, what was looked for, notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchdojo.app.interview_sheets.saying import clock, minutes_told, moment_told, points_told, signal_told
from torchdojo.domain.looks import Look
from torchdojo.interview.handing_over import CandidateReport
from torchdojo.interview.report import CheckTold, CriterionTold, Report
from torchdojo.interview.scorecard import BugMark
from torchdojo.paper.markdown_form import literal
from torchdojo.paper.sheet import Block, Bullets, Grid, Heading, Prose

_MARKS = {
    BugMark.FIXED: "fixed",
    BugMark.LATE: "fixed late",
    BugMark.PARTLY: "partly",
    BugMark.OPEN: "open",
}


def criteria_rated(report: Report) -> Iterator[Block]:
    """Each criterion with everything that speaks for its signal."""
    yield Heading(1, "Criteria")
    medians = report.past.criteria if report.past else {}
    for criterion in report.criteria:
        points = points_told(criterion.points, criterion.of) if criterion.of else "no points"
        note = f"weight {criterion.weight} · {points}"
        if criterion.id in medians:
            note += f" · median {medians[criterion.id]}"
        yield Heading(2, f"{criterion.title}: {signal_told(criterion.signal)}", note)
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


def looks_opened(report: Report) -> Iterator[Block]:
    """What was looked at while the script was hidden, in which order and at what price."""
    if not report.begins_with_looks:
        return
    together = f"{minutes_told(report.look_minutes)} together"
    yield Heading(1, "Looks, in their order", f"{len(report.looks)} of {len(Look)} opened · {together}")
    rows = tuple(
        (str(number), clock(look.at), literal(look.title), f"{look.minutes:g}", literal(look.stage), literal(look.by))
        for number, look in enumerate(report.looks, 1)
    )
    if rows:
        yield Grid(("", "at", "Look", "minutes", "stage", "opened by"), rows, (0, 0, 5, 0, 5, 2))
    opened = {look.look for look in report.looks}
    left = ", ".join(look.heading.lower() for look in Look if look not in opened)
    yield Prose(f"Not opened: {left or 'nothing'}. Looks are evidence of what was chosen; they take no points.")


def own_looks(report: CandidateReport) -> Iterator[Block]:
    """The same as the candidate may have it."""
    if report.looks:
        spent = sum(look.minutes for look in report.looks)
        yield Heading(1, "Looks, in their order", f"{len(report.looks)} opened · {minutes_told(spent)} together")
        rows = tuple(
            (str(number), clock(look.at), literal(look.title), f"{look.minutes:g}")
            for number, look in enumerate(report.looks, 1)
        )
        yield Grid(("", "at", "Look", "minutes"), rows, (0, 0, 8, 0))


def bugs_found(report: Report) -> Iterator[Block]:
    """How far each bug was brought, when, and what shows it."""
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


def own_bugs(report: CandidateReport) -> Iterator[Block]:
    """The same as the candidate may have it."""
    if report.bugs:
        mended = sum(bug.mark.mended for bug in report.bugs)
        yield Heading(1, "Bugs", f"{mended} of {len(report.bugs)} fixed")
        rows = tuple(
            (str(number), bug.title, _MARKS[bug.mark], "" if bug.at is None else clock(bug.at))
            for number, bug in enumerate(report.bugs, 1)
        )
        yield Grid(("", "Bug", "came to", "fixed at"), rows, (0, 9, 3, 3))
    yield from _introduced(report.introduced)


def _introduced(kinds: Sequence[str]) -> Iterator[Block]:
    if kinds:
        yield Prose("**New bugs in the last run:** " + ", ".join(f"`{kind}`" for kind in kinds) + ".")


def _fix_time(at: float | None, first: float | None) -> str:
    if at is None:
        return "" if first is None else f"once, at {clock(first)}"
    return clock(at) if first is None or first == at else f"{clock(at)}, first at {clock(first)}"


def checks_passed(checks: Sequence[CheckTold]) -> Iterator[Block]:
    """The checks of the last run."""
    if checks:
        passed = sum(check.outcome == "passed" for check in checks)
        yield Heading(1, "Checks of the last run", f"{passed} of {len(checks)} passed")
        yield Grid(
            ("Check", "outcome"), tuple((literal(check.name), literal(check.outcome)) for check in checks), (6, 2)
        )


def nudges_given(report: Report) -> Iterator[Block]:
    """Every nudge with its price."""
    yield Heading(1, "Nudges", f"{len(report.nudges)} given")
    titles = {bug.id: bug.title for bug in report.bugs}
    rows = tuple(
        (
            clock(nudge.at),
            literal(nudge.text),
            titles.get(nudge.bug, ""),
            f"−{nudge.price:g}",
            "shown" if nudge.shown else "said",
        )
        for nudge in report.nudges
    )
    if rows:
        yield Grid(("at", "Nudge", "about", "price", ""), rows, (0, 8, 4, 0, 0))


def own_nudges(report: CandidateReport) -> Iterator[Block]:
    """Those that the candidate could read."""
    if report.nudges:
        yield Heading(1, "Nudges you were shown")
        rows = tuple((clock(nudge.at), literal(nudge.text), f"−{nudge.price:g}") for nudge in report.nudges)
        yield Grid(("at", "Nudge", "price"), rows, (0, 8, 0))


def questions_asked(report: Report) -> Iterator[Block]:
    """The questions with the rating of each answer."""
    if report.questions:
        yield Heading(1, "Questions asked", f"{len(report.questions)} in all")
        rows = tuple(
            (
                clock(asked.at),
                asked.question + (" *(bonus)*" if asked.bonus else f" *({asked.level})*"),
                signal_told(asked.rating),
                literal(asked.note),
            )
            for asked in report.questions
        )
        yield Grid(("at", "Question", "answer", "note"), rows, (0, 8, 2, 5))


def looked_for(report: Report) -> Iterator[Block]:
    """What was looked for, seen or not."""
    if report.look_fors:
        seen = sum(each.at is not None for each in report.look_fors)
        yield Heading(1, "Looked for", f"{seen} of {len(report.look_fors)} seen")
        for label, chosen in (
            ("Seen", [each for each in report.look_fors if each.at is not None]),
            ("Not seen", [each for each in report.look_fors if each.at is None]),
        ):
            if chosen:
                items = tuple((each.text, each.criterion + moment_told(each.at)) for each in chosen)
                yield Bullets(label, items)


def bonuses_said(report: Report) -> Iterator[Block]:
    """What was said beyond what was asked."""
    said = [bonus for bonus in report.bonuses if bonus.at is not None]
    if said:
        yield Heading(1, "Bonus")
        yield Bullets("", tuple((bonus.text, f"+{bonus.points}{moment_told(bonus.at)}") for bonus in said))


def words_said(report: Report) -> Iterator[Block]:
    """Flags and notes."""
    if report.flags:
        yield Heading(1, "Flags")
        rows = tuple((clock(flag.at), flag.flag, flag.criterion, literal(flag.text)) for flag in report.flags)
        yield Grid(("at", "flag", "criterion", "what"), rows, (0, 0, 3, 7))
    if report.notes:
        yield Heading(1, "Notes")
        noted = tuple((clock(note.at), note.tag, literal(note.text)) for note in report.notes)
        yield Grid(("at", "", "note"), noted, (0, 0, 1))
