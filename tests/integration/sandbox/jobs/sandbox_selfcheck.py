"""Runs one job of each kind as whoever starts it, and prints how they ended. With `forbid`, without user namespaces."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from torchdojo.sandbox import ForkServer, Job, Limits, kernel

LIMITS = Limits(wall_seconds=20, cpu_seconds=20, memory_mb=256, output_kb=64, disk_mb=8)


def forbid_user_namespaces() -> None:
    """In a user namespace of our own the limit is ours to set, and the machine's stays as it is."""
    user, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def main(forbid: bool, secret: str) -> None:
    if forbid:
        forbid_user_namespaces()
    with ForkServer("sandbox_jobs", trusted=False) as server:

        def run(name: str, request: object = None, **limits: object) -> list[str]:
            job = Job(f"sandbox_jobs:{name}", request or {}, {}, replace(LIMITS, **limits))  # type: ignore[arg-type]
            outcome = server.start(job).wait(60)
            return [str(outcome.status), outcome.output.decode("utf-8", "replace")[-500:], outcome.message[-500:]]

        print(
            json.dumps(
                {
                    "user": os.getuid(),
                    "isolation": str(server.isolation),
                    "layers": {layer.name: layer.reason for layer in server.layers if not layer.ok},
                    "noop": run("noop"),
                    "time": run("ignore_everything", wall_seconds=0.3),
                    "cpu": run("spin", cpu_seconds=1),
                    "memory": run("allocate"),
                    "output": run("flood"),
                    "disk": run("fill_disk"),
                    "fork": run("fork_bomb"),
                    "trace": run("trace_parent"),
                    "read": run("read", {"paths": [secret, __file__]}),
                    "network": run("use_network", {"path": "/run/docker.sock"}),
                    "processes": run("see_processes"),
                    "signal": run("signal_others", {"pids": [os.getpid(), server.pid]}),
                    "bomb": run("fork_bomb", processes=True, wall_seconds=10),
                    "pool": run("pool", processes=True),
                }
            )
        )


if __name__ == "__main__":
    main(sys.argv[1] == "forbid", sys.argv[2])
