"""Finds out which walls stand on this machine by putting them all up once, in a process that then ends."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from torchdojo.sandbox import kernel, landlock, namespaces, syscalls
from torchdojo.sandbox.job import Isolation, Layer, Limits
from torchdojo.sandbox.readable import Readable
from torchdojo.sandbox.walls import Walls, breaches

NAMESPACES, FILES, LANDLOCK, SECCOMP = "namespaces", "private files", "Landlock", "seccomp"
RIGHTS, LIMITS = "no capabilities", "resource limits"
_ORDER = (NAMESPACES, FILES, LANDLOCK, SECCOMP, RIGHTS, LIMITS)

_BOUNDS = Limits(wall_seconds=10, cpu_seconds=10, memory_mb=256, output_kb=64, disk_mb=1)


class _Collapsed(Exception):
    """A wall fell in a way that makes the ones after it pointless to try."""


def find_walls(
    readable: Readable, spellings: list[str], *, cap: Isolation, base: str
) -> tuple[Walls, Isolation, list[Layer]]:
    """The walls that hold here, at most those of `cap`; `base` is an existing folder for the trial's files."""
    missing = _known_missing(cap)
    walls = _without(Walls(True, True, True, readable, spellings), missing)
    for _ in _ORDER:
        fallen = _try(walls, base)
        missing |= fallen
        if not fallen:
            break
        walls = _without(walls, missing)
    if NAMESPACES in missing or FILES in missing:
        missing = {NAMESPACES: f"not used without {FILES}", FILES: f"not possible without {NAMESPACES}"} | missing
    layers = [Layer(name, name not in missing, missing.get(name, _note(name))) for name in _ORDER]
    return walls, _level(missing), layers


def _known_missing(cap: Isolation) -> dict[str, str]:
    missing: dict[str, str] = {}
    if not kernel.ON_LINUX:
        missing = dict.fromkeys((NAMESPACES, FILES, LANDLOCK, SECCOMP, RIGHTS), f"{sys.platform} does not have it")
    else:
        if landlock.version() == 0:
            missing[LANDLOCK] = "the kernel does not offer it (5.13 or newer, switched on at boot)"
        if kernel.machine() not in syscalls.AUDIT_ARCH:
            missing[SECCOMP] = f"no table of system calls for {kernel.machine()} processors"
            missing[NAMESPACES] = missing[FILES] = missing[SECCOMP]
    switched_off = "switched off by the caller"
    if cap is not Isolation.FULL:
        missing |= dict.fromkeys((NAMESPACES, FILES), switched_off)
    if cap is Isolation.NONE:
        missing |= dict.fromkeys((LANDLOCK, SECCOMP), switched_off)
    return missing


def _without(walls: Walls, missing: dict[str, str]) -> Walls:
    return replace(
        walls,
        namespaces=walls.namespaces and NAMESPACES not in missing and FILES not in missing,
        landlock=walls.landlock and LANDLOCK not in missing,
        seccomp=walls.seccomp and SECCOMP not in missing,
    )


def _level(missing: dict[str, str]) -> Isolation:
    if not missing:
        return Isolation.FULL
    files_closed = LANDLOCK not in missing or FILES not in missing
    if files_closed and SECCOMP not in missing and RIGHTS not in missing:
        return Isolation.PARTIAL
    return Isolation.NONE


def _note(name: str) -> str:
    return f"version {landlock.version()}" if name == LANDLOCK else ""


def _try(walls: Walls, base: str) -> dict[str, str]:
    """Layers that fell, with the reason. Runs in a child, since most walls cannot be taken down again."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        fallen: dict[str, str] = {}
        try:
            _rehearse(walls, fallen, base, writing)
        except _Collapsed:
            pass
        except BaseException as error:
            fallen[NAMESPACES if walls.namespaces else LIMITS] = f"{type(error).__name__}: {error}"
        if fallen:
            os.write(writing, json.dumps(fallen).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        reports = pipe.read()
    os.waitpid(child, 0)
    shutil.rmtree(f"{base}/trial", ignore_errors=True)
    # The last word counts: outer processes speak only when the inner ones could not.
    fallen = {}
    for report in reports.decode("utf-8", "replace").replace("}{", "}\n{").splitlines():
        fallen |= json.loads(report)
    if not reports:
        fallen = {NAMESPACES if walls.namespaces else SECCOMP: "the trial ended without a word"}
    return {name: reason for name, reason in fallen.items() if name in _ORDER}


def _rehearse(walls: Walls, fallen: dict[str, str], base: str, report: int) -> None:
    if not walls.namespaces:
        walls.enter_view()
        _in_job(walls, fallen, f"{base}/trial", report)
        return
    with _wall(NAMESPACES, fallen, fatal=True):
        namespaces.leave_host()
        first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    with _wall(NAMESPACES, fallen, fatal=True):
        namespaces.settle()
    with _wall(FILES, fallen, fatal=True):
        walls.enter_view()
    with _wall(NAMESPACES, fallen, fatal=True):
        own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        job = namespaces.fork_as_first(own)
    if job:
        os.waitpid(job, 0)
        return
    _in_job(walls, fallen, None, report)


def _in_job(walls: Walls, fallen: dict[str, str], folder: str | None, report: int) -> None:
    with _wall(FILES, fallen, fatal=True):
        folder = walls.seclude(_BOUNDS, folder)
    with _wall(RIGHTS, fallen):
        walls.give_up_rights()
    with _wall(LIMITS, fallen):
        walls.limit(_BOUNDS)
    with _wall(LANDLOCK, fallen):
        walls.close_files(_BOUNDS, folder)
    with _wall(SECCOMP, fallen):
        walls.filter_calls(_BOUNDS)
    fallen |= breaches(walls, __file__)
    os.write(report, (json.dumps(fallen) or "{}").encode())
    os._exit(0)


@contextmanager
def _wall(name: str, fallen: dict[str, str], *, fatal: bool = False) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        fallen[name] = str(error)
        if fatal:
            raise _Collapsed from error
