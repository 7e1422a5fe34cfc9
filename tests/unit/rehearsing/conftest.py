"""What the tests of rehearsals share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.rehearsing.kit import Times, dojo_in_memory

from torchdojo.app.compose import Dojo


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def dojo(tmp_path: Path, times: Times) -> Iterator[Dojo]:
    with dojo_in_memory(tmp_path / "data", times) as opened:
        yield opened
