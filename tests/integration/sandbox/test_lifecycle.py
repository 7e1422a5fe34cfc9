"""The warm process: how it boots, dies, is replaced and leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from torchdojo.sandbox import ForkServer, FreshProcess, Isolation, Job, Limits, Outcome, RunningJob, Status
from torchdojo.sandbox.census import descendants

MakeJob = Callable[..., Job]
FULL = pytest.param({"trusted": False}, id="full")
PARTIAL = pytest.param({"trusted": False, "isolation": Isolation.PARTIAL}, id="partial")
NONE = pytest.param({"trusted": False, "isolation": Isolation.NONE}, id="none")
TRUSTED = pytest.param({"trusted": True}, id="trusted")

every_kind = pytest.mark.parametrize("kind", [FULL, PARTIAL, NONE, TRUSTED])


def started(server: ForkServer, job: Job) -> RunningJob:
    """Start `job` and return once it has printed something."""
    up = threading.Event()
    running = server.start(job, on_output=lambda data: up.set())
    assert up.wait(60), running.wait(1)
    return running


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def gone(pid: int) -> bool:
    """True once process `pid` has ended; the test's own time limit bounds the wait."""
    while True:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.005)


def family_of(pid: int | None) -> list[int]:
    """The process `pid` and everything it started."""
    assert pid is not None
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = parent_of(int(entry.name))
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found and child not in found}:
        found |= more
    return sorted(found)


def folders_of(pids: list[int]) -> set[str]:
    """Folders on the real disk that a server made for those of its processes that are jobs."""
    places = set()
    for pid in pids:
        with suppress(FileNotFoundError):  # It was on its way out.
            places.add(os.readlink(f"/proc/{pid}/cwd"))
    return {place for place in places if "torchdojo-" in place}


def test_creating_a_server_does_not_wait_for_it(job: MakeJob) -> None:
    with ForkServer("sandbox_jobs", trusted=True) as server:
        assert server.pid is None
        assert server.start(job("noop")).wait(60).status is Status.OK
        assert server.pid is not None


def test_jobs_of_a_trusted_server_run_without_walls(job: MakeJob) -> None:
    with ForkServer("sandbox_jobs", trusted=True) as server:
        outcome = server.start(job("import_module", {"modules": ["torchdojo.sandbox.seccomp"]})).wait(60)
        assert outcome.output == b'["done"]\n'
        assert server.isolation is Isolation.NONE


@pytest.mark.parametrize("kind", [NONE, TRUSTED])
def test_outcomes_without_walls(kind: dict[str, Any], job: MakeJob) -> None:
    with ForkServer("sandbox_jobs", **kind) as server:
        for name, limits, status in [
            ("leave", {}, Status.EXITED),
            ("fail", {}, Status.INTERNAL_ERROR),
            ("crash", {}, Status.SIGNALLED),
            ("ignore_everything", {"wall_seconds": 0.3}, Status.TIME_LIMIT),
            ("flood", {"output_kb": 8}, Status.OUTPUT_LIMIT),
        ]:
            assert server.start(job(name, {"code": 3}, **limits)).wait(60).status is status


@every_kind
def test_closing_ends_jobs_and_leaves_no_process_and_no_folder(kind: dict[str, Any], job: MakeJob) -> None:
    server = ForkServer("sandbox_jobs", **kind)
    running = started(server, job("ignore_everything"))
    family = family_of(server.pid)
    folders = folders_of(family)
    assert len(family) >= 2
    assert bool(folders) == (server.isolation is not Isolation.FULL)
    server.close()
    assert running.wait(1).status is Status.CANCELLED
    assert all(gone(pid) for pid in family)
    assert not [folder for folder in folders if Path(folder).parent.exists()]
    with pytest.raises(RuntimeError):
        server.start(job("noop"))


def test_closing_while_it_boots() -> None:
    server = ForkServer("sandbox_jobs", trusted=False)
    server.close()
    server.close()


@every_kind
@pytest.mark.parametrize("who", ["zygote", "guardian"])
def test_a_killed_zygote_is_replaced_and_its_job_is_our_fault(kind: dict[str, Any], job: MakeJob, who: str) -> None:
    with ForkServer("sandbox_jobs", **kind) as server:
        running = started(server, job("ignore_everything"))
        first = server.pid
        assert first is not None
        family = family_of(first)
        os.kill(first if who == "zygote" else parent_of(first), signal.SIGKILL)
        assert running.wait(60).status is Status.INTERNAL_ERROR
        assert all(gone(pid) for pid in family)
        assert server.start(job("leave", {"code": 5})).wait(60).exit_code == 5
        assert server.pid != first


def test_a_job_that_had_not_begun_survives_the_zygote(job: MakeJob) -> None:
    with ForkServer("sandbox_jobs", trusted=False) as server:
        assert server.start(job("noop")).wait(60).status is Status.OK
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        running = server.start(job("leave", {"code": 4}))
        os.kill(first, signal.SIGKILL)
        assert running.wait(60).exit_code == 4


