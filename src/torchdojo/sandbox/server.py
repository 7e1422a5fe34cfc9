"""Fork servers: hand in a job, get a running one back."""

from __future__ import annotations

import itertools
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torchdojo.sandbox.host import ZygoteHost
from torchdojo.sandbox.job import Isolation, Job, Layer
from torchdojo.sandbox.running import Host, Refused, RunningJob

_TO_START_WARM_SECONDS = 60.0
_TO_START_FRESH_SECONDS = 240.0


class ForkServer:
    """Runs jobs in children of one warm process that has imported `preload`.

    If `preload` has a function `warm`, it is called once after the import. If it has an iterator function `chores`,
    its steps are taken while no job is asked for, each short enough to keep one waiting, and none in the first
    `chores_after` seconds: who wants one verdict only shall not pay for those to come.

    Jobs are untrusted unless `trusted`: then they are plain forks, bound by nothing but the wall clock and the output
    limit. Untrusted jobs may read the Python environment and `readable`, never this package's own code, nor `hidden`,
    nor anything else. `isolation` caps the walls that are put up. Safe to use from several threads. `recycle_after`
    jobs the warm process is replaced, without any job noticing. `niceness` says how much the warm process and its jobs
    give way to other processes, as `nice` does.

    Creating one returns at once; the first `start` waits for the warm process.
    """

    def __init__(
        self,
        preload: str | None,
        *,
        trusted: bool,
        readable: Sequence[Path] = (),
        hidden: Sequence[Path] = (),
        isolation: Isolation = Isolation.FULL,
        recycle_after: int = 500,
        chores_after: float = 2.0,
        niceness: int = 0,
    ) -> None:
        self._config: dict[str, Any] = {
            "preload": preload,
            "warm": self._warm(),
            "trusted": trusted,
            "readable": [str(path) for path in readable],
            "hidden": [str(path) for path in hidden],
            "cap": str(isolation),
            "chores_after": chores_after,
            "search_path": _search_path(),
            "niceness": niceness,
        }
        self._recycle_after = recycle_after
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False
        self._successor: ZygoteHost | None = None
        self._retired: list[ZygoteHost] = []
        self._jobs: set[RunningJob] = set()
        self._host = ZygoteHost(self._config)

    @property
    def isolation(self) -> Isolation:
        """The level untrusted jobs run at; NONE for trusted ones."""
        return self._walled_host().isolation

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Each wall with the reason where it is missing."""
        return self._walled_host().layers

    @property
    def pid(self) -> int | None:
        """The warm process, None while there is none."""
        return self._host.pid

    def start(
        self,
        job: Job,
        *,
        channel: socket.socket | None = None,
        on_output: Callable[[bytes], None] | None = None,
    ) -> RunningJob:
        """Start `job` and return at once, or as soon as the warm process is up.

        `channel` becomes the job's socket; the caller may close its copy right away. `on_output` gets output as it
        comes, in a thread of this call's own. Faults of the sandbox come back as the outcome INTERNAL_ERROR.
        Raises RuntimeError on a closed server.
        """
        with self._lock:
            self._refuse_when_closed()
            self._jobs = {known for known in self._jobs if not known.done.is_set()}
        patience = _TO_START_WARM_SECONDS if self._config["warm"] else _TO_START_FRESH_SECONDS
        running = RunningJob(f"job{next(self._numbers)}", job, channel, on_output, self._ready_host, patience)
        with self._lock:
            self._jobs.add(running)
            if self._closed:
                running.kill()
        return running

    def close(self) -> None:
        """End every job and the warm process; no process is left behind."""
        self._closed = True
        if not self._host.ready:
            self._host.destroy()  # Whoever waits for it holds the lock.
        with self._lock:
            jobs = self._jobs
            hosts = [self._host, *self._retired, *([self._successor] if self._successor else [])]
        for job in jobs:
            job.kill()
        for host in hosts:
            host.close()
        for job in jobs:
            job.done.wait()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _warm(self) -> bool:
        return True

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the fork server is closed")

    def _walled_host(self) -> ZygoteHost:
        host = self._host
        try:
            host.await_walls()
        except Refused:
            pass  # What is known about its walls is that there are none; starting a job tells why.
        return host

    def _ready_host(self) -> Host:
        """A zygote that takes jobs. Raises Refused with the reason when there can be none."""
        with self._lock:
            if self._closed:
                raise Refused("the fork server is closed")
            if not self._host.alive:
                self._host.close()
                self._host = ZygoteHost(self._config)
            self._recycle()
            host = self._host
            try:
                host.await_ready()
            except Refused:
                if not host.unfit_to_fork:
                    raise
                # Forking it would hang children, so every job gets a process that imports for itself.
                host.close()
                self._config["warm"] = False
                self._host = host = ZygoteHost(self._config)
                host.await_ready()
            return host

    def _recycle(self) -> None:
        if self._successor is not None and self._successor.is_ready():
            self._host.retire()
            self._retired = [host for host in self._retired if not host.gone] + [self._host]
            self._host, self._successor = self._successor, None
        elif self._successor is not None and not self._successor.alive:
            self._successor.close()
            self._successor = None
        elif self._successor is None and self._host.started >= self._recycle_after:
            self._successor = ZygoteHost(self._config)


class FreshProcess(ForkServer):
    """The same for systems where forking after the import is unsafe: every job imports `preload` itself. Slow."""

    def _warm(self) -> bool:
        return False


def _search_path() -> list[str]:
    """Where the warm process imports from: as here, but not from the folder somebody happens to work in."""
    ours = str(Path(__file__).resolve().parents[2])
    usable = [entry for entry in sys.path if os.path.isabs(entry) and os.path.exists(entry)]
    return [entry for entry in usable if entry == ours or entry != os.getcwd()]


def open_server(
    preload: str | None,
    *,
    trusted: bool,
    readable: Sequence[Path] = (),
    hidden: Sequence[Path] = (),
    isolation: Isolation = Isolation.FULL,
) -> ForkServer:
    """The fastest server that is safe on this system."""
    kind = ForkServer if sys.platform.startswith("linux") else FreshProcess
    return kind(preload, trusted=trusted, readable=readable, hidden=hidden, isolation=isolation)


def describe_isolation(cap: Isolation = Isolation.FULL) -> tuple[Isolation, tuple[Layer, ...]]:
    """The isolation level of this machine and its layers, found by putting all of them up once."""
    with ForkServer(None, trusted=False, isolation=cap) as server:
        return server.isolation, server.layers
