"""What a judge needs in memory before it is forked, so that a grading starts in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

import torch

torch.set_num_threads(1)

import pytest  # noqa: E402, F401  checks are written with it

import torchdojo.judge.computing.measuring  # noqa: E402  questions are made with it
import torchdojo.judge.main  # noqa: E402, F401
from torchdojo.crossing.first_use import use_computations_once, use_training_once  # noqa: E402
from torchdojo.domain.errors import BadContent  # noqa: E402
from torchdojo.judge.checks import compile_ahead  # noqa: E402
from torchdojo.judge.rehearsal import rehearse  # noqa: E402
from torchdojo.library import shipped_root  # noqa: E402
from torchdojo.probes import probes  # noqa: E402


def chores() -> Iterator[None]:
    """Steps that save every grading some work, to be taken one by one while nobody waits for one."""
    # Few judges train anything, and whoever wants a single verdict need not wait for what they need.
    use_training_once()
    yield
    try:
        root = shipped_root()
    except BadContent:
        return  # Only the user's own exercises are here.
    for folder in sorted(root.glob("*/*")):
        compile_ahead(folder)
        yield


def warm() -> None:
    """Pay the first-use costs of what every grading does."""
    probes()
    use_computations_once()
    rehearse()
