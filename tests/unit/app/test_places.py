"""A check that failed without an exception points at what was called."""

from __future__ import annotations

import pytest

from torchdojo.app.places import with_places
from torchdojo.domain.failure import Failure
from torchdojo.domain.report import CheckOutcome, CheckResult, Report, Verdict

SOURCE = """import torch

def scale(x):
    return x

class Net(torch.nn.Module):
    def forward(self, x):
        return x
"""


def where(called: str, source: str = SOURCE, known: str = "") -> str:
    check = CheckResult("test_a", CheckOutcome.FAILED, "", known, Failure(called=called))
    report = Report("scale", "implement", Verdict.WRONG_ANSWER, 0.0, checks=(check,))
    return with_places(report, source).checks[0].where


@pytest.mark.parametrize(
    ("called", "place"),
    [
        ("scale", "line 3, scale"),
        ("Net.forward", "line 7, Net.forward"),
        ("Net.__init__", "line 6, Net"),
        ("elsewhere", ""),
        ("", ""),
    ],
)
def test_what_was_called_is_found_in_the_source(called: str, place: str) -> None:
    assert where(called) == place


def test_a_place_that_is_known_stays() -> None:
    assert where("scale", known="line 4, scale") == "line 4, scale"


def test_the_definition_that_counts_is_the_last() -> None:
    assert where("scale", SOURCE + "\ndef scale(x):\n    return 2 * x\n") == "line 10, scale"
