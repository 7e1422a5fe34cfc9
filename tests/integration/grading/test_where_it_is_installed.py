"""The package may lie anywhere, also beneath a folder that looks different from inside the sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import torchdojo
from torchdojo.library import shipped_root

GRADE = """
from pathlib import Path
from torchdojo.grading import Grader
from torchdojo.library import load_exercise

if __name__ == "__main__":
    exercise = load_exercise(Path("exercises/losses/focal-loss").resolve())
    with Grader(hidden=[Path("exercises").resolve()]) as grader:
        print(grader.grade(exercise, exercise.starter, seed=1).verdict)
        print(grader.grade(exercise, exercise.solution, seed=1).verdict)
"""


def test_a_package_beneath_the_temporary_folder_judges_as_everywhere(tmp_path: Path) -> None:
    source = Path(torchdojo.__file__).parent
    shutil.copytree(source, tmp_path / "torchdojo", ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    shutil.copytree(shipped_root() / "losses" / "focal-loss", tmp_path / "exercises" / "losses" / "focal-loss")
    (tmp_path / "grade.py").write_text(GRADE)
    ran = subprocess.run(
        [sys.executable, "grade.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.split() == ["runtime_error", "passed"], ran.stderr
