"""Namespaces: a job sees no process, network, mount or host name but its own.

Everything happens inside a user namespace, so it needs no root. The calls that go through only together are kept
together, because some systems grant the first and refuse the next.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from torchdojo.sandbox import kernel

#: Who a job believes to be. Not 0: as root of its namespace, a program it starts would regain capabilities.
INSIDE_ID = 1000

#: The kernel keeps the first 300 numbers of a namespace free on every round but the first.
_MOST_PROCESS_NUMBERS = 512

#: Where a job's own files are in its private root.
JOB_MOUNT = "/sandbox"
JOB_FOLDER = "/sandbox/job"
JOB_TEMPORARY = "/sandbox/tmp"

_ALL_BUT_MOUNTS = (
    kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
)


def leave_host() -> None:
    """Move this single-threaded process into new namespaces; its next child is process 1 of its own world."""
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(_ALL_BUT_MOUNTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INSIDE_ID} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{INSIDE_ID} {group} 1")


def settle() -> None:
    """As process 1: keep mounts to ourselves, show our own processes under /proc, take a neutral host name.

    The parent keeps its mounts, so that it can still clear away what is on the real disk.
    """
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    mount_proc(read_only=False)
    socket.sethostname("sandbox")
    kernel.shrink_capability_bound()


def mount_proc(*, read_only: bool) -> None:
    """Show this pid namespace under /proc."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC | (kernel.MS_RDONLY if read_only else 0)
    kernel.mount("proc", "/proc", "proc", flags)


def fork_as_first(own_pid_namespace: int) -> int:
    """Fork a child that is process 1 of a new pid namespace; returns like os.fork.

    `own_pid_namespace` is a descriptor of the caller's namespace, to which it returns for its next children.
    This costs far less than a second fork, which would copy a large process twice.
    """
    kernel.unshare(kernel.CLONE_NEWPID)
    try:
        child = os.fork()
    except OSError:
        kernel.setns(own_pid_namespace, kernel.CLONE_NEWPID)
        raise
    if child:
        kernel.setns(own_pid_namespace, kernel.CLONE_NEWPID)
    return child


def seclude_job(*, disk_mb: int, shared_mb: int, loopback: bool, processes: bool) -> None:
    """In the job's process: its own mounts with sized folders in memory, and its own network if it gets one."""
    kernel.unshare(kernel.CLONE_NEWNS | (kernel.CLONE_NEWNET if loopback or processes else 0))
    if loopback:
        kernel.raise_loopback()
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", JOB_MOUNT, "tmpfs", flags, f"size={disk_mb}m,nr_inodes=16k,mode=755")
    os.mkdir(JOB_FOLDER, 0o700)
    os.mkdir(JOB_TEMPORARY, 0o1777)
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", flags, f"size={shared_mb}m,nr_inodes=4k,mode=1777")
    mount_proc(read_only=not processes)
    if processes:
        _bound_process_count()


def _bound_process_count() -> None:
    """Newer kernels count per pid namespace, which holds even for root, whose own process limit is not kept."""
    try:
        Path("/proc/sys/kernel/pid_max").write_text(str(_MOST_PROCESS_NUMBERS))
    except OSError:
        pass  # On older kernels the zygote's watch counts.
    finally:
        kernel.make_read_only("/proc")
