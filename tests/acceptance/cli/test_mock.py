"""A mock interview through a pipe: begun, left, gone on with, scored, compared."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.warm_python import WarmPython


@pytest.fixture
def torchdojo(tmp_path: Path, warm_python: WarmPython):  # type: ignore[no-untyped-def]
    environment = {**os.environ, "TORCHDOJO_HOME": str(tmp_path / "data"), "COLUMNS": "100", "NO_COLOR": "1"}

    def call(*words: str, keys: str = "", status: int = 0) -> str:
        command = [warm_python.executable, "-m", "torchdojo", *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, input=keys)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return call


def test_a_mock_interview_through_a_pipe(torchdojo, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    begun = torchdojo("mock", "tiny-regressor", "--minutes", "20", keys="\nd\nIt starts.\ny\nn\n")
    assert "Welcome. This is a debugging interview" in begun
    assert "Any machine will do" in begun
    assert "Everything is kept" in begun
    assert (tmp_path / "exercise3_bugged.py").exists()
    assert "--resume" in torchdojo("mock", "concepts", "--resume", status=2)
    ended = torchdojo("mock", "--resume", keys="\n\ne\ny\n" + "m\n" * 5 + "n\n" * 3)
    assert "1 Overview" in ended
    assert " of 100" in ended
    assert "The last ones" not in ended
    assert "no mock interview to go on with" in torchdojo("mock", "--resume", status=2)
    again = torchdojo("mock", "tiny-regressor", keys="\ne\ny\n" + "s\n" * 5)
    assert "The last ones" in again
    assert "this one" in again
    room = re.search(r"interview replay (\S+)", again)
    assert room is not None
    assert "0:00  stage   0 Setup" in torchdojo("interview", "replay", room[1], "--text")
    assert f"/i/{room[1]}/" in torchdojo("interview", "replay", room[1])
