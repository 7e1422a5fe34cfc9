"""checks.py is plain pytest: the same file gives the same verdicts there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.warm_python import WarmPython

from torchdojo.library import load_exercise, shipped_root, wrong_answers

HERE = Path(__file__).parent
FOCAL_LOSS = shipped_root() / "losses" / "focal-loss"
KIT = HERE.parent / "grading" / "implement_kit" / "zoo" / "kit"


def under_pytest(python: str, folder: Path, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    paths = [str(HERE), str(HERE.parents[2] / "src"), os.environ.get("PYTHONPATH", "")]
    plain = ["-q", "-p", "checks_plugin", "-p", "no:cacheprovider", "-c", str(tmp_path / "pytest.ini")]
    return subprocess.run(
        [python, "-m", "pytest", *plain, "--import-mode=importlib", *options, str(folder / "checks.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("folder", [FOCAL_LOSS, KIT], ids=lambda folder: folder.name)
def test_a_solution_passes(folder: Path, tmp_path: Path, warm_python: WarmPython) -> None:
    done = under_pytest(warm_python.executable, folder, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_answer_fails_where_it_is_declared_to(tmp_path: Path, warm_python: WarmPython) -> None:
    answer = next(a for a in wrong_answers(load_exercise(FOCAL_LOSS)) if a.file.name == "divided_by_positives.py")
    done = under_pytest(warm_python.executable, FOCAL_LOSS, tmp_path, "--submission", str(answer.file), "-x")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"::{answer.caught_by}[" in done.stdout.partition("short test summary")[2]
