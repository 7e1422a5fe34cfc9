"""Claims drawn from the reports of a verification. Pure: reports in, claims out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torchdojo.authoring.bench import Case
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim
from torchdojo.domain.report import BugState, Report, Verdict
from torchdojo.library import Answer, fake_answers, right_answers

Reports = Mapping[Case, Report]


def run_claims(exercise: Exercise, reports: Reports) -> list[Claim]:
    """Every claim that rests on the runs there were."""
    graded = {(case.role, case.name) for case in reports}
    claims = [_solution(exercise, reports), in_time(exercise, reports), *_starter(exercise, reports)]
    claims += [_alone(bug.id, reports) for bug in exercise.bugs if ("alone", bug.id) in graded]
    claims += [_reverted(bug.id, reports) for bug in exercise.bugs if ("reverted", bug.id) in graded]
    claims += [_right(answer, reports) for answer in right_answers(exercise) if ("right", answer.name) in graded]
    claims += [_fake(answer, reports) for answer in fake_answers(exercise) if ("fake", answer.name) in graded]
    return claims


def states(report: Report) -> dict[str, BugState]:
    """The state of every bug in the report."""
    return {bug.id: bug.state for bug in report.bugs}


def not_fixed(report: Report) -> list[str]:
    """The bugs that are not fixed, whether open or without evidence."""
    return [bug.id for bug in report.bugs if not bug.fixed]


def of_role(reports: Reports, role: str, name: str = "") -> list[Report]:
    """The reports of one role and name, in the order of their seeds."""
    return [report for case, report in reports.items() if (case.role, case.name) == (role, name)]


def metric_range(reports: Sequence[Report]) -> str:
    """The goal's figure over these runs, e.g. "val_accuracy 0.974 to 0.991"."""
    measured = [r.goal.measured for r in reports if r.goal is not None and r.goal.measured is not None]
    name = next((r.goal.name for r in reports if r.goal is not None), "goal")
    if not measured:
        return f"{name} not measured"
    low, high = f"{min(measured):.3g}", f"{max(measured):.3g}"
    return f"{name} {low}" if low == high else f"{name} {low} to {high}"


def _solution(exercise: Exercise, reports: Reports) -> Claim:
    runs = of_role(reports, "solution")
    failed = [run for run in runs if run.verdict is not Verdict.PASSED]
    if failed:
        return Claim("solution passes", False, f"seed {failed[0].seed}: {_story(failed[0])}")
    return Claim("solution passes", True, f"{times(runs)}, {metric_range(runs)}")


def in_time(exercise: Exercise, reports: Reports) -> Claim:
    """The solution leaves slower machines as much time again."""
    half = exercise.limits.wall_seconds / 2
    slowest = max(run.seconds.get("run", 0.0) for run in of_role(reports, "solution"))
    if slowest > half:
        evidence = f"the slowest run took {slowest:.1f} s; half of `wall_seconds` is {half:g} s"
        return Claim("solution within half its limits", False, evidence)
    return Claim("solution within half its limits", True, f"every run took less than {half:g} s")


def _starter(exercise: Exercise, reports: Reports) -> list[Claim]:
    runs = of_role(reports, "starter")
    broken = [run for run in runs if run.verdict is Verdict.INTERNAL_ERROR]
    if broken:
        return [Claim("starter fails", False, _story(broken[0]))]
    mended = sorted({bug.id for run in runs for bug in run.bugs if bug.fixed})
    met = [run for run in runs if run.goal is not None and run.goal.met]
    fails = all(run.verdict is not Verdict.PASSED for run in runs) and not mended
    evidence = f"counted as fixed: {', '.join(mended)}" if mended else f"{times(runs)}, no bug counts as fixed"
    goal = f"{times(runs)}, {metric_range(runs)}"
    return [
        Claim("starter fails", fails, evidence if fails or mended else f"seed {runs[0].seed}: it passed"),
        Claim("starter misses the goal", not met, f"seed {met[0].seed}: {metric_range(met[:1])}" if met else goal),
    ]


