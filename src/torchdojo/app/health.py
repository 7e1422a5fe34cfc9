"""What works on this machine, and what to do about what does not."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from torchdojo.app.compose import Dojo
from torchdojo.app.torch_presence import install_line, torch_is_installed
from torchdojo.domain.errors import DojoError
from torchdojo.sandbox import Isolation, describe_isolation


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at. `state` is "ok", "warning" or "failed"; `cure` is "" when nothing is to be done."""

    name: str
    state: str
    fact: str
    cure: str = ""


def checkup(dojo: Dojo) -> list[HealthCheck]:
    """Look at everything; a check that breaks becomes a failed one, never an exception."""
    found: list[HealthCheck] = []
    for name, look in (
        ("Python", _python),
        ("PyTorch", _torch),
        ("Isolation", _isolation),
        ("Database", _database),
        ("Content", _content),
    ):
        found += _guarded(name, look, dojo)
    return found


def _guarded(name: str, look: Callable[[Dojo], Iterator[HealthCheck]], dojo: Dojo) -> list[HealthCheck]:
    try:
        return list(look(dojo))
    except DojoError as error:
        return [HealthCheck(name, "failed", error.fact, error.cure)]
    except Exception as error:
        return [HealthCheck(name, "failed", f"could not be looked at: {error!r}", "Please report this.")]


def _python(dojo: Dojo) -> Iterator[HealthCheck]:
    yield HealthCheck("Python", "ok", f"{platform.python_version()} at {sys.executable}, on {platform.system()}")


def _torch(dojo: Dojo) -> Iterator[HealthCheck]:
    if torch_is_installed():
        yield HealthCheck("PyTorch", "ok", f"{metadata.version('torch')}; device bugs need no accelerator to be judged")
    else:
        yield HealthCheck("PyTorch", "failed", "is not installed; nothing can be judged.", f"Type: {install_line()}")


def _isolation(dojo: Dojo) -> Iterator[HealthCheck]:
    level, layers = describe_isolation()
    missing = [layer for layer in layers if not layer.ok]
    names = ", ".join(layer.name for layer in layers if layer.ok) or "none"
    if level is Isolation.FULL:
        yield HealthCheck("Isolation", "ok", f"full: {names}")
        return
    reasons = "; ".join(f"{layer.name} ({layer.reason})" if layer.reason else layer.name for layer in missing)
    yield HealthCheck(
        "Isolation",
        "warning",
        f"{level}: {names}. Missing: {reasons}.",
        "Your own code is fine to run. Do not run a stranger's submission on this machine.",
    )


def _database(dojo: Dojo) -> Iterator[HealthCheck]:
    dojo.store.check()
    yield HealthCheck("Database", "ok", dojo.store.place)


def _content(dojo: Dojo) -> Iterator[HealthCheck]:
    faults = dojo.library.faults()
    for fault in faults:
        yield HealthCheck("Content", "failed", fault.fact, fault.cure)
    exercises = dojo.library.exercises()
    proved = sum(dojo.library.proof(exercise) is not None for exercise in exercises)
    if exercises:
        yield HealthCheck("Content", "ok", f"{len(exercises)} exercises, {proved} with a current proof")
    elif not faults:
        yield HealthCheck("Content", "failed", "No exercises were found.", "Install torchdojo again: pip install .")
