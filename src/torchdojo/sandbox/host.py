"""The owner's handle on one zygote: starting it, talking to it, ending it."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from torchdojo.sandbox import packets
from torchdojo.sandbox.folders import remove_tree
from torchdojo.sandbox.job import Isolation, Layer, Limits
from torchdojo.sandbox.running import Refused

_BOOT_SECONDS = 300.0
_SEND_SECONDS = 10.0
_LEAVE_SECONDS = 5.0

#: One thread each, or forks would hang on the first parallel operation; few arenas, since each reserves 64 MB.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
_KEPT_FROM_OURS = ("LD_LIBRARY_PATH",)
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[2]); from torchdojo.sandbox.zygote import main; main(int(sys.argv[1]))"
)


class ZygoteHost:
    """One zygote process with its guardian. Creating it returns at once; `await_ready` waits for the preload."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.isolation = Isolation.NONE
        self.layers: tuple[Layer, ...] = ()
        self.pid: int | None = None
        self.started = 0
        self.unfit_to_fork = False
        self._walls_known = bool(config["trusted"])
        self._ready = False
        self._broken = ""
        self._jobs: set[str] = set()
        self._retired = False
        self._gone = False
        self._boot_lock = threading.Lock()
        self._send_lock = threading.Lock()
        self._state_lock = threading.Lock()
        self._close_lock = threading.Lock()
        self._complaints = packets.anonymous_file()
        self._control, theirs = socket.socketpair()
        self._deadline = time.monotonic() + _BOOT_SECONDS
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        with theirs:
            try:
                self._folder = Path(tempfile.mkdtemp(prefix="torchdojo-"))
                self._process = _start_interpreter(theirs, self._complaints)
                packets.send(self._control, {**config, "base": str(self._folder)})
            except OSError as error:
                self._broken = f"the sandbox could not be started: {error}"

    @property
    def alive(self) -> bool:
        """Whether jobs can still be handed over."""
        return not self._gone and not self._broken and self._process is not None and self._process.poll() is None

    @property
    def gone(self) -> bool:
        """Whether it was closed."""
        return self._gone

    @property
    def ready(self) -> bool:
        """Whether it has said that it takes jobs."""
        return self._ready

    def await_walls(self) -> None:
        """Wait until the isolation level is known. Raises Refused when that fails."""
        self._advance(lambda: self._walls_known)

    def await_ready(self) -> None:
        """Wait until jobs are taken. Raises Refused when the zygote cannot get that far."""
        self._advance(lambda: self._ready)

    def is_ready(self) -> bool:
        """Whether jobs are taken already; does not wait."""
        with self._boot_lock:
            while not self._ready and not self._broken and select.select([self._control], [], [], 0)[0]:
                self._hear()
            return self._ready and self.alive

    def launch(self, name: str, limits: Limits, descriptors: list[int]) -> None:
        """Hand a job over. Raises OSError when the zygote is not there any more."""
        with self._state_lock:
            self._jobs.add(name)
            self.started += 1
        self._send({"start": name, "limits": asdict(limits)}, descriptors)

    def kill(self, name: str) -> None:
        """End a job; one that is over already is no error."""
        with suppress(OSError):
            self._send({"kill": name})

    def finished(self, name: str) -> None:
        """A job's pipes are closed; clear its folder away, and leave when it was the last of a retired zygote."""
        if self._folder is not None:
            remove_tree(self._folder / name)
        with self._state_lock:
            self._jobs.discard(name)
        self._leave_when_idle()

    def retire(self) -> None:
        """Take no more jobs and leave after the last one."""
        with self._state_lock:
            self._retired = True
        self._leave_when_idle()

    def destroy(self) -> None:
        """End the zygote at once, whatever state it is in; the kernel ends its jobs with it."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Make the zygote end its jobs and leave; returns when it is gone."""
        with self._close_lock:
            if self._gone:
                return
            with self._send_lock:
                self._gone = True
                self._control.close()
            if self._process is not None:
                try:
                    self._process.wait(_LEAVE_SECONDS)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
            if self._folder is not None:
                remove_tree(self._folder)
            self._complaints.close()

    def _leave_when_idle(self) -> None:
        with self._state_lock:
            leave = self._retired and not self._jobs
        if leave:  # Not in this thread, which has a job to start or to report on.
            threading.Thread(target=self.close, name="zygote-leaves", daemon=True).start()

    def _send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        with self._send_lock:
            if self._gone:
                raise ConnectionResetError("the fork server is closed")
            self._control.settimeout(_SEND_SECONDS)
            try:
                packets.send(self._control, message, descriptors)
            except OSError as error:
                # Half a message may be out, so nothing after it would be understood.
                self._broken = f"the sandbox has ended: {error}"
                self.destroy()
                raise

    def _advance(self, reached: Any) -> None:
        with self._boot_lock:
            while not reached() and not self._broken:
                self._hear()
            if self._broken:
                raise Refused(self._broken)

    def _hear(self) -> None:
        try:
            self._control.settimeout(max(0.001, self._deadline - time.monotonic()))
            received = packets.receive(self._control)
        except TimeoutError:
            self._broken = f"the sandbox was not ready after {_BOOT_SECONDS:.0f} s"
            self.destroy()
            return
        except OSError as error:
            received = None
            self._broken = str(error)
        if received is None:
            self._broken = f"the sandbox ended while it started. {self._complaint()}".strip()
            return
        message = received[0]
        match message["event"]:
            case "zygote":
                self.pid = message["pid"]
            case "walls":
                self.isolation = Isolation(message["isolation"])
                self.layers = tuple(Layer(*layer) for layer in message["layers"])
                self._walls_known = True
            case "ready":
                self._ready = True
            case "threads":
                self.unfit_to_fork = True
                self._broken = message["message"]
            case _:
                self._broken = message["message"]

    def _complaint(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read()[-4000:].decode("utf-8", "replace")


def _start_interpreter(control: socket.socket, complaints: BinaryIO) -> subprocess.Popen[bytes]:
    ours = str(Path(__file__).resolve().parents[2])
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM, str(control.fileno()), ours],
        env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT_FROM_OURS if name in os.environ},
        stdin=subprocess.DEVNULL,
        stdout=complaints,
        stderr=complaints,
        pass_fds=[control.fileno()],
        start_new_session=True,
        cwd="/",
    )
