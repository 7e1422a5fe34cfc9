"""What a failed check says to the learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchdojo.checkers.failures import raised_by

if TYPE_CHECKING:
    from torchdojo.judge.checks.cases import Case, Check
    from torchdojo.judge.checks.running import Ended
    from torchdojo.judge.proxies import Candidate

_MOST = 3000


def by_assertion(check: Check, case: Case, failure: BaseException, candidate: Candidate) -> Ended:
    """The answer is wrong."""
    return _ended("wrong", check, case, _words(failure), candidate)


def by_exception(check: Check, case: Case, error: BaseException, candidate: Candidate) -> Ended:
    """The submission raised where it should not have."""
    raised = raised_by(error)
    assert raised is not None
    fault = "memory" if raised.for_want_of_memory else "raised"
    if raised.type_name == "NotImplementedError":
        place = f" ({raised.where})" if raised.where else ""
        said = f"Nothing is written here yet: your code raises NotImplementedError{place}."
    else:
        said = f"Your code raised {raised.type_name}: {raised.message}".rstrip(": ")
        if raised.where:
            said += f"\nIn {raised.where}: {raised.text}".rstrip(": ")
    return _ended(fault, check, case, said, candidate, raised.where)


def by_surprise(check: Check, case: Case, error: BaseException, candidate: Candidate) -> Ended:
    """The check stumbled over what the submission returned."""
    said = f"What your code returned could not be used: {type(error).__name__}: {error}"
    return _ended("unusable", check, case, said, candidate)


def _ended(fault: str, check: Check, case: Case, said: str, candidate: Candidate, where: str = "") -> Ended:
    from torchdojo.judge.checks.running import Ended

    parts = [said]
    if case.id:
        parts.append(f"With {case.id}.")
    if candidate.last_call:
        parts.append(f"The last call was {candidate.last_call}.")
    if check.told:
        parts.insert(0, check.told)
    return Ended(fault, "\n".join(parts)[:_MOST], where)


def _words(failure: BaseException) -> str:
    text = str(failure)
    if text.startswith("DID NOT RAISE"):
        kind = text.partition("<class '")[2].partition("'")[0] or text.removeprefix("DID NOT RAISE ")
        return f"Your code should have raised {kind or 'an exception'} here, and did not."
    if text.startswith("Regex pattern did not match"):
        return f"Your code raised the right kind of exception with other words. {text}"
    return text or "It does not hold."
