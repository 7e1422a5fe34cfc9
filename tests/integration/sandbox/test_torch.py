"""Training works inside the walls as it does outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from torchdojo.sandbox import ForkServer, Isolation, Job, Limits, Outcome, Status

pytest.importorskip("torch")

LIMITS = Limits(wall_seconds=60, cpu_seconds=60, memory_mb=1024, output_kb=64)

Train = Callable[..., Outcome]


@pytest.fixture(scope="module", params=[Isolation.FULL, Isolation.PARTIAL], ids=str)
def torch_server(request: pytest.FixtureRequest, jobs_folder: Path) -> Iterator[ForkServer]:
    with ForkServer("sandbox_torch", trusted=False, isolation=request.param) as server:
        if server.isolation is not request.param:
            pytest.skip(f"this machine offers {server.isolation} only")
        yield server


@pytest.fixture
def train(torch_server: ForkServer) -> Train:
    def train(name: str, **limits: Any) -> Outcome:
        return torch_server.start(Job(f"sandbox_torch:{name}", {}, {}, replace(LIMITS, **limits))).wait(120)

    return train


def test_training_saving_and_late_imports(train: Train) -> None:
    outcome = train("train")
    assert (outcome.status, outcome.output) == (Status.OK, b"True\n3.0\n"), outcome
    assert outcome.peak_mb < 100


def test_a_script_may_use_more_threads(train: Train) -> None:
    assert train("more_threads").output == b"600.0\n"


def test_tensors_that_do_not_fit_raise_an_error_the_script_can_read(train: Train) -> None:
    outcome = train("hoard", memory_mb=512)
    assert outcome.status is Status.OK, outcome
    held, readable = outcome.output.split()
    assert 400 < int(held) < 800
    assert readable == b"True"


def test_loader_workers_where_processes_are_allowed(train: Train) -> None:
    outcome = train("train_with_workers", processes=True)
    assert (outcome.status, outcome.output) == (Status.OK, b"True\n"), outcome


def test_loader_workers_are_refused_with_an_error_otherwise(train: Train) -> None:
    outcome = train("train_with_workers")
    assert outcome.status is Status.INTERNAL_ERROR
    assert "PermissionError" in outcome.message


def test_a_process_group_over_loopback(train: Train) -> None:
    outcome = train("process_group", processes=True, loopback=True)
    assert outcome.status is Status.OK, outcome
    assert outcome.output.endswith(b"[1.0, 1.0]\n")
