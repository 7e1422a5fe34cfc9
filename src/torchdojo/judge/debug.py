"""Judges a debugging submission: one full run, and beside it short runs that look at what the full one cannot show.

A bug is fixed only with positive evidence, from the recorded events, from values recomputed outside, or from both.
The verdict is "passed" when every bug is fixed, the goal is met on fresh rows, the script ran to its end, and no
new bug of another known kind appeared. The score is (fixed bugs + 1/2 for the goal) / (bugs + 1/2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torchdojo.domain.exercise import Exercise, Goal, Kind, spoken_metric
from torchdojo.domain.finding import Certainty, Severity
from torchdojo.domain.report import BugResult, BugState, CheckOutcome, CheckResult, Report, RestsOn, Verdict
from torchdojo.domain.trace import Trace
from torchdojo.judge import bugs, devices, learning_rate, second_look
from torchdojo.judge.coverage import coverage
from torchdojo.judge.curves import CurveReader
from torchdojo.judge.ending import Ending, ending
from torchdojo.judge.findings import State
from torchdojo.judge.fleet import MAIN, OUTCOME_SECONDS, Fleet, OutOfTime, Ticket
from torchdojo.judge.goal import NOTHING_TRAINED, Measured, disagreement, measure, result
from torchdojo.judge.goal_file import GoalFile
from torchdojo.judge.reference import Facts, Reference, facts_of
from torchdojo.judge.session import Session
from torchdojo.judge.stream import Stream
from torchdojo.judge.values import ValueRun
from torchdojo.patience import Deadline
from torchdojo.probes import Expected, probes, watchers_for
from torchdojo.wire import WireTimeout

SAMPLED_FORWARDS = 24

#: Beyond the script's own limit, for the runs beside it and for the judge's arithmetic.
GRACE_SECONDS = 45.0

#: A watcher's curve needs no more than every so many-th step.
SHOWN_EVERY = 5


def judge_debug(session: Session, load: Callable[[], Exercise], request: Mapping[str, Any]) -> Report:
    """The report on one submission. `request`: "filename", "seed", "secret_seed", "wall_seconds", "bugs" (the id and
    kind of each that may be open), and "facts" of the clean run where they are proved.

    The script starts before `load` reads the exercise: neither waits for the other.
    """
    return _Grading(session, load, request).report()


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is asked of a script beside its full run."""

    reference: Reference
    devices: devices.DeviceRuns | None
    values: ValueRun | None
    measure: Callable[[Stream], Measured]


def _trains(main: Ticket) -> bool:
    return main.stream is not None and main.stream.trains


