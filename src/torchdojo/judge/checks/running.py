"""One check against one submission."""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import blake2b
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchdojo.checkers.failures import raised_by
from torchdojo.checkers.purity import changes, forget_changes
from torchdojo.domain.failure import Failure
from torchdojo.judge.checks.cases import Case, Check
from torchdojo.judge.checks.telling import by_assertion, by_exception, by_surprise
from torchdojo.judge.proxies import Candidate, Submission

_SKIPPED = pytest.skip.Exception
_FAILED = pytest.fail.Exception


@dataclass(frozen=True, slots=True)
class Ended:
    """How a check ended. `fault` is "" (it passed), "skipped", "wrong", "raised", "memory" or "unusable".

    Of a check that passed, `changed` is the call that changed its input, and `left` what a call left changed in its
    process, with the call; "" where none did. Unusable is what the check itself tripped over: `tripped` is the line
    of the exercise's files, and the exception.
    """

    fault: str = ""
    message: str = ""
    where: str = ""
    changed: str = ""
    left: str = ""
    failure: Failure | None = None
    tripped: str = ""


def run_check(check: Check, submission: Submission, candidate: Candidate, reference: ModuleType, secret: int) -> Ended:
    """Run every case until one fails. Raises GradingOver when the submission is no longer there."""
    changed = ""
    for case in check.cases:
        forget_changes()
        candidate.last_call = None
        ended = _run(check, case, submission, candidate, reference, secret)
        if ended.fault:
            return ended
        changed = changed or next(iter(changes()), "")
    return Ended(changed=changed, left=candidate.left)


def _run(
    check: Check, case: Case, submission: Submission, candidate: Candidate, reference: ModuleType, secret: int
) -> Ended:
    seed = _seed(secret, check.name, case.id)
    fixtures: dict[str, Any] = {
        "submission": submission,
        "reference": reference,
        "rng": torch.Generator().manual_seed(seed),
    }
    torch.default_generator.manual_seed(_seed(seed, "judge"))  # torch.manual_seed takes a millisecond
    random.seed(seed)
    np.random.seed(seed % 2**32)
    # The submission's own randomness must not tell anything about the inputs.
    candidate.seed(_seed(seed, "submission") % 2**31)
    arguments = {name: fixtures.get(name, case.values.get(name)) for name in check.asks}
    try:
        check.function(**arguments)
    except _SKIPPED as skipped:
        return Ended("skipped", str(skipped))
    except (AssertionError, _FAILED) as failure:
        if raised_by(failure) is not None:
            return by_exception(check, case.id, failure, candidate.last_call, reference)
        return by_assertion(check, case.id, failure, candidate.last_call, reference)
    except Exception as error:
        if raised_by(error) is not None:
            return by_exception(check, case.id, error, candidate.last_call, reference)
        return by_surprise(check, case.id, error, candidate.last_call, reference)
    finally:
        torch.set_grad_enabled(True)
    return Ended()


def _seed(*parts: Any) -> int:
    digest = blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
