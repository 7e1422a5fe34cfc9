"""An exercise's checks without any protection: the solution as a plain module in the process of the checks.

As a pytest plugin it gives the fixtures of checks.py: PYTHONPATH=. pytest -p benchmarks.unprotected .../checks.py
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from torchdojo.crossing import Counted, Counter


class Unprotected:
    """What checks ask of `submission`, answered by the module itself."""

    def __init__(self, module: ModuleType, support: ModuleType | None) -> None:
        self._module = module
        self.torch = torch
        self.support = support

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def keep(self, value: Any) -> Any:
        """Values are where they are."""
        return value

    @contextmanager
    def counting(self) -> Iterator[Counted]:
        """Counts what the block does, the checks' own work in it included."""
        counted, counter = Counted(), Counter()
        with counter:
            yield counted
        final = counter.counted()
        for name in Counted.__slots__:
            setattr(counted, name, getattr(final, name))


def _gradients(module: torch.nn.Module) -> dict[str, Any]:
    return {name: None if p.grad is None else p.grad.detach().clone() for name, p in module.named_parameters()}


# A handle of a module can do this, a module cannot.
torch.nn.Module.gradients = _gradients  # type: ignore[assignment]


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> None:
    """checks.py may import its folder's support.py by name."""
    if module_path.name == "checks.py":
        support_of(module_path.parent)


@pytest.fixture(scope="module")
def submission(request: pytest.FixtureRequest) -> Unprotected:
    """The solution."""
    return unprotected(request.path.parent)


@pytest.fixture(scope="module")
def reference(request: pytest.FixtureRequest) -> ModuleType:
    """The solution once more."""
    return load(request.path.parent / "solution.py", "solution")


@pytest.fixture
def rng() -> torch.Generator:
    """Some numbers."""
    return torch.Generator().manual_seed(0)


def unprotected(folder: Path) -> Unprotected:
    """The exercise's solution as its checks may have it."""
    return Unprotected(load(folder / "solution.py", "submission"), support_of(folder))


def support_of(folder: Path) -> ModuleType | None:
    """support.py under its name, when the exercise has one."""
    return load(folder / "support.py", "support") if (folder / "support.py").exists() else None


def load(path: Path, name: str) -> ModuleType:
    """A module of that name from a file, freshly executed."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_all(folder: Path) -> SimpleNamespace:
    """Run every case of every check here and now; how many there were. Raises what a check raises."""
    from torchdojo.judge.checks import checks_of, load_checks

    loaded = load_checks(folder)
    answers = Unprotected(load(folder / "solution.py", "submission"), sys.modules.get("support"))
    cases = 0
    for check in checks_of(loaded.checks):
        for case in check.cases:
            torch.default_generator.manual_seed(0)
            given = {"submission": answers, "reference": loaded.reference, "rng": torch.Generator().manual_seed(0)}
            check.function(**{name: given.get(name, case.values.get(name)) for name in check.asks})
            cases += 1
    return SimpleNamespace(cases=cases)
