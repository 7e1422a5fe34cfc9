"""Run a job under limits in a fresh or warm-forked process. Knows nothing of exercises or torch."""

from torchdojo.sandbox.job import Isolation, Job, Layer, Limits, Outcome, Status
from torchdojo.sandbox.running import RunningJob
from torchdojo.sandbox.server import ForkServer, FreshProcess, describe_isolation, open_server

__all__ = [
    "ForkServer",
    "FreshProcess",
    "Isolation",
    "Job",
    "Layer",
    "Limits",
    "Outcome",
    "RunningJob",
    "Status",
    "describe_isolation",
    "open_server",
]
