"""Whose fault it is that a check tripped: the solution is judged by the same check, on the same inputs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from torchdojo.domain.exercise import Exercise
from torchdojo.judge.checks import Check, Ended, Loaded, run_check
from torchdojo.judge.proxies import Candidate, GradingOver, Submission
from torchdojo.judge.session import Session
from torchdojo.patience import Deadline

#: How long the solution may take, whatever the exercise allows.
_MOST_SECONDS = 30.0

NOT_YOURS = "This is not your fault and counts for nothing."


def faulty_checks(
    session: Session,
    exercise: Exercise,
    loaded: Loaded,
    suspects: Sequence[tuple[Check, Ended]],
    secret: int,
) -> dict[str, str]:
    """Of the checks that tripped over a submission, those that the solution fails as well, and how, by name.

    The submission's own process is over by now.
    """
    found: dict[str, str] = {}
    seconds = min(exercise.limits.wall_seconds, _MOST_SECONDS)
    support = exercise.folder / "support.py"
    request = {
        "filename": exercise.filename,
        "forbid": list(exercise.forbid),
        "support": support.read_text(encoding="utf-8") if support.exists() else None,
        "source": exercise.solution,
    }
    job = session.start("solution", request, wall_seconds=seconds)
    candidate = Candidate(job, secrets.token_hex(16), Deadline(seconds))
    try:
        candidate.load()
        candidate.begin()
        submission = Submission(candidate, exercise.filename.removesuffix(".py"))
        for check, ended in suspects:
            if run_check(check, submission, candidate, loaded.reference, secret).fault:
                found[check.name] = ended.tripped
    except GradingOver:
        pass  # Where the solution has no answer either, there is nobody to compare with.
    finally:
        job.kill()
    return found


def told_of_author(tripped: str) -> str:
    """What to say of a check that nobody can pass."""
    return f"The checks of this exercise are at fault, at {tripped}\n{NOT_YOURS}"
