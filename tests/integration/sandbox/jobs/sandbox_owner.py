"""A program that owns a fork server with a job in flight, and waits to be killed."""

from __future__ import annotations

import sys
import threading

from torchdojo.sandbox import ForkServer, Isolation, Job, Limits

server = ForkServer("sandbox_jobs", trusted=sys.argv[2] == "trusted", isolation=Isolation(sys.argv[1]))
up = threading.Event()
limits = Limits(wall_seconds=600, cpu_seconds=600, memory_mb=256, output_kb=64, processes=sys.argv[2] == "processes")
entry = "daemonize" if limits.processes else "ignore_everything"
server.start(Job(f"sandbox_jobs:{entry}", {"stay": True}, {}, limits), on_output=lambda data: up.set())
up.wait()
print(server.pid, flush=True)
threading.Event().wait()
