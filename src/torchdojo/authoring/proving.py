"""From reports to the proof that stands beside the exercise."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.authoring.bench import Case
from torchdojo.authoring.judging import Reports, not_fixed, of_role, states
from torchdojo.domain.exercise import BugSpec, Exercise
from torchdojo.domain.proof import AnswerProof, BugProof, Claim, Proof, ProvedRun
from torchdojo.domain.report import BugState, Curve, Report
from torchdojo.library import Answer, fake_answers, folder_digest, right_answers, torch_version

#: Figures are kept to this many significant digits, so that a proof changes when the result does and not otherwise.
DIGITS = 4

#: A curve longer than this is thinned: it is drawn a few hundred pixels wide.
POINTS = 200

CURVES = ("train_loss", "val_accuracy", "val_loss")


def make_proof(exercise: Exercise, reports: Reports, claims: Sequence[Claim]) -> Proof:
    """The proof of an exercise from the reports of all its cases."""
    graded = {(case.role, case.name) for case in reports}
    solution = of_role(reports, "solution")
    shown = {curve.name: curve for curve in solution[0].curves}
    return Proof(
        exercise=exercise.id,
        digest=folder_digest(exercise.folder),
        seeds=tuple(case.seed for case in reports if case.role == "solution"),
        torch=torch_version(),
        claims=tuple(claims),
        solution=tuple(_run(report) for report in solution),
        starter=tuple(_run(report) for report in of_role(reports, "starter")),
        bugs=tuple(_bug(bug, reports) for bug in exercise.bugs if ("alone", bug.id) in graded),
        right=_answers(right_answers(exercise), "right", reports),
        fake=_answers(fake_answers(exercise), "fake", reports),
        curves=tuple(_thinned(shown[name]) for name in CURVES if name in shown),
        facts=dict(sorted(solution[0].facts.items())),  # counts: the judge compares submissions with them exactly
    )


def _run(report: Report) -> ProvedRun:
    return ProvedRun(
        seed=report.seed,
        verdict=report.verdict,
        metric=_metric(report),
        goal_met=report.goal is not None and report.goal.met,
        states=states(report),
        evidence={bug.id: bug.evidence for bug in report.bugs},
    )


def _bug(bug: BugSpec, reports: Reports) -> BugProof:
    cases: list[Case] = [case for case in reports if (case.role, case.name) == ("alone", bug.id)]
    runs = [reports[case] for case in cases]
    own = [states(run).get(bug.id, BugState.NO_EVIDENCE) for run in runs]
    others = {other for run in runs for other, state in states(run).items() if state is BugState.OPEN} - {bug.id}
    return BugProof(
        id=bug.id,
        kind=bug.kind,
        seeds=tuple(case.seed for case in cases),
        state=BugState.OPEN if all(state is BugState.OPEN for state in own) else BugState.NO_EVIDENCE,
        others=tuple(sorted(others)),
        metrics=tuple(_metric(run) for run in runs),
        goal_met=tuple(run.goal is not None and run.goal.met for run in runs),
        evidence=next((result.evidence for result in runs[0].bugs if result.id == bug.id), ""),
    )


def _answers(answers: Sequence[Answer], role: str, reports: Reports) -> tuple[AnswerProof, ...]:
    return tuple(
        AnswerProof(answer.name, answer.style, report.verdict, tuple(not_fixed(report)))
        for answer in answers
        for report in of_role(reports, role, answer.name)[:1]
    )


def _metric(report: Report) -> float | None:
    if report.goal is None or report.goal.measured is None or not _finite(report.goal.measured):
        return None
    return _rounded(report.goal.measured)


def _thinned(curve: Curve) -> Curve:
    """At most POINTS points at even distances, the last one always among them; points that are no number left out."""
    points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if _finite(y)]
    if len(points) > POINTS:
        points = [points[round(number * (len(points) - 1) / (POINTS - 1))] for number in range(POINTS)]
    return Curve(curve.name, tuple(_rounded(x) for x, _ in points), tuple(_rounded(y) for _, y in points))


def _finite(value: float) -> bool:
    return value == value and abs(value) != float("inf")


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
