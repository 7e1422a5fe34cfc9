"""`torchdojo.recording()` in a program and in a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import torchdojo
from torchdojo.domain.finding import Severity


def train(steps: int, *, clear: bool) -> None:
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.randn(64, 4)
    y = (x.sum(1) > 0).long()
    for _ in range(steps):
        if clear:
            optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()


def test_findings_name_the_line_of_the_callers_file():
    with torchdojo.recording() as run:
        train(30, clear=False)
    [finding] = run.findings
    assert (finding.kind, finding.severity) == ("missing-zero-grad", Severity.BUG)
    line = next(n for n, text in enumerate(Path(__file__).read_text().splitlines(), 1) if "optimizer.step()" in text)
    assert finding.where.endswith(f"{Path(__file__).name}:{line}, train")
    assert "missing-zero-grad" in repr(run)


def test_a_clean_block_says_what_could_not_be_seen():
    with torchdojo.recording() as run:
        train(30, clear=True)
    assert run.findings == ()
    assert "missing-eval-mode" in run.not_applicable
    assert "30 updates" in repr(run)


def test_torch_is_as_it_was_before_afterwards():
    before = nn.Module.__call__, nn.functional.linear, torch.autograd.backward
    with torchdojo.recording(), pytest.raises(ZeroDivisionError):
        _ = 1 / 0
    assert (nn.Module.__call__, nn.functional.linear, torch.autograd.backward) == before


def test_an_error_in_the_block_passes_and_what_was_seen_is_judged():
    run = torchdojo.recording()
    with pytest.raises(ValueError, match="enough"), run:
        train(30, clear=False)
        raise ValueError("enough")
    assert [finding.kind for finding in run.findings] == ["missing-zero-grad"]


def test_a_recording_is_used_once_and_by_itself():
    with torchdojo.recording() as run:
        with pytest.raises(RuntimeError, match="inside each other"), torchdojo.recording():
            pass
        with pytest.raises(RuntimeError, match="before the 'with' block has ended"):
            _ = run.findings
    with pytest.raises(RuntimeError, match="used already"), run:
        pass
    with torchdojo.recording():
        train(2, clear=True)


def test_importing_torchdojo_loads_nothing_heavy():
    code = "import sys, torchdojo; assert not {'torch', 'numpy', 'rich', 'click'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_in_a_notebook_places_are_cells():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.run_cell("import torch, torchdojo", store_history=True).raise_error()
        lines = [
            "with torchdojo.recording() as run:",
            "    model = torch.nn.Linear(2, 1)",
            "    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)",
            "    for _ in range(30):",
            "        model(torch.ones(4, 2)).sum().backward()",
            "        optimizer.step()",
        ]
        shell.run_cell("\n".join(lines), store_history=True).raise_error()
        found = shell.user_ns["run"].findings
        assert [(finding.kind, finding.where) for finding in found if finding.kind == "missing-zero-grad"] == [
            ("missing-zero-grad", "In[2]:6")
        ]
    finally:
        InteractiveShell.clear_instance()
