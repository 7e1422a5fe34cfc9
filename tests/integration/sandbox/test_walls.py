"""What a job cannot reach, at each isolation level."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import torchdojo
from torchdojo.sandbox import ForkServer, Isolation, Job, Outcome, Status

Run = Callable[..., Outcome]
Ask = Callable[..., Any]
MakeJob = Callable[..., Job]

PACKAGE = Path(torchdojo.__file__).parent
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Somebody who would answer: a TCP port on this machine and a local socket."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as local:
        path = str(tmp_path / "socket")
        local.bind(path)
        local.listen()
        yield {"port": tcp.getsockname()[1], "path": path}


def test_no_network_at_all(ask: Ask, listener: dict[str, Any]) -> None:
    assert "done" not in ask("use_network", listener)


def test_no_network_for_jobs_with_processes(ask: Ask, listener: dict[str, Any], server: ForkServer) -> None:
    tcp, udp, local, _ = ask("use_network", listener, processes=True)
    assert "done" not in (tcp, udp)
    if server.isolation is Isolation.FULL:
        assert local != "done"


def test_sockets_among_the_jobs_own_threads_work(run: Run) -> None:
    assert run("socket_pair").output == b"among ourselves\n"


def test_files_of_ours_and_of_the_user_are_out_of_reach(ask: Ask, hidden: Path, tmp_path: Path) -> None:
    mine = tmp_path / "draft.py"
    mine.write_text("my work")
    paths = [
        *(PACKAGE, PACKAGE / "__init__.py", PACKAGE / "sandbox", PACKAGE / "sandbox" / "seccomp.py"),
        *(REPOSITORY, REPOSITORY / "pyproject.toml", REPOSITORY / "exercises", Path(__file__)),
        *(Path.home(), hidden, hidden / "answer.txt", mine, Path("/etc/shadow"), Path("/var"), Path("/root")),
        Path(f"/proc/{os.getpid()}/environ"),
        Path("/proc/self/root/etc/shadow"),
    ]
    seen = ask("read", {"paths": [str(path) for path in paths]})
    for path in paths:
        looked, wrote, truncated = seen[str(path)]
        # Folders on the way to the Python runtime may exist inside; what matters is that nothing of ours is in them.
        if looked == "done":
            assert path in (*Path(sys.prefix).parents, *Path(sys.base_prefix).parents, Path(sys.prefix)), path
        assert "done" not in (wrote, truncated), path
    assert mine.read_text() == "my work"


def test_the_environment_cannot_be_changed(ask: Ask) -> None:
    paths = [os.__file__, pytest.__file__, str(Path(pytest.__file__).parent), "/usr", "/etc", "/"]
    for looked, wrote, truncated in ask("read", {"paths": paths}).values():
        assert looked == "done" or looked == "PermissionError"
        assert "done" not in (wrote, truncated)


def test_the_python_environment_can_be_imported_but_not_our_package(ask: Ask) -> None:
    modules = ["sqlite3", "xml.dom.minidom", "pygments.lexers.python", "numpy.random", "torchdojo.domain.report"]
    *theirs, ours = ask("import_module", {"modules": modules}, memory_mb=1024)
    assert theirs == ["done"] * 4
    assert ours in ("ModuleNotFoundError", "PermissionError")


def test_nothing_passes_from_one_job_to_the_next(run: Run, ask: Ask) -> None:
    run("leave_note")
    assert ask("find_notes") == {"found": [], "memory": ["yes"], "environment": False}


def test_temporary_files_go_into_the_jobs_folder(run: Run) -> None:
    assert run("temporary_file").output == b"True\n"


def test_other_processes_cannot_be_read(ask: Ask, server: ForkServer) -> None:
    seen = ask("see_processes")
    assert seen["readable"] == []
    if server.isolation is Isolation.FULL:
        assert seen["visible"] == 1


@pytest.mark.parametrize("processes", [False, True])
def test_other_processes_cannot_be_signalled(ask: Ask, server: ForkServer, processes: bool) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        answers = ask("signal_others", {"pids": [bystander.pid, os.getpid(), server.pid]}, processes=processes)
    finally:
        bystander.communicate(b"\n")
    if server.isolation is Isolation.FULL and processes:
        answers.pop()  # Everybody is, in there, nobody but the job itself.
    assert "done" not in answers


def test_a_job_may_signal_itself(run: Run) -> None:
    assert run("signal_self").output == b"[1]\n"


def test_tracing_the_parent_is_forbidden(run: Run) -> None:
    outcome = run("trace_parent")
    assert outcome.status is Status.FORBIDDEN
    assert "system call" in outcome.message


ATTACKS = {
    "mount": {"x86_64": 165, "aarch64": 40},
    "unshare": {"x86_64": 272, "aarch64": 97},
    "setns": {"x86_64": 308, "aarch64": 268},
    "bpf": {"x86_64": 321, "aarch64": 280},
    "process_vm_readv": {"x86_64": 310, "aarch64": 270},
    "kexec_load": {"x86_64": 246, "aarch64": 104},
    "open_by_handle_at": {"x86_64": 304, "aarch64": 265},
}
REFUSALS = {
    "clone3": {"x86_64": 435, "aarch64": 435},
    "io_uring_setup": {"x86_64": 425, "aarch64": 425},
    "perf_event_open": {"x86_64": 298, "aarch64": 241},
    "keyctl": {"x86_64": 250, "aarch64": 219},
    "shmget": {"x86_64": 29, "aarch64": 194},
    "a call of the future": {"x86_64": 999, "aarch64": 999},
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("processes", [False, True])
def test_calls_that_only_an_attack_makes_end_the_job(run: Run, name: str, processes: bool) -> None:
    number = ATTACKS[name][os.uname().machine]
    assert run("system_call", {"call": [number, 0, 0, 0, 0, 0]}, processes=processes).status is Status.FORBIDDEN


@pytest.mark.parametrize("name", REFUSALS)
def test_calls_that_libraries_may_try_are_refused_with_an_error(run: Run, name: str) -> None:
    outcome = run("system_call", {"call": [REFUSALS[name][os.uname().machine], 0, 0, 0, 0, 0]})
    assert outcome.status is Status.OK
    assert outcome.output.splitlines()[-1] in (b"-1 1", b"-1 38")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has a second numbering")
def test_the_second_numbering_of_system_calls_is_no_way_round(run: Run) -> None:
    assert run("system_call", {"call": [0x40000000 + 41, 2, 1, 0]}).status is Status.FORBIDDEN


def test_processes_are_refused_unless_allowed(run: Run) -> None:
    assert run("fork_bomb").output == b"PermissionError 0\n"
    assert run("run_program").output == b"PermissionError\n"


def test_threads_are_allowed(run: Run) -> None:
    assert run("start_threads").output == b"joined\n"


def test_a_thread_bomb_is_ended(run: Run) -> None:
    assert run("thread_bomb", memory_mb=2048).status is Status.FORBIDDEN


def test_memory_files_that_no_limit_counts_are_refused(run: Run) -> None:
    assert run("memory_file").output == b"PermissionError\n"


def test_shared_memory_counts(run: Run) -> None:
    outcome = run("shared_memory_bomb", memory_mb=128)
    assert outcome.status is Status.MEMORY_LIMIT or int(outcome.output) < 500


def test_limits_cannot_be_raised(ask: Ask) -> None:
    seen = ask("limits")
    assert seen["raised"] != "done"
    assert seen["core"] == [0, 0]


def test_a_disk_bomb_stops_at_the_limit(run: Run, server: ForkServer) -> None:
    outcome = run("fill_disk", disk_mb=8)
    if server.isolation is Isolation.FULL:
        assert outcome.output.split() == [b"28", b"7"] or outcome.output.split() == [b"28", b"8"]
    else:
        assert outcome.status is Status.OUTPUT_LIMIT or outcome.status is Status.OK


def test_writing_on_every_descriptor_forges_nothing(run: Run) -> None:
    outcome = run("forge")
    assert (outcome.status, outcome.exit_code) == (Status.EXITED, 1)


def test_hidden_wins_over_readable(hidden: Path, tmp_path: Path, job: MakeJob) -> None:
    (tmp_path / "open.txt").write_text("anybody")
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "answer.txt").write_text("nobody")
    paths = [str(tmp_path / "open.txt"), str(tmp_path / "closed" / "answer.txt")]
    for level in (Isolation.FULL, Isolation.PARTIAL):
        with ForkServer(
            "sandbox_jobs", trusted=False, readable=[tmp_path], hidden=[tmp_path / "closed"], isolation=level
        ) as server:
            seen = json.loads(server.start(job("read", {"paths": paths})).wait(60).output)
            if server.isolation is not Isolation.NONE:
                assert [answer[0] for answer in seen.values()] == ["done", seen[paths[1]][0]]
                assert seen[paths[1]][0] != "done"


class TestWithProcesses:
    def test_programs_and_pools_work(self, run: Run) -> None:
        assert run("run_program", processes=True).output == b"done\n"
        assert run("pool", processes=True).output == b"[1, 4, 9]\n"

    @pytest.mark.parametrize("stay", [False, True])
    def test_nobody_outlives_the_job(self, server: ForkServer, job: MakeJob, stay: bool) -> None:
        up = threading.Event()
        running = server.start(job("daemonize", {"stay": stay}, processes=True), on_output=lambda data: up.set())
        assert up.wait(30)
        if stay:
            running.kill()
        assert running.wait(30).status is (Status.CANCELLED if stay else Status.OK)
        assert descendants_of(server.pid) == []

    def test_other_jobs_do_not_wait_for_one_with_processes(self, server: ForkServer, job: MakeJob) -> None:
        before = server.start(job("read_line"), channel=(ends := socket.socketpair())[1])
        long_one = server.start(job("wait", processes=True))
        ends[0].sendall(b"now\n")
        assert before.wait(30).status is Status.OK
        assert server.start(job("noop")).wait(30).status is Status.OK
        assert not long_one.done.is_set()
        long_one.kill()
        long_one.wait(30)
        for end in ends:
            end.close()

    def test_a_fork_bomb_is_bounded_and_gone_afterwards(self, server: ForkServer, job: MakeJob) -> None:
        if server.isolation is not Isolation.FULL and os.getuid() == 0:
            pytest.skip("the kernel keeps no process limit for root outside a namespace; not on a shared machine")
        outcome = server.start(job("unlimited_fork_bomb", wall_seconds=2, processes=True, cpu_seconds=2)).wait(60)
        assert outcome.status in (Status.TIME_LIMIT, Status.FORBIDDEN, Status.MEMORY_LIMIT)
        assert descendants_of(server.pid) == []
        assert server.start(job("noop")).wait(30).status is Status.OK

    def test_loopback_reaches_nobody_but_the_job(self, run: Run, ask: Ask, listener: dict[str, Any]) -> None:
        assert run("loopback", loopback=True).output == b"round trip\n"

    def test_loopback_does_not_reach_the_machine(self, ask: Ask, listener: dict[str, Any], server: ForkServer) -> None:
        if server.isolation is not Isolation.FULL:
            pytest.skip("without a network namespace there is one loopback for everybody")
        assert ask("use_network", listener, loopback=True)[0] == "ConnectionRefusedError"


def descendants_of(pid: int | None) -> list[str]:
    """Command names of the processes below `pid`."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = entry.read_text().rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if state != "Z":
            parents[int(entry.parent.name)] = (int(parent), name)
    found, names = {pid}, []
    while more := [child for child, (parent, _) in parents.items() if parent in found and child not in found]:
        found |= set(more)
        names += [parents[child][1] for child in more]
    return names
