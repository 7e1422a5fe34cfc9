"""The warm process that forks one child per job, and the guardian that started it.

The owner runs `main` in a new interpreter with an empty environment. That process finds out which walls hold,
enters the namespaces and forks the zygote, which imports the preload once and then serves until its owner is gone.
Nothing of a job's content ever passes through the zygote, because every later job inherits its memory.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from torchdojo.sandbox import kernel, namespaces, packets, paging, readable
from torchdojo.sandbox.child import MOST_DESCRIPTORS
from torchdojo.sandbox.folders import remove_tree
from torchdojo.sandbox.job import Isolation
from torchdojo.sandbox.service import Service
from torchdojo.sandbox.trial import find_walls
from torchdojo.sandbox.walls import Walls

#: More names than lie between two sizes of the table, fewer than a new one has room for.
_NEW_NAMES = 50_000

#: Blocks of each size that fill the holes in the memory of a zygote, and the blocks.
_BLOCKS_PER_SIZE = 1000
_holes: list[bytes] = []

_GRACE_AT_THE_END = 1.0


def main(descriptor: int) -> NoReturn:
    """Serve the owner at the other end of the socket `descriptor`; ends the process."""
    control = socket.socket(fileno=descriptor)
    code = 1
    base = None
    try:
        received = packets.receive(control)
        if received is None:
            os._exit(0)
        config = received[0]
        sys.path[:] = config["search_path"]
        os.nice(config["niceness"])
        _bound_descriptors()
        base = config["base"]
        walls = None if config["trusted"] else _found_walls(config, control, base)
        code = _guard(control, config, walls, base)
    except BaseException:
        _tell_broken(control, traceback.format_exc())
    finally:
        if base is not None:
            remove_tree(Path(base))
        os._exit(code)


def _bound_descriptors() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _found_walls(config: dict[str, Any], control: socket.socket, base: str) -> Walls:
    gathered = readable.gather(
        [Path(path) for path in config["readable"]],
        [Path(path) for path in [*config["hidden"], base]],
        config["search_path"],
    )
    walls, isolation, layers = find_walls(
        gathered,
        readable.runtime_spellings(config["search_path"]),
        cap=Isolation(config["cap"]),
        base=base,
    )
    found = [[layer.name, layer.ok, layer.reason] for layer in layers]
    packets.send(control, {"event": "walls", "isolation": str(isolation), "layers": found})
    return walls


def _guard(control: socket.socket, config: dict[str, Any], walls: Walls | None, base: str) -> int:
    """Start the zygote and stay until it or the owner ends, so that neither leaves anything behind."""
    inside = walls is not None and walls.namespaces
    guardian = os.getpid()
    if inside:
        namespaces.leave_host()
    elif walls is not None:
        walls.protected = (guardian, os.getppid())
    ended, alive = os.pipe()
    zygote = os.fork()
    if zygote == 0:
        os.close(ended)
        _become_zygote(control, config, walls, base, 0 if inside else guardian)
    os.close(alive)
    packets.send(control, {"event": "zygote", "pid": zygote})
    watch = select.poll()
    watch.register(ended, select.POLLIN)
    watch.register(control, 0)  # Only hang-ups: the messages are the zygote's.
    found = {place for place, _ in watch.poll()}
    if ended not in found:
        # The zygote notices too and puts its children away first; it is made to only if it is stuck.
        watch.unregister(control)
        if not watch.poll(_GRACE_AT_THE_END * 1000):
            os.kill(zygote, signal.SIGKILL)
    os.waitpid(zygote, 0)
    return 0


def _become_zygote(
    control: socket.socket, config: dict[str, Any], walls: Walls | None, base: str, guardian: int
) -> NoReturn:
    code = 1
    try:
        if kernel.ON_LINUX:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guardian:
            os._exit(1)
        if walls is not None:
            _be_first_when_memory_runs_out()
        own_namespace = None
        if walls is not None and walls.namespaces:
            namespaces.settle()
            own_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        elif walls is not None:
            walls.protected += (os.getpid(),)
        warm = config["warm"]
        chores = _preload(config["preload"], control) if warm else iter(())
        if chores is None:
            os._exit(0)
        if walls is not None and warm:
            walls.enter_view()
        packets.send(control, {"event": "ready"})
        preload = None if warm else config["preload"]
        Service(control, walls, own_namespace, base, preload, chores, config["chores_after"]).run()
        code = 0
    except BaseException:
        _tell_broken(control, traceback.format_exc())
    finally:
        os._exit(code)


def _be_first_when_memory_runs_out() -> None:
    """Should the system run short, it had better end a job than the program that started it."""
    try:
        Path("/proc/self/oom_score_adj").write_text("800")
    except OSError:
        pass  # Not on this system; the limits still hold.


def _preload(module: str | None, control: socket.socket) -> Iterator[None] | None:
    """Import what every job needs; None when that leaves a process that must not fork.

    What comes back are steps to take while no job is asked for.
    """
    if module is None:
        return iter(())
    loaded = importlib.import_module(module)
    if (warm := getattr(loaded, "warm", None)) is not None:
        warm()
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
    if threads > 1:
        packets.send(control, {"event": "threads", "message": f"{module} leaves {threads} threads running"})
        return None
    _make_room_for_names()
    gc.collect()
    _holes.extend(_fill_holes())
    gc.freeze()
    return _chores(loaded)


def _chores(loaded: ModuleType) -> Iterator[None]:
    """The preload's own, then ours."""
    if (own := getattr(loaded, "chores", None)) is not None:
        yield from own()
        gc.freeze()
    yield from paging.large_pages()


def _fill_holes() -> Iterator[bytes]:
    """Small blocks of every size, to be kept: they lie where imports have left holes.

    A child then finds its memory in one piece. In the holes every little block would cost it a page of its own, copied
    because the rest of that page is ours.
    """
    for size in range(1, 512, 16):
        for _ in range(_BLOCKS_PER_SIZE):
            yield bytes(size)


def _make_room_for_names() -> None:
    """Have the interpreter's table of interned names grow here, once, and not in every child that adds a few.

    The table of a process with torch in it takes megabytes, and growing it writes a new one.
    """
    for number in range(_NEW_NAMES):
        sys.intern(f"name {number}")


def _tell_broken(control: socket.socket, message: str) -> None:
    try:
        packets.send(control, {"event": "broken", "message": message[-8000:]})
    except OSError:
        pass  # Nobody is left to be told.
