"""What a verdict costs beyond the submission's own work, against a cold pytest of the same work."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, median, quantile
from torchdojo.grading import Grader
from torchdojo.library import load_exercise, shipped_root

#: It builds a model and looks at it: no training, so that nearly everything measured is ours.
TRIVIAL = """
import torch
from torch import nn

model = nn.Linear(2, 3)
print(model(torch.zeros(1, 2)).shape)
"""

TEST = f"""
def test_submission(capsys):
    exec(compile({TRIVIAL!r}, "submission.py", "exec"), {{"__name__": "__main__"}})
    assert "torch.Size([1, 3])" in capsys.readouterr().out
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Median and 95th percentile of a verdict, both against the median cold pytest; alternating."""
    exercise = load_exercise(shipped_root() / "debugging" / "tiny-regressor")
    ours: list[float] = []
    cold: list[float] = []
    with tempfile.TemporaryDirectory() as folder, Grader() as grader:
        test = Path(folder) / "test_submission.py"
        test.write_text(TEST)
        grader.grade(exercise, TRIVIAL, seed=0)
        for _ in range(3 if quick else 7):
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
                check=True,
                capture_output=True,
                cwd=folder,
            )
            cold.append(time.perf_counter() - began)
            for _ in range(5 if quick else 10):
                began = time.perf_counter()
                report = grader.grade(exercise, TRIVIAL, seed=0)
                ours.append(time.perf_counter() - began)
                if report.verdict == "internal_error":
                    raise RuntimeError(report.message)
    level = report.isolation
    yield Figure(f"verdict, median ({level} isolation) / cold pytest", median(ours), median(cold), 1 / 50)
    yield Figure(f"verdict, 95th percentile / cold pytest (n={len(ours)})", quantile(ours, 0.95), median(cold), 1 / 30)
