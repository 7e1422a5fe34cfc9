"""A processor core for one grading. Its judge and its submission take turns; on two cores they would wake each other at
every call, and waking a core that sleeps takes longer than the answer to most calls."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def own_core() -> Iterator[int | None]:
    """The number of a core that no other grading on this machine has in the meantime; None where there is none."""
    # Names of this kind vanish with whoever holds them; other systems have neither them nor a way to choose a core.
    cores = sorted(os.sched_getaffinity(0)) if sys.platform.startswith("linux") else []
    core, claim = _first_free(cores) if len(cores) > 1 else (None, None)
    try:
        yield core
    finally:
        if claim is not None:
            claim.close()


def stay_on(core: int | None) -> None:
    """Have this process run on no other core from now on."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def _first_free(cores: Iterable[int]) -> tuple[int, socket.socket] | tuple[None, None]:
    for core in cores:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0torchdojo core {core}")
        except OSError:
            claim.close()
        else:
            return core, claim
    return None, None
