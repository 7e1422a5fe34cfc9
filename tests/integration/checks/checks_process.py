"""The submission's process for checks that run under pytest: the real serving job, without the sandbox around it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from torchdojo.domain.exercise import Exercise
from torchdojo.patience import Deadline
from torchdojo.wire import Channel, Frame, TensorData, WireClosed


class LocalJob:
    """What a CandidateJob offers, for a process of our own."""

    def __init__(self, exercise: Exercise, source: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="torchdojo-checks-")
        (Path(self._folder.name) / exercise.filename).write_text(source, encoding="utf-8")
        support = exercise.folder / "support.py"
        request = {
            "filename": exercise.filename,
            "forbid": list(exercise.forbid),
            "support": support.read_text(encoding="utf-8") if support.exists() else None,
        }
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno()), self._folder.name, json.dumps(request)],
                pass_fds=[theirs.fileno()],
            )
        self._channel = Channel(ours)

    def send(self, header: Mapping[str, Any], tensors: Mapping[str, TensorData] | None = None) -> None:
        """Like CandidateJob.send."""
        try:
            self._channel.send(header, tensors)
        except WireClosed:
            pass

    def next_frame(self, deadline: Deadline) -> Frame:
        """Like CandidateJob.next_frame."""
        return self._channel.receive(deadline.at_the_earliest())

    def kill(self) -> None:
        """End the process, and all it had."""
        self._process.kill()
        self._process.wait()
        self._channel.close()
        self._folder.cleanup()


def _serve(descriptor: int, folder: str, request: str) -> int:
    import torch

    from torchdojo.harness.serving import run

    torch.set_num_threads(1)
    channel = socket.socket(fileno=descriptor)
    return run(SimpleNamespace(channel=channel, workdir=Path(folder), request=json.loads(request)))


if __name__ == "__main__":
    sys.exit(_serve(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
