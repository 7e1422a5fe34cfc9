"""Claims about implement exercises that hold or fail by reading alone. Nothing runs."""

from __future__ import annotations

from torchdojo.authoring.claiming import holds, right_answers_differ, texts_are_written
from torchdojo.authoring.implement.changes import survivors_exist
from torchdojo.authoring.implement.check_names import PURITY, SETTINGS, check_names
from torchdojo.authoring.implement.signatures import names_are_defined, signatures_agree
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim
from torchdojo.library import wrong_answers

#: How many wrong answers an exercise needs.
LEAST_WRONG = 3


def reading_claims(exercise: Exercise) -> list[Claim]:
    """The claims about an exercise whose manifest could be read."""
    claims = [
        Claim(
            "manifest", True, f"{len(exercise.names)} entries, level {exercise.level}, every key known and filled in"
        ),
        holds("texts are written", lambda: texts_are_written(exercise)),
        holds("solution has the names", lambda: names_are_defined(exercise)),
    ]
    if not claims[-1].ok:
        return claims  # The others read solution.py too and would say the same once more.
    return [
        *claims,
        holds("starter has the signatures", lambda: signatures_agree(exercise)),
        holds("checks", lambda: _checks(exercise)),
        holds("right answers", lambda: right_answers_differ(exercise)),
        holds("wrong answers", lambda: _wrong(exercise)),
        holds("survivors are mutants", lambda: survivors_exist(exercise)),
    ]


def _checks(exercise: Exercise) -> str:
    return f"{len(check_names(exercise))} checks, each with a sentence for the learner"


def _wrong(exercise: Exercise) -> str:
    answers = wrong_answers(exercise)
    if len(answers) < LEAST_WRONG:
        raise BadContent(
            f"{exercise.folder / 'wrong'} holds {len(answers)} answers.",
            f"Write at least {LEAST_WRONG} typical mistakes, each with the check that catches it.",
        )
    known = [*check_names(exercise), PURITY, SETTINGS]
    for answer in answers:
        if answer.caught_by and answer.caught_by not in known:
            raise BadContent(
                f"{answer.file}: `# caught by:` names {answer.caught_by!r}.", f"The checks: {', '.join(known)}."
            )
    return f"{len(answers)}, each with its verdict and the check that catches it"
