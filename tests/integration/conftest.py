"""What the tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from torchdojo.grading import Grader


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """One grader for all: its warm processes take seconds to start, and every job is a fork that leaves no trace."""
    with Grader() as running:
        yield running
