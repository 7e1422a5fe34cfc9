"""Judges an implement submission: its own process answers calls, the checks run here.

The verdict is the first failing check's; every check is reported. The score is the share of checks that passed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from torchdojo.checkers.failures import raised_by
from torchdojo.domain.exercise import Kind
from torchdojo.domain.failure import Failure
from torchdojo.domain.report import CheckOutcome, CheckResult, Report, Verdict
from torchdojo.judge.blame import faulty_checks, told_of_author
from torchdojo.judge.checks import Check, ContentFault, Ended, checks_of, cut_short, load_checks, run_check
from torchdojo.judge.core import own_core, stay_on
from torchdojo.judge.implement_endings import ending_of
from torchdojo.judge.proxies import Candidate, GradingOver, Submission
from torchdojo.judge.proxies.calls import Call
from torchdojo.judge.session import Session
from torchdojo.library import load_exercise
from torchdojo.patience import Deadline

#: The name of the implicit check that no input is changed unless a check allows it.
PURITY = "test_inputs_are_left_alone"

#: The name of the implicit check that no call leaves other settings behind for whatever runs next in the process.
SETTINGS = "test_settings_are_left_alone"

_VERDICTS = {
    "wrong": (Verdict.WRONG_ANSWER, CheckOutcome.FAILED),
    "unusable": (Verdict.WRONG_ANSWER, CheckOutcome.FAILED),
    "raised": (Verdict.RUNTIME_ERROR, CheckOutcome.ERROR),
    "memory": (Verdict.MEMORY_LIMIT, CheckOutcome.ERROR),
}


def judge_implement(session: Session, folder: Path, request: Mapping[str, Any]) -> Report:
    """The report on one submission for the exercise in `folder`; grading has started its process.

    `request`: "exercise" (its id), "filename", "names" (what the file has to define), "wall_seconds" and "processes"
    (whether the submission may start some) as the exercise says, "seed", from which all inputs are drawn, and
    "until_failure" (whether the first check that fails is the last).
    """
    job = session.take("run")
    candidate = Candidate(job, secrets.token_hex(16), Deadline(request["wall_seconds"]))
    with nullcontext() if request["processes"] else own_core() as core:
        candidate.load(core)
        # The judge reads its own files while the submission's process starts and loads the submission.
        try:
            loaded = load_checks(folder)
            checks = checks_of(loaded.checks)
        except ContentFault as fault:
            job.kill()
            return _nobody_can_be_judged(str(request["exercise"]), str(fault))
        stay_on(core)
        grading = _Grading(session, str(request["exercise"]), request["names"], checks)
        try:
            if grading.loads(candidate):
                submission = Submission(candidate, str(request["filename"]).removesuffix(".py"))
                for check in checks:
                    grading.take(check, run_check(check, submission, candidate, loaded.reference, int(request["seed"])))
                    if request["until_failure"] and not grading.passes:
                        break
        except GradingOver as over:
            ending = ending_of(over, job, str(candidate.last_call or ""))
            grading.cut_short(*ending, candidate.last_call, loaded.reference)
    job.kill()
    if grading.suspects:
        suspects = list(grading.suspects.values())
        grading.excuse(faulty_checks(session, load_exercise(folder), loaded, suspects, int(request["seed"])))
    return grading.report()


def _nobody_can_be_judged(exercise: str, fault: str) -> Report:
    return Report(
        exercise=exercise,
        kind=str(Kind.IMPLEMENT),
        verdict=Verdict.INTERNAL_ERROR,
        score=0.0,
        message=told_of_author(fault),
    )


class _Grading:
    def __init__(self, session: Session, exercise: str, names: Sequence[str], checks: list[Check]) -> None:
        self._session = session
        self._exercise = exercise
        self._names = names
        self._checks = checks
        self._results: list[CheckResult] = []
        self._verdict = Verdict.PASSED
        self._message = ""
        self._changed = self._left = ""
        #: Checks that tripped over what came back, by number.
        self.suspects: dict[int, tuple[Check, Ended]] = {}

    @property
    def passes(self) -> bool:
        """Whether nothing has failed so far."""
        return self._verdict is Verdict.PASSED

    def loads(self, candidate: Candidate) -> bool:
        """Whether the file loads and defines what it has to."""
        try:
            names = candidate.begin()
        except Exception as error:
            raised = raised_by(error)
            if raised is None:
                raise
            verdict = Verdict.MEMORY_LIMIT if raised.for_want_of_memory else Verdict.IMPORT_ERROR
            place = f"\nOn {raised.where}: {raised.text}" if raised.where else ""
            words = f"{raised.type_name}: {raised.message}".rstrip(": ")
            self._fail(verdict, f"Your file cannot be loaded. {words}{place}")
            return False
        missing = [name for name in self._names if name not in names]
        if missing:
            self._fail(
                Verdict.IMPORT_ERROR,
                f"Your file defines no {' and no '.join(missing)}. The checks look for exactly that name.",
            )
        return not missing

    def take(self, check: Check, ended: Ended) -> None:
        """Note how a check ended."""
        if ended.tripped:
            self.suspects[len(self._results)] = check, ended
        if ended.fault in _VERDICTS:
            verdict, outcome = _VERDICTS[ended.fault]
            self._fail(verdict, ended.message)
        else:
            outcome = CheckOutcome.SKIPPED if ended.fault == "skipped" else CheckOutcome.PASSED
            self._changed = self._changed or ended.changed
            self._left = self._left or ended.left
        self._add(CheckResult(check.name, outcome, ended.message, ended.where, ended.failure))

    def excuse(self, faulty: Mapping[str, str]) -> None:
        """Checks that the solution fails as well say nothing of the submission."""
        for number, (check, _) in self.suspects.items():
            if check.name in faulty:
                message = _text(told_of_author(faulty[check.name]))
                if not any(result.failed for result in self._results[:number]):
                    self._verdict, self._message = Verdict.INTERNAL_ERROR, message
                self._results[number] = CheckResult(check.name, CheckOutcome.ERROR, message)

    def cut_short(self, verdict: Verdict, message: str, where: str, call: Call | None, reference: ModuleType) -> None:
        """The submission's process is gone: the check that was running ends like this, the others are skipped."""
        self._fail(verdict, message)
        if len(self._results) < len(self._checks):
            check = self._checks[len(self._results)]
            failure = cut_short(check, message, call, reference)
            self._add(CheckResult(check.name, CheckOutcome.ERROR, message, where, failure))

    def report(self) -> Report:
        """Everything together."""
        for check in self._checks[len(self._results) :]:
            self._results.append(CheckResult(check.name, CheckOutcome.SKIPPED))
        if self._changed:
            message = (
                f"Your code changes its input in place: {self._changed}. The caller still needs what it passed in. "
                "Work on a new tensor."
            )
            self._fail_beside(PURITY, message)
        if self._left:
            message = (
                f"Your code left {self._left}: that holds for everything that runs later in the program. "
                "Switch it in a `with` block, or put back what was there before."
            )
            self._fail_beside(SETTINGS, message)
        passed = sum(result.outcome is CheckOutcome.PASSED for result in self._results)
        if self._verdict is Verdict.PASSED and passed < len(self._results):
            self._fail(Verdict.INTERNAL_ERROR, "A check was skipped; that proves nothing. This is not your fault.")
        return Report(
            exercise=self._exercise,
            kind=str(Kind.IMPLEMENT),
            verdict=self._verdict,
            score=passed / len(self._results),
            message=self._message,
            checks=tuple(self._results),
        )

    def _fail_beside(self, name: str, message: str) -> None:
        """An implicit check fails; it is worth telling only where every written one holds."""
        if self._verdict is Verdict.PASSED:
            self._fail(Verdict.WRONG_ANSWER, message)
            self._results.append(CheckResult(name, CheckOutcome.FAILED, _text(message)))

    def _fail(self, verdict: Verdict, message: str) -> None:
        if self._verdict is Verdict.PASSED:
            self._verdict, self._message = verdict, _text(message)

    def _add(self, result: CheckResult) -> None:
        failure = None if result.failure is None else Failure.from_json(json.loads(_text(_json(result.failure))))
        self._results.append(replace(result, message=_text(result.message), where=_text(result.where), failure=failure))
        done = {"check": result.spoken, "outcome": str(result.outcome)}
        self._session.progress({"type": "progress", "done": len(self._results), "of": len(self._checks), **done})


def _json(failure: Failure) -> str:
    return json.dumps(failure.to_json(), ensure_ascii=False)


def _text(message: str) -> str:
    """Words of the submission may hold lone surrogates: no text that could be kept or printed."""
    return message.encode("utf-8", "replace").decode()