class _Grading:
    def __init__(self, session: Session, load: Callable[[], Exercise], request: Mapping[str, Any]) -> None:
        self._session = session
        self._secret = int(request["secret_seed"])
        self._seed = int(request["seed"])
        self._request = {"filename": request["filename"], "seed": self._seed}
        deadline = Deadline(float(request["wall_seconds"]) + GRACE_SECONDS)
        self._fleet = Fleet(session, deadline, self._secret)
        self._curves = CurveReader(self._emit)
        self._bugs = [(str(bug_id), str(kind)) for bug_id, kind in request["bugs"]]
        self._kinds = {kind for _, kind in self._bugs}
        left = {other for kind in self._kinds for other in bugs.LEFT_BEHIND.get(kind, ())} - self._kinds
        #: Kinds that are watched for only because half a fix of a planted one leaves them behind.
        self._left_behind = {kind for kind in left if not watchers_for([kind]) <= watchers_for(self._kinds)}
        self._proved: Mapping[str, float] | None = request["facts"]
        self._stage("Your script runs")
        self._main = self._fleet.submit(
            MAIN,
            {
                **self._request,
                "sample": SAMPLED_FORWARDS,
                "watch": sorted(watchers_for(self._kinds | self._left_behind)),
            },
            keep=True,
            listener=self._curves.feed,
        )
        self._exercise = load()
        if self._exercise.goal is None:
            raise ValueError(f"{self._exercise.id} has no goal")
        self._goal: Goal = self._exercise.goal

    def report(self) -> Report:
        main = self._main
        clean = self._clean_facts()
        beside = self._beside(main, clean)
        self._fleet.wait(main)
        assert main.stream is not None
        trace = main.stream.trace
        measured = Measured(None, NOTHING_TRAINED) if beside is None else beside.measure(main.stream)
        main.stream.dismiss()
        ended = ending(trace, main.stream.broken, self._outcome(main), main.stream.tampered)
        if main.stream.broken:
            trace = Trace(())

        self._stage("The evidence is weighed")
        own = facts_of(trace)
        cover = coverage(trace, own, clean)
        of_events = self._kinds - devices.KINDS - {learning_rate.KIND}
        states = bugs.all_from_events(of_events, trace, clean, cover, ended)
        if second_look.KIND in states and second_look.is_due(states[second_look.KIND], trace):
            self._stage("The script runs with larger gradients")
            states[second_look.KIND] = second_look.look(self._fleet, self._request)
        if beside is not None and beside.values is not None:
            self._fleet.wait(beside.values.ticket)
            opinions = beside.values.opinions() if not main.stream.broken else {}
            for kind, state in states.items():
                states[kind] = bugs.with_values(kind, state, opinions, beside.values.unavailable)
        if self._kinds & devices.KINDS:
            self._stage("The script runs with and without an accelerator")
            placed = devices.states(beside.devices if beside is not None else None, trace)
            states.update({kind: placed[kind] for kind in self._kinds & devices.KINDS})
        if learning_rate.KIND in self._kinds:
            self._stage("Your optimizer drives the reference solution")
            others_fixed = all(state.state is BugState.FIXED for state in states.values())
            rate = self._rate(trace, beside, clean, ended, measured)
            if others_fixed and ended.fault is None and not result(self._goal, measured.value).met:
                rate = learning_rate.contradicted(rate, own, clean)
            states[learning_rate.KIND] = rate
        news = self._new_problems(trace, clean, states)
        return self._sum_up(trace, ended, measured, own, (cover.checks, news), states)

    def _beside(self, main: Ticket, clean: Facts) -> _Beside | None:
        """The runs beside the main one, begun as soon as there is something for them to show.

        A script that ends in peace without ever having called backward has nothing: then there are none.
        """
        self._fleet.run_until(lambda: main.done or _trains(main))
        assert main.stream is not None
        end = main.stream.trace.end
        if not _trains(main) and (end is None or end["how"] != "exception"):
            return None
        reference = Reference(self._exercise)
        wanted = self._kinds & devices.KINDS
        return _Beside(
            reference,
            devices.DeviceRuns(self._fleet, self._request, clean) if wanted else None,
            self._values(reference, clean),
            self._yardstick(reference),
        )

    def _values(self, reference: Reference, clean: Facts) -> ValueRun | None:
        """The run on our own data, for scripts whose data and model can be made anew."""
        if not (self._exercise.entries.data and self._exercise.entries.model):
            return None
        return ValueRun(self._fleet, self._exercise, reference, self._request, clean, self._secret)

    def _yardstick(self, reference: Reference) -> Callable[[Stream], Measured]:
        """How the goal is measured, on rows or by seeds that did not exist before this grading."""
        if self._goal.metric == "custom":
            file = GoalFile(self._exercise.folder, reference)
            return lambda stream: file.measure(stream, self._secret + 1)
        hidden = reference.data(self._secret + 1)
        return lambda stream: measure(stream, stream.trace, hidden, self._goal)

    def _clean_facts(self) -> Facts:
        known = None if self._proved is None else Facts.from_json(self._proved)
        if known is not None and (known.trained >= 0 or bugs.FREEZING not in self._kinds):
            return known
        watched = sorted(watchers_for({bugs.FREEZING} & self._kinds))
        request = {**self._request, "sample": 0, "watch": watched, "source": self._exercise.solution}
        ticket = self._fleet.submit("reference", request)
        self._fleet.wait(ticket)
        if ticket.stream is None or ticket.stream.trace.end is None or ticket.stream.trace.end["how"] != "finished":
            raise RuntimeError(f"the reference solution of {self._exercise.id} did not run to its end")
        return facts_of(ticket.stream.trace)

    def _rate(self, trace: Trace, beside: _Beside | None, clean: Facts, ended: Ending, measured: Measured) -> State:
        nothing = Measured(None, NOTHING_TRAINED)
        transplants = learning_rate.Transplants(
            self._fleet,
            self._request,
            self._exercise.solution,
            self._goal,
            beside.measure if beside is not None else lambda stream: nothing,
            clean,
        )
        try:
            state = transplants.judge(trace, goal_met=result(self._goal, measured.value).met)
        except OutOfTime:
            return State(BugState.NO_EVIDENCE, RestsOn.VALUES, "There was no time left to try your optimizer.")
        if state.state is BugState.NO_EVIDENCE and ended.obstacle:
            return State(state.state, state.rests_on, f"Not observable until {ended.obstacle}.", ended.where)
        return state

    def _sum_up(
        self,
        trace: Trace,
        ended: Ending,
        measured: Measured,
        own: Facts,
        checked: tuple[tuple[CheckResult, ...], tuple[CheckResult, ...]],
        states: Mapping[str, State],
    ) -> Report:
        found = bugs.results(self._bugs, states)
        goal = result(self._goal, measured.value)
        covered, news = checked
        checks = (
            _check("the script runs to its end", ended.fault is None, ended.message, ended.where),
            _check("goal", goal.met, self._goal_message(measured), ""),
            *covered,
            *news,
        )
        fixed = sum(bug.fixed for bug in found)
        fresh = [check for check in news if check.outcome is CheckOutcome.FAILED]
        verdict = ended.fault or (
            Verdict.PASSED if fixed == len(found) and goal.met and not fresh else Verdict.WRONG_ANSWER
        )
        return Report(
            exercise=self._exercise.id,
            kind=str(Kind.DEBUG),
            verdict=verdict,
            score=(fixed + 0.5 * goal.met) / (len(found) + 0.5),
            message=_message(verdict, ended, found, self._goal_message(measured), goal.met, fresh),
            checks=checks,
            bugs=found,
            goal=goal,
            curves=self._curves.curves(),
            facts=own.to_json() if trace.events else {},
            seed=self._seed,
        )

    def _goal_message(self, measured: Measured) -> str:
        if measured.value is None:
            return measured.remark
        comparison = "at least" if self._goal.direction == "at_least" else "at most"
        wanted = f"{comparison} {self._goal.target:g} is wanted"
        words = f"{spoken_metric(self._goal.name)} is {measured.value:.4g} on rows made for this grading; {wanted}."
        name = "val_accuracy" if self._goal.metric == "accuracy" else "val_loss"
        points = self._curves.points[name]
        own = points[-1][1] if points else None
        return f"{words} {disagreement(measured.value, own, self._goal)}".strip()

    def _new_problems(self, trace: Trace, clean: Facts, states: Mapping[str, State]) -> tuple[CheckResult, ...]:
        """Bugs of kinds this exercise does not plant: the clean run has none of them, so a submission brought them."""
        found = []
        mended = {kind for kind, state in states.items() if state.state is BugState.FIXED}
        due = {other for kind in mended for other in bugs.LEFT_BEHIND.get(kind, ())}
        for kind, probe in probes().items():
            if kind in self._kinds or kind in devices.KINDS or kind in self._left_behind - due:
                continue
            # An evaluation need not compute a loss: how many rows it has to score tells it from other passes.
            told = Expected(held_out_rows=clean.held_out_rows or None) if kind in bugs.MODE_KINDS else Expected()
            for finding in probe.observe(trace, told).findings:
                if finding.severity is Severity.BUG and finding.certainty is not Certainty.STATISTICAL:
                    found.append(_check(f"no new bug ({kind})", False, finding.message, finding.where))
        return tuple(found) or (_check("no new bug", True, "", ""),)

    def _outcome(self, main: Ticket) -> Mapping[str, Any] | None:
        assert main.stream is not None
        try:
            return main.stream.job.outcome(Deadline(OUTCOME_SECONDS))
        except WireTimeout:
            main.stream.job.kill()
            return None

    def _emit(self, name: str, x: float, y: float) -> None:
        if name == "train_loss" and x % SHOWN_EVERY:
            return
        self._session.progress({"type": "curve", "name": name, "x": x, "y": y})

    def _stage(self, text: str) -> None:
        self._session.progress({"type": "stage", "text": text})


def _check(name: str, passed: bool, message: str, where: str) -> CheckResult:
    return CheckResult(name, CheckOutcome.PASSED if passed else CheckOutcome.FAILED, message, where)


def _message(
    verdict: Verdict,
    ended: Ending,
    found: tuple[BugResult, ...],
    goal: str,
    goal_met: bool,
    fresh: list[CheckResult],
) -> str:
    if ended.fault is not None:
        return f"{ended.message} ({ended.where})" if ended.where else ended.message
    if verdict is Verdict.PASSED:
        return f"All {len(found)} bugs are fixed. {goal}"
    left = [bug for bug in found if bug.state is BugState.OPEN]
    unseen = [bug for bug in found if bug.state is BugState.NO_EVIDENCE]
    parts = [ended.message] if ended.message else []
    parts.append(f"{sum(bug.fixed for bug in found)} of {len(found)} bugs are fixed, {len(left)} are not")
    parts[-1] += f", {len(unseen)} could not be observed." if unseen else "."
    if not goal_met:
        parts.append(goal)
    parts += [f"New: {check.message}" for check in fresh]
    return " ".join(part for part in parts if part)
