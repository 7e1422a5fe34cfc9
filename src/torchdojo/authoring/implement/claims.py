"""Claims drawn from the reports of an implement exercise. Pure: reports in, claims out."""

from __future__ import annotations

from collections.abc import Mapping

from torchdojo.authoring.implement.changes import declared_reasons
from torchdojo.authoring.implement.check_names import check_names
from torchdojo.authoring.judging import Reports, in_time, of_role, times
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim
from torchdojo.domain.report import CheckOutcome, Report, Verdict
from torchdojo.library import Answer, right_answers, wrong_answers

#: The share of mutants the checks have to notice, those left out that compute the same.
LEAST_NOTICED = 0.95

_FAILED = (CheckOutcome.FAILED, CheckOutcome.ERROR)


def run_claims(exercise: Exercise, reports: Reports, *, quick: bool = False) -> list[Claim]:
    """Every claim that rests on the gradings; after a `quick` run, those that a sample of the mutants can support."""
    claims = [_passes("solution passes", reports, "solution"), in_time(exercise, reports), _starter(reports)]
    claims += [_passes(f"{a.name} passes", reports, "right", a.name, a.style) for a in right_answers(exercise)]
    graded = {case.name for case in reports if case.role == "wrong"}
    claims += [_wrong(answer, reports) for answer in wrong_answers(exercise) if answer.name in graded]
    changed = mutant_reports(reports)
    if quick:
        return [*claims, _mutants(exercise, changed)]
    if not changed:
        return [*claims, Claim("mutants are noticed", False, "none was graded: first the solution has to pass")]
    claims += [_every_check_catches(exercise, reports), _mutants(exercise, changed)]
    if exercise.survivors:
        claims.append(_survivors(exercise, changed))
    return claims


def first_failing(report: Report) -> str:
    """The check that decided the verdict; "" when none failed."""
    return next((check.name for check in report.checks if check.outcome in _FAILED), "")


def mutant_reports(reports: Reports) -> dict[str, Report]:
    """What was said of each mutant."""
    return {case.name: report for case, report in reports.items() if case.role == "mutant"}


def caught_by(reports: Reports) -> set[str]:
    """The checks that a wrong answer or a mutant has failed."""
    answers = [report for case, report in reports.items() if case.role in ("wrong", "mutant")]
    return {check.name for report in answers for check in report.checks if check.outcome in _FAILED}


def _passes(claim: str, reports: Reports, role: str, name: str = "", told: str = "") -> Claim:
    runs = of_role(reports, role, name)
    for run in runs:
        if run.verdict is not Verdict.PASSED:
            return Claim(claim, False, f"seed {run.seed}: {_story(run)}")
    return Claim(claim, True, f"{times(runs)}: {told}" if told else f"{times(runs)}, {len(runs[0].checks)} checks")


def _starter(reports: Reports) -> Claim:
    runs = of_role(reports, "starter")
    for run in runs:
        said = next((check.message for check in run.checks if check.outcome in _FAILED), "")
        if run.verdict is not Verdict.RUNTIME_ERROR or "NotImplementedError" not in said:
            return Claim(
                "starter fails", False, f"seed {run.seed}: it should raise NotImplementedError, but {_story(run)}"
            )
    passed = sum(check.outcome is CheckOutcome.PASSED for check in runs[0].checks)
    return Claim("starter fails", True, f"{times(runs)}, by NotImplementedError; {passed} checks pass")


def _wrong(answer: Answer, reports: Reports) -> Claim:
    claim = f"{answer.name} is refused"
    runs = of_role(reports, "wrong", answer.name)
    for run in runs:
        if run.verdict is not answer.verdict:
            return Claim(claim, False, f"seed {run.seed}: declared {answer.verdict}, got {_story(run)}")
        if first_failing(run) != answer.caught_by:
            got = first_failing(run) or "no check"
            return Claim(claim, False, f"seed {run.seed}: declared caught by {answer.caught_by}, caught by {got}")
    return Claim(claim, True, f"{times(runs)}: {answer.style}: {answer.caught_by or answer.verdict}")


def _every_check_catches(exercise: Exercise, reports: Reports) -> Claim:
    caught = caught_by(reports)
    idle = [name for name in check_names(exercise) if name not in caught]
    if idle:
        return Claim("every check catches something", False, f"nothing fails {', '.join(idle)}: write a wrong answer")
    return Claim("every check catches something", True, f"each of {len(check_names(exercise))}")


def _mutants(exercise: Exercise, changed: Mapping[str, Report]) -> Claim:
    claim = "mutants are noticed"
    declared = declared_reasons(exercise)
    for name, report in changed.items():
        if report.verdict is Verdict.INTERNAL_ERROR:
            return Claim(claim, False, f"{name}: {_story(report)}")
    counted = {name: report for name, report in changed.items() if name not in declared}
    survived = [name for name, report in counted.items() if report.verdict is Verdict.PASSED]
    noticed = len(counted) - len(survived)
    share = noticed / len(counted) if counted else 1.0
    evidence = f"{noticed} of {len(counted)} ({100 * share:.0f} %)"
    if declared:
        evidence += f", {len(declared)} more compute the same"
    if survived:
        evidence += f"; not noticed: {'; '.join(survived)}"
    return Claim(claim, share >= LEAST_NOTICED, evidence)


def _survivors(exercise: Exercise, changed: Mapping[str, Report]) -> Claim:
    claim = "survivors survive"
    for name in declared_reasons(exercise):
        if changed[name].verdict is not Verdict.PASSED:
            return Claim(claim, False, f"{name!r} is declared to compute the same, but {_story(changed[name])}")
    return Claim(claim, True, f"{len(exercise.survivors)}, each with its reason")


def _story(run: Report) -> str:
    """Verdict, check and reason, in one line."""
    check = first_failing(run)
    parts = [str(run.verdict), check, " ".join(run.message.split())[:300]]
    return ": ".join(part for part in parts if part)
