"""The rehearsals before the first fork leave no trace that a submission could find."""

from __future__ import annotations

import gc
import linecache
import os
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from torchdojo.crossing.first_use import use_everything_once
from torchdojo.harness.serving.rehearsal import rehearse


def _traces() -> dict[str, Any]:
    gc.collect()  # What earlier tests left to the garbage collector may close now, and not in between.
    return {
        "modules": {name for name in sys.modules if not name.startswith(("torch", "numpy"))},
        "sources": {name for name in linecache.cache if name.startswith("<")},
        "descriptors": len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0,
        "threads": threading.active_count(),
        "torch's randomness": torch.get_rng_state().tolist(),
        "Python's randomness": random.getstate(),
        "NumPy's randomness": np.random.get_state()[1].tolist(),  # type: ignore[index, union-attr]
        "gradients wanted": torch.is_grad_enabled(),
        "usual dtype": torch.get_default_dtype(),
    }


@pytest.mark.parametrize("play", [rehearse, use_everything_once])
def test_nothing_is_left_of_it(play: Callable[[], None]) -> None:
    play()  # What libraries do once and keep is no trace of ours.
    before = _traces()
    play()
    assert _traces() == before
