"""From the reports of an implement exercise to the proof that stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.authoring.implement.changes import declared_reasons
from torchdojo.authoring.implement.claims import first_failing, mutant_reports
from torchdojo.authoring.judging import Reports, of_role
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import AnswerProof, Claim, MutantProof, Proof, ProvedRun
from torchdojo.domain.report import Report
from torchdojo.library import Answer, folder_digest, right_answers, torch_version, wrong_answers


def make_proof(exercise: Exercise, reports: Reports, claims: Sequence[Claim]) -> Proof:
    """The proof of an exercise from the reports of all its cases."""
    declared = declared_reasons(exercise)
    return Proof(
        exercise=exercise.id,
        digest=folder_digest(exercise.folder),
        seeds=tuple(case.seed for case in reports if case.role == "solution"),
        torch=torch_version(),
        claims=tuple(claims),
        solution=tuple(_run(report) for report in of_role(reports, "solution")),
        starter=tuple(_run(report) for report in of_role(reports, "starter")),
        bugs=(),
        right=tuple(_answer(answer, "right", reports) for answer in right_answers(exercise)),
        fake=tuple(
            _answer(answer, "wrong", reports)
            for answer in wrong_answers(exercise)
            if of_role(reports, "wrong", answer.name)
        ),
        mutants=tuple(
            MutantProof(name, report.verdict, first_failing(report), declared.get(name, ""))
            for name, report in mutant_reports(reports).items()
        ),
    )


def _run(report: Report) -> ProvedRun:
    return ProvedRun(seed=report.seed, verdict=report.verdict, metric=None, goal_met=False, states={})


def _answer(answer: Answer, role: str, reports: Reports) -> AnswerProof:
    report = of_role(reports, role, answer.name)[0]
    check = first_failing(report)
    return AnswerProof(answer.name, answer.style, report.verdict, (check,) if check else ())
