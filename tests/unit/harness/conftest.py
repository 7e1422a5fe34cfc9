"""Scripts recorded in this process, with a small model and data at their head."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import torch

from torchdojo.domain.trace import Trace
from torchdojo.harness.options import Options
from torchdojo.harness.running import Run

HEAD = """
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 2)
y = (x[:, 0] * x[:, 1] > 0).long() + (x[:, 0] > 1).long()
net = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
"""


@pytest.fixture
def finished() -> Callable[..., Trace]:
    """Record a script that has to run to its end, without a fault of the recorder."""

    def record(body: str, **options: Any) -> Trace:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            run = Run(HEAD + textwrap.dedent(body), "script.py", Options(**options))
            trace = run.run()
        finally:
            torch.set_num_threads(threads)
        assert trace.end is not None
        assert trace.end["how"] == "finished", trace.end
        assert run.recorder.log.problem is None, run.recorder.log.problem
        return trace

    return record
