"""What callers say to the sandbox and what they hear back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Limits:
    """What one job may use.

    `wall_seconds` runs from the moment the entry starts and stands still while others have the processors (see
    torchdojo.patience). `cpu_seconds` counts processor time of each process.
    `memory_mb` is what the job may add to the memory of the warm process it was forked from. `output_kb` is
    standard output and error together. `disk_mb` bounds its folder. Without `processes` the job can start
    threads but no processes; with `loopback` it gets a network of its own in which only 127.0.0.1 answers.
    """

    wall_seconds: float
    cpu_seconds: float
    memory_mb: int
    output_kb: int
    disk_mb: int = 64
    processes: bool = False
    loopback: bool = False

    def __post_init__(self) -> None:
        for name in ("wall_seconds", "cpu_seconds", "memory_mb", "output_kb", "disk_mb"):
            if not getattr(self, name) > 0:
                raise ValueError(f"the limit {name} must be above zero, not {getattr(self, name)!r}")


@dataclass(frozen=True)
class Job:
    """One call of `entry` ("package.module:function") in a process of its own.

    `request` must be JSON. `files` are written into the job's folder: plain names or relative paths, no `..`.
    """

    entry: str
    request: Mapping[str, Any]
    files: Mapping[str, bytes]
    limits: Limits

    def __post_init__(self) -> None:
        if self.entry.count(":") != 1:
            raise ValueError(f"the entry {self.entry!r} must look like package.module:function")
        for name in self.files:
            parts = name.split("/")
            if not all(parts) or ".." in parts or "." in parts or "\0" in name:
                raise ValueError(f"the file name {name!r} must be relative and stay inside the job's folder")


class Status(StrEnum):
    """How a job ended."""

    OK = "ok"
    EXITED = "exited"
    SIGNALLED = "signalled"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    FORBIDDEN = "forbidden"
    CANCELLED = "cancelled"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    `peak_mb` is the most memory the job's first process held beyond what it inherited at the fork. `output` is
    what was written to standard output and error, cut at the limit with its beginning and its end kept.
    `message` explains every status but OK; for INTERNAL_ERROR it holds the traceback.
    """

    status: Status
    exit_code: int | None = None
    signal: int | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    output: bytes = b""
    message: str = ""


class Isolation(StrEnum):
    """How well untrusted jobs are walled in.

    FULL: every layer stands. PARTIAL: no namespaces, but the job can reach neither files nor network nor other
    processes. NONE: time and memory limits only, so run nothing but your own code.
    """

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True)
class Layer:
    """One wall between a job and the machine, and why it is missing where it is."""

    name: str
    ok: bool
    reason: str = ""
