"""Resource limits of a job's process, and the measuring of what it uses."""

from __future__ import annotations

import math
import os
import resource
from pathlib import Path

from torchdojo.sandbox.job import Limits

_MB = 1024 * 1024
_PAGE = resource.getpagesize()

#: Address space that threads reserve without using it: stacks and allocator arenas.
_ROOM_FOR_THREADS_MB = 160

#: How far resident memory may pass the budget before the watch ends the job; the address-space limit, which lets
#: the script see a readable error, comes first.
WATCH_MARGIN_MB = _ROOM_FOR_THREADS_MB + 32

#: Processes a job with `processes` may have, and threads any job may have.
MOST_PROCESSES = 128
MOST_THREADS = 1024


def apply(limits: Limits, *, tasks: int) -> None:
    """Bind this process to `limits`, for good.

    The limit of processor time alone comes in two steps, a second apart: the first names itself by its signal, the
    second cannot be caught. `tasks` is how many processes and threads its user has already, for jobs that may start
    more.
    """
    cpu = max(1, math.ceil(limits.cpu_seconds))
    _bind(resource.RLIMIT_CPU, cpu, beyond=1)
    _bind(resource.RLIMIT_CORE, 0)
    _bind(resource.RLIMIT_FSIZE, limits.disk_mb * _MB)
    _bind(resource.RLIMIT_NOFILE, 1024)
    if (used := address_space()) is not None:
        _bind(resource.RLIMIT_AS, used + (limits.memory_mb + _ROOM_FOR_THREADS_MB) * _MB)
    else:
        _bind(resource.RLIMIT_DATA, (limits.memory_mb + _ROOM_FOR_THREADS_MB) * _MB)
    if limits.processes and hasattr(resource, "RLIMIT_NPROC"):
        _bind(resource.RLIMIT_NPROC, tasks + MOST_PROCESSES)


def address_space() -> int | None:
    """This process's address space in bytes; None on systems that do not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * _PAGE
    except OSError:
        return None


def resident() -> int:
    """This process's resident memory in bytes, 0 on systems that do not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * _PAGE
    except OSError:
        return 0


def private_resident(pid: int | str) -> tuple[int, int]:
    """Bytes of resident memory of `pid` that belong to no file, and its threads; zeros when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    facts = dict(line.split(":", 1) for line in text.splitlines())
    in_memory = (int(facts[name].split()[0]) for name in ("RssAnon", "RssShmem") if name in facts)
    return sum(in_memory) * 1024, int(facts["Threads"])


def folder_size(folder: Path) -> int:
    """Bytes on disk beneath `folder`, links not followed."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:
                continue
    return total


def _bind(kind: int, value: int, *, beyond: int = 0) -> None:
    hard = resource.getrlimit(kind)[1]
    most = value + beyond
    if hard != resource.RLIM_INFINITY:
        value, most = min(value, hard), min(most, hard)
    resource.setrlimit(kind, (value, most))


def tasks_of(user: int) -> int:
    """How many processes and threads `user` has, as far as they can be seen."""
    total = 0
    for entry in Path("/proc").iterdir() if os.path.isdir("/proc") else ():
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == user:
                    total += len(os.listdir(entry / "task"))
            except OSError:
                continue
    return total
