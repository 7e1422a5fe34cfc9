"""Where the examples in texts are run: in a fresh Python, or, for many, in forks of one that has PyTorch loaded.

Those that a reader can run are run where the reader's run: in the sandbox, under its limits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torchdojo.domain.blocks import BlockRun
from torchdojo.sandbox import ForkServer, Job, Limits, Status, open_server

#: An example is an illustration; one that takes longer belongs into the exercise.
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ran:
    """What a script printed, and the last line of what ended it; "" when it came to its end."""

    printed: str
    failed: str = ""


class RunScript(Protocol):
    """Run `source` as a program in a folder with `files`. Raises TimeoutError after SECONDS."""

    def __call__(self, source: str, files: Mapping[str, str]) -> Ran: ...


def run_fresh(source: str, files: Mapping[str, str]) -> Ran:
    """In a Python of its own, which imports everything anew."""
    with tempfile.TemporaryDirectory(prefix="torchdojo-block-") as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        found = f"import sys; sys.path.insert(0, {folder!r})\n"
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", found + source],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return Ran(done.stdout, last if done.returncode else "")


def as_readers_run(run_block: Callable[[str], BlockRun]) -> RunScript:
    """As the button at the program does it; a warning counts as printed, because the reader sees it."""

    def run(source: str, files: Mapping[str, str]) -> Ran:
        if files:
            raise ValueError("a reader's run has no files beside the program")
        ran = run_block(source)
        last = (ran.printed.strip().splitlines() or ["no message"])[-1]
        return Ran(ran.printed, "" if ran.finished else ran.told or last)

    return run


class WarmScripts:
    """Runs scripts in forks of one process, so that importing PyTorch is paid for once. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: ForkServer | None = None

    def __call__(self, source: str, files: Mapping[str, str]) -> Ran:
        """Run `source` as a program in a folder with `files`. Raises TimeoutError after SECONDS."""
        job = Job(
            entry="torchdojo.authoring.script_job:run",
            request={"source": source},
            files={name: text.encode() for name, text in files.items()},
            limits=Limits(SECONDS, SECONDS, memory_mb=8192, output_kb=1024),
        )
        outcome = self._started().start(job).wait()
        if outcome.status is Status.TIME_LIMIT:
            raise TimeoutError
        try:
            said = json.loads(outcome.output)
            return Ran(str(said["printed"]), str(said["failed"]))
        except (ValueError, KeyError, TypeError):
            last = (outcome.message.strip().splitlines() or ["no message"])[-1]
            return Ran("", f"{outcome.status}: {last}")

    def __enter__(self) -> WarmScripts:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    def _started(self) -> ForkServer:
        with self._lock:
            if self._server is None:
                # The first optimizer step of every script would import it otherwise.
                self._server = open_server("torch._dynamo", trusted=True)
            return self._server
