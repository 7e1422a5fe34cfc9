"""What a preload leaves for later is done while no job is asked for."""

from __future__ import annotations

from pathlib import Path

from torchdojo.sandbox import ForkServer, Job, Limits

LIMITS = Limits(wall_seconds=30, cpu_seconds=30, memory_mb=256, output_kb=16)


def test_later_jobs_find_it_done(jobs_folder: Path) -> None:
    with ForkServer("sandbox_chores", trusted=True, chores_after=0.0) as server:
        taken = [server.start(Job("sandbox_chores:tell", {}, {}, LIMITS)).wait(60).exit_code for _ in range(20)]
    assert taken[-1] == 3


def test_who_wants_one_verdict_does_not_pay_for_those_to_come(jobs_folder: Path) -> None:
    with ForkServer("sandbox_chores", trusted=True, chores_after=3600.0) as server:
        taken = [server.start(Job("sandbox_chores:tell", {}, {}, LIMITS)).wait(60).exit_code for _ in range(20)]
    assert set(taken) == {0}
