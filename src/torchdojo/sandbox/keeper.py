"""Keeps a job that may start processes together where there is no pid namespace to do it."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
from typing import Any, NoReturn

from torchdojo.sandbox import kernel
from torchdojo.sandbox.census import descendants
from torchdojo.sandbox.child import Orders, become_job
from torchdojo.sandbox.walls import Walls


def keep(orders: Orders, walls: Walls | None, status: int) -> NoReturn:
    """Run the job as a child of this process, report its end on `status`, and leave none of its processes alive.

    SIGTERM, also sent when the zygote dies, ends the job early.
    """
    os.setsid()
    if kernel.ON_LINUX:
        # Orphans of the job come to us, so that none can slip away by losing its parent.
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    main = os.getpid()
    child = 0
    asked = False

    def asked_to_end(*_: object) -> None:
        nonlocal asked
        asked = True
        if child:
            os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGTERM, asked_to_end)
    child = os.fork()
    if child == 0:
        os.close(status)
        mine = Orders(**{**vars(orders), "parent": main})
        if walls is not None:
            walls.protected += (main,)
        become_job(mine, walls)
    if os.getppid() != orders.parent or asked:
        os.kill(child, signal.SIGKILL)
    _, code, usage = os.wait4(child, 0)
    for descriptor in (orders.order, orders.output, orders.report, orders.channel):
        if descriptor is not None:
            os.close(descriptor)
    _end_all()
    os.write(status, json.dumps(ended(code, usage, "asked" if asked else "")).encode() + b"\n")
    os._exit(0)


def ended(status: int, usage: resource.struct_rusage, killed: str) -> dict[str, Any]:
    """The message about a job that ended with the wait status `status`."""
    return {
        "status": status,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * 1024,
        "killed": killed,
    }


def _end_all() -> None:
    """Kill every descendant, again and again until none is left; a killed one's children become ours."""
    try:
        # A fork bomb started by root knows no limit here, so being quicker is the only way to end it.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except (OSError, AttributeError):
        pass  # An ordinary user's processes are counted instead.
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in descendants(os.getpid()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.001)
