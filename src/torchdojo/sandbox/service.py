"""The zygote's loop: fork on request, watch what runs, report what ended."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torchdojo.patience import MOST_PATIENCE
from torchdojo.sandbox import limits, namespaces, packets
from torchdojo.sandbox.census import descendants, in_namespace_of
from torchdojo.sandbox.child import Orders, become_job
from torchdojo.sandbox.job import Limits
from torchdojo.sandbox.keeper import ended, keep
from torchdojo.sandbox.walls import Walls

_TICK_SECONDS = 0.1

#: The owner keeps the deadline. This one is for an owner that is too busy to.
_BEYOND_THE_DEADLINE = 5.0
_TO_GET_STARTED = 240.0

_MB = 1024 * 1024

#: What importing the preload may take, for jobs that do that themselves.
_FRESH_IMPORT_BYTES = 768 * _MB


@dataclass
class _Running:
    job: str
    status: int
    limits: Limits
    folder: str | None
    kept: bool
    began: float = field(default_factory=time.monotonic)
    killed: str = ""


class Service:
    """Serves one owner until it hangs up, then ends every job."""

    def __init__(
        self,
        control: socket.socket,
        walls: Walls | None,
        own_namespace: int | None,
        base: str,
        preload: str | None,
        chores: Iterator[None],
        chores_after: float,
    ) -> None:
        self._control = control
        self._walls = walls
        self._own_namespace = own_namespace
        self._base = base
        self._preload = preload
        self._running: dict[int, _Running] = {}
        #: What makes forks cheaper is done while nobody waits for one.
        self._chores = chores
        self._has_chores = True
        self._chores_from = time.monotonic() + chores_after
        self._inherited = self._own_memory()
        self._wake, wake_end = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake_end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)

    def run(self) -> None:
        """Until the owner hangs up."""
        watch = select.poll()
        watch.register(self._control, select.POLLIN)
        watch.register(self._wake, select.POLLIN)
        try:
            while True:
                ready = {place for place, _ in watch.poll(self._patience())}
                if not ready and self._has_chores and time.monotonic() >= self._chores_from:
                    self._do_a_chore()
                if self._wake in ready:
                    os.read(self._wake, 4096)
                    self._reap()
                if self._control.fileno() in ready and not self._obey():
                    return
                self._watch_over()
        except ConnectionError:
            return
        finally:
            for pid, running in self._running.items():
                self._end(pid, running, "owner left")
            for pid in list(self._running):
                os.waitpid(pid, 0)

    def _patience(self) -> float | None:
        """Milliseconds to wait for a word; None for ever."""
        tick = _TICK_SECONDS * 1000 if self._running else None
        if not self._has_chores:
            return tick
        left = max(0.0, self._chores_from - time.monotonic()) * 1000
        return left if tick is None else min(left, tick)

    def _do_a_chore(self) -> None:
        try:
            self._has_chores = next(self._chores, self) is None
        except Exception:
            # They only save time; whatever is wrong will be met, and told, where it matters.
            self._has_chores = False
        if not self._has_chores:
            self._inherited = self._own_memory()

    def _own_memory(self) -> int:
        return limits.private_resident("self")[0] + (0 if self._preload is None else _FRESH_IMPORT_BYTES)

    def _obey(self) -> bool:
        received = packets.receive(self._control)
        if received is None:
            return False
        message, descriptors = received
        if "kill" in message:
            for pid, running in self._running.items():
                if running.job == message["kill"]:
                    self._end(pid, running, "asked")
        else:
            self._start(message, descriptors)
        return True

    def _start(self, message: dict[str, Any], descriptors: list[int]) -> None:
        order, output, report, status, *rest = descriptors
        bounds = Limits(**message["limits"])
        inside = self._walls is not None and self._walls.namespaces
        folder = None if inside else f"{self._base}/{message['start']}"
        kept = bounds.processes and not inside
        orders = Orders(
            order=order,
            output=output,
            report=report,
            channel=rest[0] if rest else None,
            limits=bounds,
            folder=folder,
            parent=os.getpid(),
            preload=self._preload,
        )
        try:
            pid = namespaces.fork_as_first(self._own_namespace) if self._own_namespace is not None else os.fork()
        except OSError as error:
            _tell(status, {"broken": f"no process could be started: {error}"})
            pid = -1
        if pid == 0:
            # Closing the socket object later would close a number that then means something else.
            self._control.detach()
            if kept:
                keep(orders, self._walls, status)
            os.close(status)
            become_job(orders, self._walls)
        for descriptor in (order, output, report, *rest):
            os.close(descriptor)
        if pid < 0:
            os.close(status)
        else:
            self._running[pid] = _Running(message["start"], status, bounds, folder, kept)

    def _reap(self) -> None:
        while self._running:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            running = self._running.pop(pid, None)
            if running is None:
                continue
            if not (running.kept and status == 0):  # A keeper that ended well has reported already.
                _tell(running.status, ended(status, usage, running.killed))
            os.close(running.status)

    def _watch_over(self) -> None:
        now = time.monotonic()
        for pid, running in self._running.items():
            bounds = running.limits
            if running.killed:
                continue
            if now - running.began > MOST_PATIENCE * (bounds.wall_seconds + _BEYOND_THE_DEADLINE) + _TO_GET_STARTED:
                self._end(pid, running, "time")
            if self._walls is None:
                continue
            members = self._members(pid, running)
            used = [limits.private_resident(member) for member in members]
            if len(members) > limits.MOST_PROCESSES or sum(threads for _, threads in used) > limits.MOST_THREADS:
                self._end(pid, running, "processes")
            # A worker's memory is its parent's until it writes, so only what goes beyond the warm base counts.
            growth = sum(max(0, resident - self._inherited) for resident, _ in used)
            if growth > (bounds.memory_mb + limits.WATCH_MARGIN_MB) * _MB:
                self._end(pid, running, "memory")
            if running.folder is not None and limits.folder_size(Path(running.folder)) > bounds.disk_mb * _MB:
                self._end(pid, running, "disk")

    def _members(self, pid: int, running: _Running) -> list[int]:
        if running.kept:
            return descendants(pid)
        if running.limits.processes:
            return in_namespace_of(pid)
        return [pid]

    def _end(self, pid: int, running: _Running, reason: str) -> None:
        running.killed = running.killed or reason
        try:
            if running.kept:
                _tell(running.status, {"killed": running.killed})
                os.kill(pid, signal.SIGTERM)  # The keeper puts everything below it away, reports and leaves.
                return
            os.kill(pid, signal.SIGKILL)
            os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # It ended on its own, or its group is only being made.


def _tell(status: int, message: dict[str, Any]) -> None:
    try:
        os.write(status, json.dumps(message).encode() + b"\n")
    except OSError:
        pass  # Its owner has given the job up.
