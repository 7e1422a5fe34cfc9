"""What a judge needs in memory before it is forked, so that a grading starts in milliseconds."""

from __future__ import annotations

import torch

torch.set_num_threads(1)

import pytest  # noqa: E402, F401  checks are written with it
import torch._dynamo  # noqa: E402  the first optimizer step would import it otherwise, at 1.4 s

import torchdojo.judge.main  # noqa: E402, F401
from torchdojo.crossing.first_use import use_everything_once  # noqa: E402
from torchdojo.judge.rehearsal import rehearse  # noqa: E402
from torchdojo.probes import probes  # noqa: E402


def warm() -> None:
    """Pay the first-use costs of what every grading does."""
    probes()
    use_everything_once()
    rehearse()
