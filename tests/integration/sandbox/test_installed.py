"""Installed from a wheel, our package lies among the libraries a job may read; it stays closed all the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import torchdojo

SCRIPT = """
import sys
from torchdojo.sandbox import ForkServer, Isolation, Job, Limits

level, *paths = sys.argv[1:]
with ForkServer("sandbox_jobs", trusted=False, isolation=Isolation(level)) as server:
    job = Job("sandbox_jobs:read", {"paths": paths}, {}, Limits(30, 30, 256, 64))
    print(server.start(job).wait(60).output.decode())
"""


@pytest.mark.parametrize("level", ["full", "partial"])
def test_neighbours_are_readable_and_our_answers_are_not(tmp_path: Path, jobs_folder: Path, level: str) -> None:
    site = tmp_path / "site-packages"
    package = site / "torchdojo"
    ours = Path(torchdojo.__file__).parent
    shutil.copytree(ours / "sandbox", package / "sandbox")
    shutil.copy(ours / "patience.py", package)
    (package / "__init__.py").touch()
    answer = package / "_content" / "exercises" / "solution.py"
    answer.parent.mkdir(parents=True)
    answer.write_text("the answer")
    neighbour = site / "neighbour.py"
    neighbour.write_text("something = 1")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, level, str(neighbour), str(answer), str(package / "__init__.py")],
        env=os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{jobs_folder}"},
        capture_output=True,
        text=True,
        check=True,
    )
    looked = [answers[0] for answers in json.loads(done.stdout).values()]
    assert looked[0] == "done"
    assert "done" not in looked[1:]
    assert answer.read_text() == "the answer"
