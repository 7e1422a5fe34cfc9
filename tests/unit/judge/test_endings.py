"""How a run ended decides the verdict before any bug does."""

from __future__ import annotations

import pytest

from torchdojo.domain.report import Verdict
from torchdojo.domain.trace import Trace
from torchdojo.judge.ending import ending

OK = {"status": "ok", "message": ""}


def ended(how, **fields):
    return Trace(({"t": "end", "at": -1, "how": how, **fields},))


def test_a_finished_run_has_no_fault():
    assert ending(ended("finished"), "", OK).fault is None


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        ("RuntimeError", Verdict.RUNTIME_ERROR),
        ("ModuleNotFoundError", Verdict.IMPORT_ERROR),
        ("MemoryError", Verdict.MEMORY_LIMIT),
    ],
)
def test_an_exception_names_its_line_and_what_it_hides(error, verdict):
    found = ending(ended("exception", error=error, message="no", line=12, function="main"), "", OK)
    assert (found.fault, found.where) == (verdict, "line 12, main")
    assert found.obstacle == f"the {error} on line 12, main is fixed"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("time_limit", Verdict.TIME_LIMIT),
        ("memory_limit", Verdict.MEMORY_LIMIT),
        ("output_limit", Verdict.RUNTIME_ERROR),
        ("forbidden", Verdict.FORBIDDEN),
        ("internal_error", Verdict.INTERNAL_ERROR),
    ],
)
def test_the_sandbox_is_believed_over_the_script(status, verdict):
    assert ending(ended("finished"), "", {"status": status, "message": ""}).fault is verdict


def test_a_quiet_exit_is_no_error_and_is_told():
    found = ending(ended("exit", message="0", line=7), "", OK)
    assert found.fault is None
    assert "line 7" in found.message
    assert ending(ended("exit", message="3"), "", OK).fault is Verdict.RUNTIME_ERROR


def test_a_run_that_was_stopped_because_it_lied_is_the_scripts_fault():
    stopped = {"status": "cancelled", "message": "Stopped on request."}
    assert ending(ended("finished"), "frame 7 where 3 was due", stopped).fault is Verdict.RUNTIME_ERROR
    assert ending(ended("finished"), "", stopped).fault is Verdict.INTERNAL_ERROR


def test_a_broken_stream_or_a_vanished_process_never_counts_as_finished():
    assert ending(ended("finished"), "frame 7 where 3 was due", OK).fault is Verdict.RUNTIME_ERROR
    assert ending(Trace(()), "", {"status": "exited", "message": ""}).fault is Verdict.RUNTIME_ERROR
