"""What holds for every test."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from tests.warm_python import WarmPython

# Several workers on few cores: threads that wait for each other by spinning cost three times what the test costs.
# Set before anything imports torch, and inherited by what the tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is slow, not broken.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def warm_python():
    """Starts programs that import torch in no time."""
    with WarmPython() as running:
        yield running
