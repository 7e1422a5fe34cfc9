"""What works on this machine, and what to do about what does not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from torchdojo.app.compose import Dojo
from torchdojo.app.torch_presence import install_line, torch_is_installed
from torchdojo.domain.errors import DojoError

OLDEST_TORCH = (2, 9)
LITTLE_SPACE_MB = 200
IMPORT_SECONDS = 120

_DEVICES = """
import torch
found = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
if torch.backends.mps.is_available():
    found.append("Apple GPU (mps)")
print(", ".join(found))
"""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at. `cure` is what to do or type; "" when nothing need be done."""

    name: str
    state: Literal["ok", "warning", "failed"]
    fact: str
    cure: str = ""


def checkup(dojo: Dojo) -> list[HealthCheck]:
    """Look at Python, PyTorch, devices, isolation, database, space, content and proofs, in this order.

    Takes a few seconds: PyTorch is imported in a process of its own, and the walls of the sandbox are put up once.
    """
    checks = [_python(), _torch()]
    if torch_is_installed():
        checks.append(_devices())
    checks += [
        _guarded("isolation", _isolation),
        _guarded("database", lambda: _database(dojo)),
        _space(dojo),
        _guarded("content", lambda: _content(dojo)),
        _guarded("proofs", lambda: _proofs(dojo)),
    ]
    return checks


def _guarded(name: str, look: Callable[[], HealthCheck]) -> HealthCheck:
    """A doctor that falls ill helps nobody: whatever goes wrong becomes a finding."""
    try:
        return look()
    except DojoError as error:
        return HealthCheck(name, "failed", error.fact, error.cure)
    except Exception as error:
        fact = f"Looking at it failed: {type(error).__name__}: {error}"
        return HealthCheck(name, "failed", fact, "Report this message.")


def _python() -> HealthCheck:
    return HealthCheck("python", "ok", f"Python {platform.python_version()} at {sys.executable}")


def _torch() -> HealthCheck:
    if not torch_is_installed():
        fact = "PyTorch is not installed in this Python; nothing can be judged without it."
        return HealthCheck("pytorch", "failed", fact, f"Type: {install_line()}")
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return HealthCheck("pytorch", "warning", "PyTorch is there, but does not tell its version.")
    numbers = tuple(int(part) for part in version.split("+")[0].split(".")[:2] if part.isdigit())
    if numbers < OLDEST_TORCH:
        wanted = ".".join(map(str, OLDEST_TORCH))
        fact = f"PyTorch {version} is older than {wanted}, the oldest that was tried."
        return HealthCheck("pytorch", "warning", fact, f"If verdicts look wrong, type: {install_line()}")
    return HealthCheck("pytorch", "ok", f"PyTorch {version}")


def _devices() -> HealthCheck:
    """Asked in another process: torch must not be loaded into this one."""
    try:
        asked = subprocess.run(
            [sys.executable, "-c", _DEVICES], capture_output=True, text=True, timeout=IMPORT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        fact = f"Importing PyTorch took longer than {IMPORT_SECONDS} seconds."
        return HealthCheck("devices", "failed", fact, f"Try it by hand: {sys.executable} -c 'import torch'")
    if asked.returncode:
        last = (asked.stderr.strip().splitlines() or [f"exit status {asked.returncode}"])[-1]
        return HealthCheck("devices", "failed", f"PyTorch cannot be imported: {last}", f"Type: {install_line()}")
    cores = f"{os.cpu_count()} CPU cores"
    if not asked.stdout.strip():
        return HealthCheck("devices", "ok", f"{cores}, no accelerator (none is needed: device bugs are simulated)")
    return HealthCheck("devices", "ok", f"{cores}, {asked.stdout.strip()}")


def _isolation() -> HealthCheck:
    from torchdojo.sandbox import Isolation, describe_isolation

    level, layers = describe_isolation()
    standing = ", ".join(layer.name for layer in layers if layer.ok)
    missing = "; ".join(f"{layer.name} ({layer.reason})" for layer in layers if not layer.ok)
    fact = f"{level}: {standing or 'limits on time and memory only'}" + (f"; missing: {missing}" if missing else "")
    if level is Isolation.FULL:
        return HealthCheck("isolation", "ok", fact)
    if level is Isolation.PARTIAL:
        cure = "Nothing need be done: neither files nor network can be reached. More is possible outside a container."
        return HealthCheck("isolation", "warning", fact, cure)
    return HealthCheck("isolation", "warning", fact, "Run only code you trust on this machine.")


def _database(dojo: Dojo) -> HealthCheck:
    dojo.store.check()
    return HealthCheck("database", "ok", f"{dojo.store.place} is sound")


def _space(dojo: Dojo) -> HealthCheck:
    folder = Path(dojo.store.place).parent
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free >> 20
    if free < LITTLE_SPACE_MB:
        return HealthCheck("space", "warning", f"Only {free} MB are free at {folder}.", "Free some space on that disk.")
    return HealthCheck("space", "ok", f"{free / 1024:.1f} GB free at {folder}")


def _content(dojo: Dojo) -> HealthCheck:
    count = len(dojo.library.exercises())
    if faults := dojo.library.faults():
        more = f" ({len(faults) - 1} more like this)" if len(faults) > 1 else ""
        return HealthCheck("content", "failed", f"{faults[0].fact}{more}", faults[0].cure)
    if not count:
        return HealthCheck("content", "failed", "There are no exercises.", "Install torchdojo anew.")
    questions, guides = len(dojo.library.questions()), len(dojo.library.guides())
    return HealthCheck("content", "ok", f"{count} exercises, {questions} questions, {guides} guides")


def _proofs(dojo: Dojo) -> HealthCheck:
    exercises = dojo.library.exercises()
    bare = [exercise.id for exercise in exercises if dojo.library.proof(exercise) is None]
    if bare:
        fact = f"No current proof for: {', '.join(bare)}. They can be practised all the same."
        return HealthCheck("proofs", "warning", fact, f"Prove them here (minutes): torchdojo verify {bare[0]} --write")
    return HealthCheck("proofs", "ok", f"{len(exercises)} of {len(exercises)} exercises are proved")
