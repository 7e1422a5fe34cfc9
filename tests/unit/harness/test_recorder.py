"""The recorder changes nothing about a run, notes what happened, and leaves torch as it found it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys

import pytest
import torch

from torchdojo.harness.options import Options
from torchdojo.harness.running import Run
from torchdojo.harness.script import record_script

SCRIPT = """
import torch
from torch import nn
torch.manual_seed(3)
x, y = torch.randn(96, 4), torch.randint(0, 3, (96,))
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for rows in torch.randperm(96).split(16):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        print(repr(loss.item()))
    model.eval()
    with torch.no_grad():
        print(repr(model(x).sum().item()))
"""


def printed(action) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        action()
    return out.getvalue()


def test_a_recorded_run_prints_the_same_bits():
    plain = printed(lambda: exec(compile(SCRIPT, "script.py", "exec"), {"__name__": "__main__"}))
    assert printed(lambda: record_script(SCRIPT)) == plain
    assert plain.count("\n") == 21


def test_torch_is_left_as_it_was():
    watched = [
        (torch.nn.Module, "__call__"),
        (torch.nn.functional, "cross_entropy"),
        (torch.nn.functional, "linear"),
        (torch.autograd, "backward"),
        (torch.autograd, "grad"),
        (torch.optim.Optimizer, "__init__"),
        (torch.optim.Optimizer, "zero_grad"),
        (torch.utils.data.DataLoader, "__iter__"),
    ]
    before = [getattr(owner, name) for owner, name in watched]
    printed(lambda: record_script(SCRIPT))
    assert [getattr(owner, name) for owner, name in watched] == before


def test_the_trace_tells_what_happened():
    trace = None

    def run():
        nonlocal trace
        trace = record_script(SCRIPT)

    printed(run)
    assert len(trace.training_forwards) == len(trace.steps) == 18
    assert [len(p) for p in trace.evaluation_passes] == [1, 1, 1]
    training, evaluation = trace.training_forwards[0], trace.evaluation_passes[0][0]
    assert (training["train_leaves"], training["eval_leaves"], training["out_grad"]) == (2, 0, True)
    assert (evaluation["train_leaves"], evaluation["eval_leaves"], evaluation["out_grad"]) == (0, 2, False)
    assert training["shape"] == [16, 4]
    assert trace.place(training) == "line 12"
    # The rows of an epoch are the rows of the evaluation, in another order.
    seen = sorted(row for forward in trace.training_forwards[:6] for row in forward["rows"])
    assert seen == sorted(evaluation["rows"])
    assert trace.end["how"] == "finished"
    assert trace.end["patched"] == []


@pytest.mark.parametrize(
    ("script", "how", "error", "line"),
    [
        ("x = 1\nraise ValueError('no')\n", "exception", "ValueError", 2),
        ("def f():\n    return 1 / 0\nf()\n", "exception", "ZeroDivisionError", 2),
        ("import sys\nsys.exit(0)\n", "exit", None, 2),
        ("x = (\n", "exception", "SyntaxError", 1),
        ("import no_such_module\n", "exception", "ModuleNotFoundError", 1),
        ("name = input('who? ')\n", "exception", "EOFError", 1),
    ],
)
def test_the_end_says_how_and_where(script, how, error, line):
    with contextlib.redirect_stderr(io.StringIO()) as told:
        end = record_script(script).end
    assert (end["how"], end["error"], end["line"]) == (how, error, line)
    assert "torchdojo" not in told.getvalue()
    if error is not None:
        assert error in told.getvalue()


def test_a_replaced_recorder_is_noticed():
    script = "import torch\ntorch.nn.functional.cross_entropy = lambda *a, **k: None\n"
    try:
        assert record_script(script).end["patched"] == ["torch.nn.functional.cross_entropy"]
    finally:
        assert torch.nn.functional.cross_entropy(torch.zeros(1, 2), torch.zeros(1, dtype=torch.long)).item() > 0.6


def test_a_run_stops_where_it_was_asked_to():
    run = Run(SCRIPT, "script.py", Options(stop_steps=8, stop_evaluations=1))
    trace = None

    def go():
        nonlocal trace
        trace = run.run()

    printed(go)
    assert trace.end["how"] == "stopped"
    assert len(trace.steps) == 8
    assert len(trace.evaluation_passes) == 1


def test_the_judges_rows_replace_the_scripts_own_in_their_form():
    script = (
        "import numpy as np\n"
        "def make():\n    return np.zeros(6), np.zeros((6, 1), dtype=np.float32)\n"
        "x, y = make()\nprint(x.tolist(), y.ravel().tolist(), x.dtype, y.dtype)\n"
    )
    data = (torch.arange(4.0).unsqueeze(1), torch.arange(4.0).unsqueeze(1) + 10)
    told = printed(lambda: record_script(script, options=Options(replace_data="make", data=data)))
    assert told == "[0.0, 1.0, 2.0, 3.0, 0.0, 1.0] [10.0, 11.0, 12.0, 13.0, 10.0, 11.0] float64 float32\n"


def test_compiled_models_do_not_stop_it():
    script = SCRIPT.replace("optimizer = ", 'model = torch.compile(model, backend="eager")\noptimizer = ')
    trace = None

    def go():
        nonlocal trace
        trace = record_script(script)

    printed(go)
    assert trace.end["how"] == "finished"
    assert len(trace.steps) == 18


#: Run by an interpreter of its own: a process with threads, such as a worker of pytest's, is not to be forked.
FORKING = """
import os, sys
from torchdojo.harness.options import Options
from torchdojo.harness.running import Run

def send(header, tensors):
    with open("said", "a") as file:
        file.write(f"{os.getpid()} {header['type']}\\n")

run = Run(sys.stdin.read(), "script.py", Options(capture_steps=2, capture_evaluation=True), send)
print("\\nended", run.run().end["how"], os.getpid())
"""


def test_a_process_that_the_script_forks_says_nothing_to_the_judge(tmp_path):
    forking = SCRIPT.replace("for epoch in range(3):", "import os\nchild = os.fork()\nfor epoch in range(3):")
    forking += "if child == 0:\n    os._exit(0)\nos.waitpid(child, 0)\n"
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", FORKING], input=forking, capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    _, how, pid = done.stdout.splitlines()[-1].split()
    assert how == "finished", done.stderr
    lines = [line.split() for line in (tmp_path / "said").read_text().splitlines()]
    assert {speaker for speaker, _ in lines} == {pid}
    assert [kind for _, kind in lines].count("captured") == 2
