"""The life of a job's process, from the fork to its exit."""

from __future__ import annotations

import faulthandler
import fcntl
import importlib
import io
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from torchdojo.sandbox import kernel, limits, packets
from torchdojo.sandbox.job import Limits
from torchdojo.sandbox.walls import Walls

#: Exit status of a job whose own entry code failed.
BROKEN = 70

#: First byte of each word on the report pipe.
STARTED, FAILED, OUT_OF_MEMORY = b"S", b"F", b"M"

_KEPT_SETTINGS = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "LD_LIBRARY_PATH"}
_REPORT, _CHANNEL = 3, 4
_OUT_OF_THE_WAY = 40

#: No process of ours opens more, so that closing all of them is quick everywhere.
MOST_DESCRIPTORS = 4096

Entry = Callable[["Context"], int | None]


@dataclass(frozen=True)
class Context:
    """What an entry gets: its request, the socket to whoever started it, and its own folder (also the cwd)."""

    request: dict[str, Any]
    channel: socket.socket | None
    workdir: Path


@dataclass(frozen=True)
class Orders:
    """What the zygote knows about one job: descriptors and limits, never the job's content."""

    order: int
    output: int
    report: int
    channel: int | None
    limits: Limits
    folder: str | None
    parent: int
    preload: str | None = None


def become_job(orders: Orders, walls: Walls | None) -> NoReturn:
    """Turn this freshly forked process into the job and end with its exit status. Never returns or raises."""
    report = _Report(orders.report)
    code = BROKEN
    try:
        entry, context = _prepare(orders, walls, report)
        code = _call(entry, context)
        _flush()
    except MemoryError:
        report.say(OUT_OF_MEMORY)
    except BaseException:
        report.say(FAILED + traceback.format_exc().encode("utf-8", "replace")[-16_000:])
    finally:
        os._exit(code)


class _Report:
    """The pipe on which our own code, not the script, says how it fares."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def say(self, word: bytes) -> None:
        try:
            os.write(self.descriptor, word)
        except OSError:
            pass  # The other side has stopped listening, or the script closed the pipe.


def _prepare(orders: Orders, walls: Walls | None, report: _Report) -> tuple[Entry, Context]:
    _leave_family(orders.parent)
    fresh = orders.preload is not None
    if fresh:
        importlib.import_module(str(orders.preload))
    entry_name, request, files = packets.read_order(orders.order)
    entry = _find(entry_name)
    base = limits.resident()
    if walls is None:
        assert orders.folder is not None
        folder = orders.folder
        os.mkdir(folder, 0o700)
    else:
        walls.enter_view(in_own_mounts=fresh)
        folder = walls.seclude(orders.limits, orders.folder)
        walls.give_up_rights()
    _write_files(folder, files)
    os.chdir(folder)
    _take_environment(folder)
    _take_streams(orders.output)
    if walls is not None:
        walls.close_files(orders.limits, folder)
    channel = _keep_descriptors(report, orders.channel)
    if walls is not None:
        walls.limit(orders.limits)
        walls.filter_calls(orders.limits)
    report.say(STARTED + json.dumps({"base": base}).encode() + b"\n")
    return entry, Context(request, channel, Path(folder))


def _call(entry: Entry, context: Context) -> int:
    try:
        code = entry(context)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    return 0 if code is None else int(code) & 0xFF


def _leave_family(parent: int) -> None:
    """Forget the zygote's signal handling and group, and die when it dies."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    if kernel.ON_LINUX:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() not in (parent, 0):  # 0: the parent is outside this pid namespace.
            os._exit(BROKEN)


def _find(name: str) -> Entry:
    module, _, function = name.partition(":")
    entry: Entry = getattr(importlib.import_module(module), function)
    return entry


def _write_files(folder: str, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _take_environment(folder: str) -> None:
    for name in set(os.environ) - _KEPT_SETTINGS:
        del os.environ[name]
    os.environ.update(
        HOME=folder,
        TMPDIR=folder,
        USER="learner",
        LOGNAME="learner",
        LANG="C.UTF-8",
        PATH="/usr/local/bin:/usr/bin:/bin",
    )
    tempfile.tempdir = None
    sys.dont_write_bytecode = True


def _take_streams(output: int) -> None:
    """Standard output and error become the job's pipe, sent line by line as in a terminal."""
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdin = sys.__stdin__ = _text(0, "r", "strict")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _text(1, "w", "backslashreplace")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2, "w", "backslashreplace")  # type: ignore[misc]
    faulthandler.enable(2)


def _text(descriptor: int, mode: str, errors: str) -> io.TextIOWrapper:
    stream = io.FileIO(descriptor, mode, closefd=False)
    buffer = io.BufferedReader(stream) if mode == "r" else io.BufferedWriter(stream)
    return io.TextIOWrapper(buffer, encoding="utf-8", errors=errors, line_buffering=mode == "w")


def _keep_descriptors(report: _Report, channel: int | None) -> socket.socket | None:
    """Keep the standard streams, the report and the channel, and close everything else."""
    # Both leave first: either may sit on the number the other one gets.
    reporting = fcntl.fcntl(report.descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    talking = None if channel is None else fcntl.fcntl(channel, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    os.dup2(reporting, _REPORT, inheritable=False)
    report.descriptor = _REPORT
    if talking is not None:
        os.dup2(talking, _CHANNEL, inheritable=False)
    os.closerange(_CHANNEL if talking is None else _CHANNEL + 1, MOST_DESCRIPTORS)
    return None if talking is None else socket.socket(fileno=_CHANNEL)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # The script closed or replaced it; what it wrote before is out.
