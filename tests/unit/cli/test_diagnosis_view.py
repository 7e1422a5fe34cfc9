"""How a diagnosis reads in terminals of different widths."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from torchdojo.cli.diagnosis_view import print_diagnosis
from torchdojo.domain.diagnosis import Diagnosis, End, Meaning, Told
from torchdojo.domain.finding import Certainty, Finding, Observation, Severity

PLACE = "a/rather/long/folder/with/a/rather/long/name/and_a_script_with_a_long_name.py:412, Trainer.training_step"
MEANING = Meaning(
    "Steps are too long", "Training cannot settle.", "It jumps.", "Lower it:\n\n```python\nlr = 1e-3\n```"
)
FOUND = Told(
    Finding("learning-rate-too-high", Severity.BUG, Certainty.STATISTICAL, "The loss was finite for 3 steps.", PLACE),
    MEANING,
)
WATCHED = {"updates": 1200, "optimizers": ["Adam"], "devices": ["cpu"], "evaluation_passes": 1}


def shown(diagnosis: Diagnosis, width: int, **options: bool) -> str:
    out = io.StringIO()
    print_diagnosis(diagnosis, Console(file=out, width=width), **options)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_a_place_is_never_broken_and_all_else_fits(width: int):
    diagnosis = Diagnosis("train.py", End("finished"), watched=WATCHED, found=(FOUND,))
    lines = shown(diagnosis, width).splitlines()
    assert f"  {PLACE}" in lines
    assert all(len(line) <= width for line in lines if PLACE not in line)
    assert any("lr = 1e-3" in line for line in lines)


def test_statistical_findings_are_called_so():
    text = " ".join(shown(Diagnosis("train.py", End("finished"), watched=WATCHED, found=(FOUND,)), 100).split())
    assert "(statistical: likely, not certain)" in text
    assert "Statistical findings rest on one run" in text


def test_a_probe_without_an_occasion_is_named_as_saying_nothing():
    seen = Observation("missing-zero-grad", 30, "In 30 steps all was well.")
    unseen = Observation("missing-eval-mode", 0, "No evaluation.")
    text = " ".join(
        shown(Diagnosis("t.py", End("finished"), watched=WATCHED, observations=(seen, unseen)), 100).split()
    )
    assert "None of the 1 probes that applied found anything" in text
    assert "nothing is said of: missing-eval-mode." in text


@pytest.mark.parametrize(
    ("diagnosis", "status"),
    [
        (Diagnosis("t.py", End("finished"), watched=WATCHED), 0),
        (Diagnosis("t.py", End("finished"), watched=WATCHED, found=(FOUND,)), 1),
        (Diagnosis("t.py", End("exception", error="ValueError"), watched=WATCHED, found=(FOUND,)), 1),
        (Diagnosis("t.py", End("exception", error="ValueError"), watched=WATCHED), 2),
        (Diagnosis("t.py", End("exception", error="KeyboardInterrupt"), watched=WATCHED), 0),
        (Diagnosis("t.py", End("exit", code=3), watched=WATCHED), 2),
        (Diagnosis("t.py", End("exit"), watched=WATCHED), 0),
        (Diagnosis("t.py", End("finished")), 2),
        (Diagnosis("t.py", End("finished"), watched=WATCHED, ignored=(FOUND,)), 0),
        (Diagnosis("t.py", End("finished"), watched=WATCHED, problems=("it broke",)), 3),
    ],
)
def test_the_exit_status_says_what_kind_of_end_it_was(diagnosis: Diagnosis, status: int):
    assert diagnosis.exit_status == status
