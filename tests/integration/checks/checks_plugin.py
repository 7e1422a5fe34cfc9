"""Run an exercise's checks.py under pytest itself: a plugin with the three fixtures that checks may ask for.

PYTHONPATH=tests/integration/checks pytest -p checks_plugin exercises/losses/focal-loss/checks.py
... --submission my_answer.py     judges that file instead of the solution
"""

from __future__ import annotations

import importlib.util
import secrets
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from checks_process import LocalJob

from torchdojo.checkers.purity import changes, forget_changes
from torchdojo.domain.exercise import Exercise
from torchdojo.judge.proxies import Candidate, Submission
from torchdojo.library import load_exercise
from torchdojo.patience import Deadline


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--submission", type=Path, help="the answer to judge, instead of the exercise's solution.py")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """checks.py may import its folder's support.py by name."""
    if module_path.name == "checks.py" and (module_path.parent / "support.py").exists():
        _load(module_path.parent / "support.py", "support")


@pytest.fixture(scope="module")
def exercise(request: pytest.FixtureRequest) -> Exercise:
    """The exercise whose checks these are."""
    return load_exercise(request.path.parent)


@pytest.fixture(scope="module")
def candidate(request: pytest.FixtureRequest, exercise: Exercise) -> Iterator[Candidate]:
    """A process that has loaded the submission."""
    file = request.config.getoption("--submission")
    source = exercise.solution if file is None else file.read_text(encoding="utf-8")
    job: Any = LocalJob(exercise, source)
    served = Candidate(job, secrets.token_hex(16), Deadline(600))
    served.load()
    missing = set(exercise.names) - set(served.begin())
    assert not missing, f"the file defines no {', '.join(missing)}"
    yield served
    job.kill()


@pytest.fixture
def submission(request: pytest.FixtureRequest, candidate: Candidate, exercise: Exercise) -> Iterator[Submission]:
    """What the learner wrote. Inputs that it changes without leave fail the check."""
    forget_changes()
    candidate.seed(_seed(request) + 1)
    torch.manual_seed(_seed(request) + 2)
    yield Submission(candidate, exercise.filename.removesuffix(".py"))
    assert not changes(), f"changed an input in place: {changes()[0]}"
    assert not candidate.left, f"left {candidate.left}"


@pytest.fixture(scope="module")
def reference(exercise: Exercise) -> ModuleType:
    """The solution, loaded here."""
    return _load(exercise.folder / "solution.py", "solution")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> torch.Generator:
    """The same numbers for a check whenever it runs."""
    return torch.Generator().manual_seed(_seed(request))


def _seed(request: pytest.FixtureRequest) -> int:
    return zlib.crc32(request.node.name.encode())


def _load(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