def _alone(bug: str, reports: Reports) -> Claim:
    name = f"{bug} alone is seen"
    runs = of_role(reports, "alone", bug)
    for run in runs:
        if run.verdict is Verdict.INTERNAL_ERROR:
            return Claim(name, False, f"seed {run.seed}: {_story(run)}")
        if states(run).get(bug) is not BugState.OPEN:
            return Claim(name, False, f"seed {run.seed}: its state is {states(run).get(bug)}, not open ({_story(run)})")
        others = [other for other, state in states(run).items() if other != bug and state is BugState.OPEN]
        if others:
            return Claim(name, False, f"seed {run.seed}: also seen as open: {', '.join(others)}")
    return Claim(name, True, f"{times(runs)} by its own probe and no other; {metric_range(runs)}")


def _reverted(bug: str, reports: Reports) -> Claim:
    """All bugs but one: that one must not be seen, and of the others none may look mended."""
    name = f"{bug} mended alone"
    run = of_role(reports, "reverted", bug)[0]
    before = states(of_role(reports, "starter")[0])
    now = states(run)
    if run.verdict is Verdict.INTERNAL_ERROR:
        return Claim(name, False, _story(run))
    if now.get(bug) is BugState.OPEN:
        return Claim(name, False, f"it is mended in the starter, and still seen as open ({_evidence(run, bug)})")
    for other, state in now.items():
        if other != bug and state is BugState.FIXED:
            return Claim(name, False, f"{other} counts as fixed although only {bug} was mended")
        if other != bug and before.get(other) is BugState.OPEN and state is not BugState.OPEN:
            return Claim(name, False, f"{other} is no longer seen although only {bug} was mended")
    if now.get(bug) is BugState.FIXED:
        return Claim(name, True, "exactly its state turns to fixed")
    hidden = next((other for other, state in now.items() if other != bug and state is BugState.OPEN), "")
    because = f"hidden by {hidden}" if hidden else "hidden by another bug"
    if before.get(bug) is BugState.OPEN:
        return Claim(name, True, f"it is no longer seen as open; whether it is fixed is {because}")
    return Claim(name, True, f"not observable beside the others ({because})")


def _right(answer: Answer, reports: Reports) -> Claim:
    run = of_role(reports, "right", answer.name)[0]
    passed = run.verdict is Verdict.PASSED
    return Claim(f"{answer.name} passes", passed, answer.style if passed else _story(run))


def _fake(answer: Answer, reports: Reports) -> Claim:
    name = f"{answer.name} is refused"
    run = of_role(reports, "fake", answer.name)[0]
    left = not_fixed(run)
    if run.verdict is not answer.verdict:
        return Claim(name, False, f"declared {answer.verdict}, got {run.verdict}: {_story(run)}")
    wrongly_fixed = [bug for bug in answer.open if bug not in left]
    wrongly_open = [bug for bug in left if bug not in answer.open]
    if wrongly_fixed:
        return Claim(name, False, f"counts as fixed: {', '.join(wrongly_fixed)} ({_evidence(run, wrongly_fixed[0])})")
    if wrongly_open:
        return Claim(name, False, f"counts as not fixed: {', '.join(wrongly_open)} ({_evidence(run, wrongly_open[0])})")
    return Claim(name, True, f"{answer.style}: {', '.join(left) or 'goal'} not met")


def _evidence(run: Report, bug: str) -> str:
    return next((result.evidence for result in run.bugs if result.id == bug), "")


def _story(run: Report) -> str:
    """Verdict and reason of a run, in one line."""
    parts = [str(run.verdict)]
    parts += [f"{bug.id} {bug.state} ({bug.evidence})" for bug in run.bugs if not bug.fixed]
    if run.goal is not None and not run.goal.met:
        parts.append(metric_range([run]))
    if run.message:
        parts.append(run.message.strip().splitlines()[-1])
    return "; ".join(parts)


def times(runs: Sequence[Report]) -> str:
    """How often it was seen, e.g. "5 seeds"."""
    return "1 seed" if len(runs) == 1 else f"{len(runs)} seeds"
