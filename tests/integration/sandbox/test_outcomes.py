"""Every way a job can end has its own status and says what happened."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from torchdojo.sandbox import ForkServer, Job, Outcome, Status

Run = Callable[..., Outcome]
Ask = Callable[..., Any]
MakeJob = Callable[..., Job]


def test_a_job_gets_its_request_its_files_and_a_clean_environment(ask: Ask) -> None:
    seen = ask("describe", {"answer": [1, None, "ü"]}, files={"script.py": b"print(1)\n"})
    assert seen["request"] == {"answer": [1, None, "ü"]}
    assert seen["files"] == {"script.py": "print(1)\n"}
    assert seen["cwd"] == seen["folder"] == seen["environment"]["HOME"] == seen["environment"]["TMPDIR"]
    assert not [name for name in seen["environment"] if "PYTEST" in name]
    assert seen["input"] == ""
    assert seen["warmed"] == ["yes"]


def test_a_job_holds_no_descriptor_but_its_streams_and_its_report(ask: Ask) -> None:
    assert ask("describe")["descriptors"] == [0, 1, 2, 3]


def test_ok_comes_with_times_and_memory(run: Run) -> None:
    outcome = run("leave", {"code": 0})
    assert outcome.status is Status.OK
    assert outcome.exit_code == 0
    assert outcome.output == b"some words\nan error\n"
    assert outcome.message == ""
    assert outcome.wall_seconds > 0
    assert outcome.cpu_seconds > 0


@pytest.mark.parametrize("how", ["leave", "system_exit", "hard_exit"])
@pytest.mark.parametrize("code", [1, 3, 70])
def test_exit_status_of_the_script_is_its_own(run: Run, how: str, code: int) -> None:
    outcome = run(how, {"code": code})
    assert (outcome.status, outcome.exit_code) == (Status.EXITED, code)


def test_a_fault_of_the_entry_is_ours(run: Run) -> None:
    outcome = run("fail")
    assert outcome.status is Status.INTERNAL_ERROR
    assert "LookupError: the entry itself is wrong" in outcome.message


def test_an_entry_that_does_not_exist_is_our_fault(run: Run) -> None:
    outcome = run("no_such_entry")
    assert outcome.status is Status.INTERNAL_ERROR
    assert "no_such_entry" in outcome.message


def test_a_crash_names_its_signal_and_shows_where(run: Run) -> None:
    outcome = run("crash")
    assert (outcome.status, outcome.signal) == (Status.SIGNALLED, signal.SIGSEGV)
    assert b"in crash" in outcome.output


@pytest.mark.parametrize("how", ["spin", "wait", "ignore_everything"])
def test_the_wall_clock_ends_every_job(run: Run, how: str) -> None:
    outcome = run(how, wall_seconds=0.3)
    assert outcome.status is Status.TIME_LIMIT
    assert outcome.output
    assert "0.3 s" in outcome.message


def test_processor_time_is_limited_too(run: Run) -> None:
    outcome = run("spin", cpu_seconds=1)
    assert outcome.status is Status.TIME_LIMIT
    assert outcome.wall_seconds < 20


def test_a_memory_bomb_that_nobody_catches(run: Run) -> None:
    assert run("allocate").status is Status.MEMORY_LIMIT


def test_a_script_sees_a_memory_error_it_can_cope_with(run: Run) -> None:
    outcome = run("allocate_and_cope")
    assert (outcome.status, outcome.output) == (Status.OK, b"coped\n")


def test_peak_memory_counts_what_the_job_added(run: Run) -> None:
    assert run("noop").peak_mb < 50
    assert 150 < run("allocate_and_cope", memory_mb=200).peak_mb < 500


def test_an_output_bomb_is_cut_and_its_beginning_kept(run: Run) -> None:
    outcome = run("flood", output_kb=32)
    assert outcome.status is Status.OUTPUT_LIMIT
    assert outcome.output.startswith(b"the beginning\ny")
    assert outcome.output.endswith(b"yyy")
    assert b"bytes left out" in outcome.output or len(outcome.output) <= 34 * 1024
    assert len(outcome.output) < 36 * 1024


def test_cancelled_jobs_say_so(server: ForkServer, job: MakeJob) -> None:
    up = threading.Event()
    running = server.start(job("ignore_everything"), on_output=lambda data: up.set())
    assert up.wait(30)
    assert not running.done.is_set()
    running.kill()
    outcome = running.wait(30)
    assert outcome.status is Status.CANCELLED
    running.kill()
    assert running.wait(1) is outcome


def test_waiting_no_longer_than_asked(server: ForkServer, job: MakeJob) -> None:
    running = server.start(job("wait"))
    with pytest.raises(TimeoutError):
        running.wait(0.01)
    running.kill()
    running.wait(30)


def test_output_arrives_while_the_job_runs(server: ForkServer, job: MakeJob) -> None:
    first = threading.Event()
    pieces: list[bytes] = []

    def listen(data: bytes) -> None:
        pieces.append(data)
        first.set()

    running = server.start(job("wait"), on_output=listen)
    assert first.wait(30)
    assert not running.done.is_set()
    running.kill()
    assert running.wait(30).output == b"".join(pieces) == b"waiting\n"


def test_a_listener_that_fails_ends_the_job_as_our_fault(server: ForkServer, job: MakeJob) -> None:
    def broken(data: bytes) -> None:
        raise KeyError("listener")

    outcome = server.start(job("wait"), on_output=broken).wait(30)
    assert outcome.status is Status.INTERNAL_ERROR
    assert "listener" in outcome.message


def test_the_channel_belongs_to_the_job_alone(server: ForkServer, job: MakeJob) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            running = server.start(job("echo"), channel=theirs)
        ours.settimeout(30)
        ours.sendall(b"hello\n")
        assert ours.recv(100) == b"HELLO\n"
        running.kill()
        running.wait(30)
        assert ours.recv(100) == b"", "no copy of the channel may stay open elsewhere"


def test_several_jobs_at_once_do_not_mix(server: ForkServer, job: MakeJob) -> None:
    outcomes: dict[int, Outcome] = {}

    def one(code: int) -> None:
        outcomes[code] = server.start(job("leave", {"code": code})).wait(60)

    threads = [threading.Thread(target=one, args=(code,)) for code in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {code: outcome.exit_code for code, outcome in outcomes.items()} == {code: code for code in range(12)}


def test_a_big_file_arrives_whole(ask: Ask) -> None:
    seen = ask("describe", files={"big.txt": b"x" * 3_000_000}, output_kb=8000)
    assert seen["files"] == {"big.txt": "x" * 3_000_000}
