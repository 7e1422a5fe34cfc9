"""The process that runs a user's script, diagnosed: started, waited for, and asked what it saw."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any

_PROGRAM = str(Path(__file__).parents[1] / "diagnosis")

#: A script that was stopped has so long to leave after its dossier is there; one that listens to nothing, so long
#: after its time is up.
_GRACE_SECONDS = 3.0
_DEAF_SECONDS = 120.0
_LOOK_SECONDS = 0.05

#: The third Ctrl-C is not the script's any more.
_MOST_INTERRUPTS = 3


def run_diagnosed(
    script: str, argv: Sequence[str], *, steps: int | None, seconds: float | None, stdout: int | None = None
) -> tuple[dict[str, Any] | None, int]:
    """Run the script to its end; its dossier, None when it died without one, and the exit status of its process.

    Its three standard streams are ours, but for `stdout`, a file descriptor, when that is given.
    """
    with tempfile.TemporaryFile() as file:
        request = {"steps": steps, "seconds": seconds, "file": file.fileno()}
        # Python prepends the folder of a program to its path, never a folder of the user's: nothing there is ours.
        command = [sys.executable, _PROGRAM, json.dumps(request), script, *argv]
        with _interruptible() as interrupts:
            process = subprocess.Popen(command, pass_fds=[file.fileno()], stdout=stdout)
            interrupts.process = process
            _wait(process, file, interrupts, None if seconds is None else time.monotonic() + seconds + _DEAF_SECONDS)
        return _dossier(file), process.returncode


class _Interrupts:
    """Ctrl-C is for the script; the first two of them are its own affair."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.count = 0

    def interrupted(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        # At a terminal the script hears of it without us.
        if self.process is not None and not _in_foreground():
            self.process.send_signal(signal.SIGINT)

    def ended(self, number: int, frame: FrameType | None) -> None:
        if self.process is not None:
            self.process.terminate()


@contextmanager
def _interruptible() -> Iterator[_Interrupts]:
    interrupts = _Interrupts()
    before = {signal.SIGINT: signal.getsignal(signal.SIGINT), signal.SIGTERM: signal.getsignal(signal.SIGTERM)}
    # Functions, not SIG_IGN: what is ignored would be ignored in the script as well.
    signal.signal(signal.SIGINT, interrupts.interrupted)
    signal.signal(signal.SIGTERM, interrupts.ended)
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(process: subprocess.Popen[bytes], file: IO[bytes], interrupts: _Interrupts, last: float | None) -> None:
    leaving: float | None = None
    while True:
        try:
            process.wait(_LOOK_SECONDS)
            return
        except subprocess.TimeoutExpired:
            pass
        if interrupts.count >= _MOST_INTERRUPTS or (last is not None and time.monotonic() > last):
            process.kill()
        elif leaving is None and _stopped(file):
            leaving = time.monotonic() + _GRACE_SECONDS
        elif leaving is not None and time.monotonic() > leaving:
            # A thread or a child of a script that was stopped holds it.
            process.kill()


def _stopped(file: IO[bytes]) -> bool:
    """Whether the dossier is there, and is that of a script that was not let run to its end."""
    if os.fstat(file.fileno()).st_size == 0:
        return False
    dossier = _dossier(file)
    return dossier is not None and dossier["end"]["how"] == "stopped"


def _dossier(file: IO[bytes]) -> dict[str, Any] | None:
    text = os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
    if not text.endswith(b"\n"):
        return None
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    return found


def _in_foreground() -> bool:
    """Whether a terminal sends what is typed there to our whole group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
