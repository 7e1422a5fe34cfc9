"""From facts to outcomes: one row per way a job can end."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import Any

import pytest

from torchdojo.sandbox import Limits, Status
from torchdojo.sandbox.verdict import End, outcome_of

LIMITS = Limits(wall_seconds=10, cpu_seconds=5, memory_mb=100, output_kb=8)
MB = 1024 * 1024
WELL = End(
    message={"status": 0, "cpu": 0.5, "peak": 60 * MB, "killed": ""},
    stopped="",
    started=True,
    failure="",
    out_of_memory=False,
    base_bytes=20 * MB,
    wall_seconds=1.5,
    output=b"hello",
)


def end(**changes: Any) -> End:
    message = {**(WELL.message or {}), **changes.pop("message", {})}
    return replace(WELL, message=message, **changes)


ROWS = [
    ("left well", end(), Status.OK),
    ("left with 3", end(message={"status": 3 << 8}), Status.EXITED),
    ("segmentation fault", end(message={"status": int(signal.SIGSEGV)}), Status.SIGNALLED),
    ("a call that only attacks make", end(message={"status": int(signal.SIGSYS)}), Status.FORBIDDEN),
    ("processor time used up", end(message={"status": 9, "cpu": 4.99}), Status.TIME_LIMIT),
    ("killed by the system when big", end(message={"status": 9, "peak": 200 * MB}), Status.MEMORY_LIMIT),
    ("killed by somebody when small", end(message={"status": 9}), Status.SIGNALLED),
    ("wall clock", end(stopped="wall", message={"status": 9}), Status.TIME_LIMIT),
    ("too much output", end(stopped="output", message={"status": 9}), Status.OUTPUT_LIMIT),
    ("cancelled", end(stopped="cancelled", message={"status": 9}), Status.CANCELLED),
    ("memory watch", end(message={"status": 9, "killed": "memory"}), Status.MEMORY_LIMIT),
    ("folder watch", end(message={"status": 9, "killed": "disk"}), Status.OUTPUT_LIMIT),
    ("process watch", end(message={"status": 9, "killed": "processes"}), Status.FORBIDDEN),
    ("memory error", end(message={"status": 70 << 8}, out_of_memory=True), Status.MEMORY_LIMIT),
    ("our entry failed", end(message={"status": 70 << 8}, failure="Traceback"), Status.INTERNAL_ERROR),
    ("it left with 70 itself", end(message={"status": 70 << 8}), Status.EXITED),
    ("never begun", end(message={"status": 9}, started=False), Status.INTERNAL_ERROR),
    ("zygote died", replace(WELL, message=None), Status.INTERNAL_ERROR),
    ("zygote died after a cancel", replace(WELL, message=None, stopped="cancelled"), Status.CANCELLED),
    ("would not die", replace(WELL, message={}, stopped="lost"), Status.INTERNAL_ERROR),
    ("could not be started", replace(WELL, message={"broken": "no fork"}, started=False), Status.INTERNAL_ERROR),
]


@pytest.mark.parametrize(("name", "facts", "status"), ROWS, ids=[row[0] for row in ROWS])
def test_every_end_has_its_status_and_says_why(name: str, facts: End, status: Status) -> None:
    outcome = outcome_of(facts, LIMITS)
    assert outcome.status is status
    assert bool(outcome.message) == (status is not Status.OK)
    assert outcome.output == b"hello"


def test_every_status_has_a_row() -> None:
    assert {row[2] for row in ROWS} == set(Status)


def test_memory_is_counted_from_what_was_inherited() -> None:
    assert outcome_of(WELL, LIMITS).peak_mb == 40
    assert outcome_of(replace(WELL, base_bytes=90 * MB), LIMITS).peak_mb == 0
