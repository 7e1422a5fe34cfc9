"""Fork servers shared by the sandbox tests, one per isolation level."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from torchdojo.sandbox import ForkServer, Isolation, Job, Limits, Outcome

ROOMY = Limits(wall_seconds=30, cpu_seconds=30, memory_mb=256, output_kb=64)


@pytest.fixture(scope="session", autouse=True)
def jobs_folder() -> Iterator[Path]:
    """The folder of the jobs' module, importable while the tests run."""
    folder = Path(__file__).parent / "jobs"
    sys.path.append(str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "answer.txt").write_text("42")
    return folder


@pytest.fixture(scope="session", params=[Isolation.FULL, Isolation.PARTIAL], ids=str)
def server(request: pytest.FixtureRequest, hidden: Path, jobs_folder: Path) -> Iterator[ForkServer]:
    """A server for untrusted jobs at each level this machine has."""
    with ForkServer("sandbox_jobs", trusted=False, hidden=[hidden], isolation=request.param) as server:
        if server.isolation is not request.param:
            pytest.skip(f"this machine offers {server.isolation} only: {server.layers}")
        yield server


@pytest.fixture(scope="session")
def job() -> Callable[..., Job]:
    """A job of `sandbox_jobs` by name, with roomy limits unless some are named."""

    def job(name: str, request: Any = None, *, files: Any = None, **limits: Any) -> Job:
        return Job(f"sandbox_jobs:{name}", request or {}, files or {}, replace(ROOMY, **limits))

    return job


@pytest.fixture
def run(server: ForkServer, job: Callable[..., Job]) -> Callable[..., Outcome]:
    """Run one of `sandbox_jobs` to its end."""

    def run(name: str, request: Any = None, **more: Any) -> Outcome:
        return server.start(job(name, request, **more)).wait(60)

    return run


@pytest.fixture
def ask(run: Callable[..., Outcome]) -> Callable[..., Any]:
    """Run one of `sandbox_jobs` and return what it reported as JSON."""

    def ask(name: str, request: Any = None, **more: Any) -> Any:
        outcome = run(name, request, **more)
        assert outcome.status == "ok", outcome
        return json.loads(outcome.output.splitlines()[-1])

    return ask
