"""What `torchdojo diagnose` finds, what it wrongly alarms of, and what it costs.

Costs are seconds of the processor: everything runs on one thread, and what else a machine does is left out of them.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, median

TIMED = """
import time
import torch
from torch import nn

torch.manual_seed(0)
{setup}
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
x = torch.randn(2048, {width})
y = torch.randint(0, 10, (2048,))
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size={batch}, shuffle=True)


def steps(count):
    done = 0
    while done < count:
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
            done += 1
            if done == count:
                break


steps(3)
began = time.process_time()
steps({count})
print("seconds", time.process_time() - began)
"""
SLOW = TIMED.format(
    setup="model = nn.Sequential(nn.Linear(256, 1024), nn.ReLU(), nn.Linear(1024, 512), nn.ReLU(), nn.Linear(512, 10))",
    width=256,
    batch=128,
    count=200,
)
TOY = TIMED.format(
    setup="model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 10))",
    width=8,
    batch=32,
    count=1000,
)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Alarms and misses over the corpus, then the cost of two scripts, run alternately with and without."""
    yield from _found(quick=quick)
    for name, source, target in (("steps of 5 ms and more", SLOW, 1.15), ("a toy", TOY, 1.5)):
        yield from _cost(name, source, target, times=2 if quick else 7)


def _found(*, quick: bool) -> Iterator[Figure]:
    from tests.corpus_scripts import corpus_scripts

    from torchdojo.bugs import bug_kinds

    scripts = list(corpus_scripts())
    clean = [script for script in scripts if not script.kind]
    alarms = [script.name for script in clean[:: 5 if quick else 1] if any(f[1] == "bug" for f in _seen(script.source))]
    for name in alarms:
        print(f"    alarm on {name}", flush=True)
    checked = len(clean[:: 5 if quick else 1])
    yield Figure(f"clean scripts with an alarm (n={checked})", len(alarms), 1, 0, unit="")
    pairs = missed = 0
    for script in scripts[:: 5 if quick else 1]:
        for site in script.breaks or (("",) if script.by_hand else ()):
            source = bug_kinds()[script.kind].break_at(script.source, site) if site else script.source
            pairs += 1
            if not _attributed(source, script.kind, script.where):
                missed += 1
                print(f"    missed {script.name} {site}", flush=True)
    yield Figure(f"style pairs not told rightly (n={pairs})", missed, pairs, 0.05, unit="")


def _seen(source: str) -> list[tuple[str, str, str]]:
    """Kind, severity and place of all findings."""
    import torch

    from torchdojo.harness.options import Options
    from torchdojo.harness.recorder.watchers import watcher_names
    from torchdojo.harness.running import Run
    from torchdojo.probes import probes

    saved = sys.modules["__main__"], sys.argv
    torch.set_num_threads(1)
    nowhere = io.StringIO()
    try:
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trace = Run(source, "script.py", Options(watch=watcher_names())).run()
    finally:
        sys.modules["__main__"], sys.argv = saved
    found = [finding for probe in probes().values() for finding in probe.observe(trace).findings]
    return [(f.kind, str(f.severity), f.where) for f in found]


def _attributed(source: str, kind: str, where: str) -> bool:
    lines = source.splitlines()
    for found, _, place in _seen(source):
        if found == kind:
            named = [int(number) for number in re.findall(r"line (\d+)", place)]
            if not where or any(where in lines[number - 1] for number in named):
                return True
    return False


def _cost(name: str, source: str, target: float, *, times: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.py"
        script.write_text(source, encoding="utf-8")
        plain, diagnosed = [sys.executable, str(script)], [sys.executable, "-m", "torchdojo", "diagnose", str(script)]
        pairs = [(_timed(diagnosed), _timed(plain)) for _ in range(times)]
    for what, column in (("training alone", 0), ("whole command", 1)):
        theirs = median([plain[column] for _, plain in pairs])
        ratio = median([ours[column] / plain[column] for ours, plain in pairs])
        yield Figure(f"{name}, {what} (n={times})", ratio * theirs, theirs, target)


def _timed(command: list[str]) -> tuple[float, float]:
    """Seconds of the training inside, and of all of it."""
    source = str(Path(__file__).parents[1] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    inside = re.search(r"^seconds (\S+)$", done.stdout, re.MULTILINE)
    if inside is None:
        raise RuntimeError(f"{command} printed no time:\n{done.stdout}{done.stderr}")
    return float(inside[1]), whole
