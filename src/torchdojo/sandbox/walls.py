"""The walls around one job, put up in the order that works."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from torchdojo.sandbox import fileview, kernel, landlock, limits, namespaces, seccomp
from torchdojo.sandbox.job import Limits
from torchdojo.sandbox.readable import Readable

_SETTINGS_IN_VIEW = ("/etc", "/dev", "/proc", "/sys")
_PROC_FILES = ("cpuinfo", "meminfo", "stat", "filesystems", "version", "loadavg", "uptime", "sys/kernel", "sys/vm")
_READABLE_DEVICES = ("/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

_KINDS = ((False, False), (False, True), (True, False), (True, True))


@dataclass
class Walls:
    """Which walls stand on this machine, and what it takes to put them up."""

    namespaces: bool
    landlock: bool
    seccomp: bool
    readable: Readable
    spellings: list[str]
    protected: tuple[int, ...] = ()
    _prepared: bool = field(default=False, init=False)
    _in_view: bool = field(default=False, init=False)
    _tasks: int = field(default=1, init=False)
    _filters: dict[tuple[bool, bool], bytes] = field(default_factory=dict, init=False)
    _places: dict[int, int] = field(default_factory=dict, init=False)

    def enter_view(self, *, in_own_mounts: bool = False) -> None:
        """Leave the host's files behind (with namespaces) and prepare what every job needs; a second call is free.

        Modules that lie outside the readable set cannot be imported any more after this. With `in_own_mounts`
        only the calling process leaves, not those it shares its mounts with.
        """
        if self._prepared:
            return
        self._prepared = True
        # Before the switch: what a path resolves to is a question for the host's files.
        parts = list(self.readable.open_parts()) if self.landlock else []
        if self.namespaces:
            if in_own_mounts:
                kernel.unshare(kernel.CLONE_NEWNS)
            fileview.enter(self.readable, self.spellings)
            self._in_view = True
            # There every job is process 1, so one filter serves all of a kind.
            self._filters = {kind: self._filter(*kind) for kind in _KINDS if self.seccomp}
        if not self.landlock:
            return
        self._places = landlock.open_places(
            [
                *((path, landlock.READ if whole else landlock.LIST) for path, whole in parts),
                *((path, landlock.READ) for path in _READABLE_DEVICES),
                ("/dev/null", landlock.READ_AND_WRITE_FILE),
            ]
        )

    def seclude(self, bounds: Limits, base: str | None) -> str:
        """In the job's process: get it a folder of its own, which is returned. `base` holds it without a view."""
        if self._in_view:
            namespaces.seclude_job(
                disk_mb=bounds.disk_mb,
                shared_mb=max(64, bounds.memory_mb // 2),
                loopback=bounds.loopback,
                processes=bounds.processes,
            )
            return namespaces.JOB_FOLDER
        assert base is not None
        if bounds.processes:
            self._tasks = limits.tasks_of(os.getuid())  # Countable only while other processes can be seen.
        os.mkdir(base, 0o700)
        return base

    def give_up_rights(self) -> None:
        """Drop capabilities and the means to get new ones."""
        if kernel.ON_LINUX:
            if not self.namespaces:
                kernel.shrink_capability_bound()
            with suppress(OSError):
                kernel.drop_capabilities()
            kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)

    def limit(self, bounds: Limits) -> None:
        """Set the resource limits."""
        limits.apply(bounds, tasks=self._tasks)

    def close_files(self, bounds: Limits, folder: str) -> None:
        """Let Landlock guard files, TCP and signals."""
        if not self.landlock:
            return
        change = landlock.READ | landlock.CHANGE
        if self._in_view:
            own = [(namespaces.JOB_MOUNT, change), ("/dev/shm", change), ("/", landlock.LIST)]
            own += [(path, landlock.READ) for path in _SETTINGS_IN_VIEW]
        else:
            own = [(folder, change)]
            own += [(f"/proc/{name}", landlock.READ) for name in (str(os.getpid()), *_PROC_FILES)]
            own += [("/dev/shm", change)] if bounds.processes else []
            own += [("/sys", landlock.READ)] if bounds.loopback else []
        ruleset = landlock.build(self._places | landlock.open_places(own), network=bounds.loopback)
        landlock.restrict(ruleset)

    def filter_calls(self, bounds: Limits) -> None:
        """Put the system call filter up; the last wall, since it forbids building walls."""
        if self.seccomp:
            kind = bounds.processes, bounds.loopback
            kernel.install_seccomp(self._filters.get(kind) or self._filter(*kind))

    def _filter(self, processes: bool, loopback: bool) -> bytes:
        policy = seccomp.Policy(
            own_pid=1 if self._in_view else os.getpid(),
            processes=processes,
            loopback=loopback,
            own_pids=self._in_view,
            own_files=self._in_view,
            truncate_watched=self._in_view or landlock.version() >= 3,
            protected=self.protected,
        )
        return seccomp.build(policy, kernel.machine())


def breaches(walls: Walls, forbidden_file: str) -> dict[str, str]:
    """From inside the walls: what can be done although it should not be, by the layer that let it through."""
    found: dict[str, str] = {}
    if walls.namespaces or walls.landlock:
        with suppress(OSError):
            Path(forbidden_file).read_bytes()
            found["private files" if walls.namespaces else "Landlock"] = "a file outside the readable set was read"
    if walls.seccomp:
        with suppress(OSError):
            socket.socket(socket.AF_INET).close()
            found["seccomp"] = "a network socket could be opened"
        with suppress(OSError):
            if os.fork() == 0:
                os._exit(0)
            found["seccomp"] = "a process could be started"
    if walls.namespaces and [name for name in os.listdir("/proc") if name.isdigit()] != ["1"]:
        found["namespaces"] = "other processes are visible"
    return found
