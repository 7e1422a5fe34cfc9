"""A grading's core is shared with no other grading."""

from __future__ import annotations

import os
import sys

import pytest

from torchdojo.judge.core import own_core

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nobody is given a core")

_NO_SUCH_CORES = {81_001, 81_002}


@pytest.fixture(autouse=True)
def cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: _NO_SUCH_CORES)


def test_gradings_at_the_same_time_get_different_cores_until_none_is_left() -> None:
    with own_core() as first, own_core() as second, own_core() as third:
        assert {first, second} == _NO_SUCH_CORES
        assert third is None


def test_a_core_is_free_again_after_the_grading() -> None:
    with own_core() as first:
        pass
    with own_core() as second:
        assert first == second is not None


def test_the_only_core_of_a_machine_is_left_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {81_001})
    with own_core() as core:
        assert core is None
