"""Memory that one more concurrent grading takes for itself, against a cold process that runs the same script."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, median
from torchdojo.grading import Grader
from torchdojo.library import load_exercise, shipped_root

#: Trains, then stays: what it holds can be measured at leisure.
SCRIPT = """
import time

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(model.parameters())
for _ in range(20):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(torch.randn(64, 2)), torch.randint(0, 3, (64,))).backward()
    optimizer.step()
print("trained", flush=True)
time.sleep(SECONDS)
"""
STAY_SECONDS = 1.5


def measure(*, quick: bool) -> Iterator[Figure]:
    """USS of everything a grading adds, beside another grading that is already running; median of several."""
    exercise = load_exercise(shipped_root() / "debugging" / "tiny-regressor")
    script = SCRIPT.replace("SECONDS", str(STAY_SECONDS))
    ours: list[float] = []
    with Grader(concurrent=2) as grader:
        grader.warm_up()
        for _ in range(2 if quick else 4):
            first, one = _grading(grader, exercise, script)
            second, two = _grading(grader, exercise, script)
            ours.append(two - one)
            first.join()
            second.join()
    cold = [_cold(script) for _ in range(2)]
    yield Figure("one more concurrent grading / cold process", median(ours), median(cold), 1 / 10, unit="MB")


def _grading(grader: Grader, exercise: object, script: str) -> tuple[threading.Thread, float]:
    """A grading whose script has trained and sleeps, and what all processes below this one hold then."""
    trained = threading.Event()

    def watch(event: object) -> None:
        if "trained" in str(event):
            trained.set()

    thread = threading.Thread(target=lambda: grader.grade(exercise, script, seed=0, on_event=watch))  # type: ignore[arg-type]
    thread.start()
    trained.wait(30)
    time.sleep(0.1)
    return thread, sum(uss_mb(pid) for pid in [os.getpid(), *_descendants(os.getpid())])


def _cold(script: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.py"
        file.write_text(script)
        process = subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        held = uss_mb(process.pid)
        process.kill()
        process.communicate()
        return held


def _descendants(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    found = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return sorted(found - {root})
        found |= more


def uss_mb(pid: int) -> float:
    """Memory that a process has for itself, in MB; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024
