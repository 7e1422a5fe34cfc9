"""What holds for every test."""

from __future__ import annotations

import pytest
from hypothesis import settings
from tests.warm_python import WarmPython

# A busy machine is slow, not broken.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def warm_python():
    """Starts programs that import torch in no time."""
    with WarmPython() as running:
        yield running