def test_the_zygote_survives_whatever_jobs_do(server: ForkServer, job: MakeJob) -> None:
    assert server.start(job("noop")).wait(60).status is Status.OK
    first = server.pid
    for name in ("crash", "trace_parent", "allocate", "forge", "flood", "fail", "fill_disk", "hard_exit"):
        server.start(job(name, {"code": 1})).wait(60)
    assert server.start(job("noop")).wait(60).status is Status.OK
    assert server.pid == first


@every_kind
def test_zygotes_are_recycled_without_losing_a_job(kind: dict[str, Any], job: MakeJob) -> None:
    with ForkServer("sandbox_jobs", recycle_after=4, **kind) as server:
        long_one = started(server, job("wait"))
        first = server.pid
        assert first is not None
        outcomes: list[Outcome] = []
        while server.pid == first:
            outcomes.append(server.start(job("leave", {"code": 2})).wait(60))
        assert {outcome.exit_code for outcome in outcomes} == {2}
        assert not long_one.done.is_set()
        long_one.kill()
        assert long_one.wait(30).status is Status.CANCELLED
        assert gone(first)


@every_kind
def test_no_descriptor_and_no_thread_stays_behind(kind: dict[str, Any], job: MakeJob) -> None:
    def held(pid: int | str | None = "self") -> int:
        return len(os.listdir(f"/proc/{pid}/fd"))

    before = held()
    with ForkServer("sandbox_jobs", **kind) as server:
        assert server.start(job("noop")).wait(60).status is Status.OK
        ours, inside = held(), held(server.pid)
        for name in ("noop", "leave", "fail", "crash") * 5:
            server.start(job(name, {"code": 1})).wait(60)
        # What watches a job is closed a moment after its end is told, so the last one's may be there or not.
        assert held() == ours
        assert abs(held(server.pid) - inside) <= 1
    assert held() == before
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join(30)
            assert not thread.is_alive()


@pytest.mark.parametrize("isolation", ["full", "partial", "none"])
@pytest.mark.parametrize("how", ["trusted", "untrusted", "processes"])
def test_nothing_outlives_a_killed_owner(jobs_folder: Path, tmp_path: Path, isolation: str, how: str) -> None:
    owner = subprocess.Popen(
        [sys.executable, str(jobs_folder / "sandbox_owner.py"), isolation, how],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert owner.stdout is not None
    with owner.stdout:
        family = family_of(int(owner.stdout.readline()))
        assert len(family) >= 2
        assert list(tmp_path.iterdir())
        owner.kill()
        owner.wait()
    assert all(gone(pid) for pid in family)
    while list(tmp_path.iterdir()):
        time.sleep(0.005)  # The guardian clears up last of all.


def test_a_preload_that_fails_is_explained_in_every_outcome(job: MakeJob) -> None:
    with ForkServer("sandbox_broken", trusted=False) as server:
        for _ in range(2):
            outcome = server.start(job("noop")).wait(60)
            assert outcome.status is Status.INTERNAL_ERROR
            assert "the library it needs is not installed" in outcome.message


def test_a_preload_that_leaves_threads_is_not_forked(job: MakeJob) -> None:
    limits = Limits(wall_seconds=30, cpu_seconds=30, memory_mb=256, output_kb=64)
    with ForkServer("sandbox_threaded", trusted=True) as server:
        for _ in range(2):
            outcome = server.start(Job("sandbox_threaded:greet", {}, {}, limits)).wait(60)
            assert (outcome.status, outcome.output) == (Status.OK, b"hello\n")


@every_kind
def test_fresh_processes_behave_like_forked_ones(kind: dict[str, Any], job: MakeJob, hidden: Path) -> None:
    with FreshProcess("sandbox_jobs", hidden=[hidden], **kind) as server:
        assert server.start(job("leave", {"code": 6})).wait(60).exit_code == 6
        assert server.start(job("spin", wall_seconds=0.3)).wait(60).status is Status.TIME_LIMIT
        if server.isolation is not Isolation.NONE:
            paths = {"paths": [str(hidden / "answer.txt"), __file__]}
            assert b"done" not in server.start(job("read", paths)).wait(60).output
            assert server.start(job("allocate")).wait(60).status is Status.MEMORY_LIMIT
            assert server.start(job("fork_bomb")).wait(60).output == b"PermissionError 0\n"


@every_kind
def test_the_warm_process_and_its_jobs_give_way_to_others(kind: dict[str, Any], job: MakeJob) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    with ForkServer("sandbox_jobs", niceness=3, **kind) as server:
        running = started(server, job("wait"))
        assert server.pid is not None
        job_processes = descendants(server.pid)
        assert job_processes
        assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in [server.pid, *job_processes]} == {ours + 3}
        running.kill()
