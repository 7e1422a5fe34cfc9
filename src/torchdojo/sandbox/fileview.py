"""A private root folder that holds what a job may read and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from torchdojo.sandbox import kernel
from torchdojo.sandbox.namespaces import INSIDE_ID, JOB_FOLDER, JOB_MOUNT, JOB_TEMPORARY, mount_proc
from torchdojo.sandbox.readable import Readable, within

_OLD = "/.old"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_EMPTY = "/etc/.empty"


def enter(readable: Readable, spellings: list[str]) -> None:
    """Swap this mount namespace's root for the private one. `spellings` are further names of readable paths."""
    _new_root()
    _lay_basics()
    _lay_readable(readable)
    for path in spellings:
        if readable.allows(_resolve(path)):
            _lay_links(path)
    if not os.path.lexists("/tmp"):  # It is there when something readable lies in it.
        os.symlink(JOB_TEMPORARY, "/tmp")
    os.chdir("/")
    kernel.detach(_OLD)
    os.rmdir(_OLD)
    kernel.make_read_only("/")


def _new_root() -> None:
    """Start with an empty root; the old one stays reachable under _OLD, nothing of it covered."""
    stage = "/tmp"
    kernel.mount("tmpfs", stage, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=4m,mode=755")
    os.chdir(stage)
    os.mkdir(stage + _OLD)
    kernel.pivot_root(".", "." + _OLD)
    os.chdir("/")


def _lay_basics() -> None:
    for folder in ("/proc", "/dev/shm", JOB_MOUNT, "/etc"):
        os.makedirs(folder)
    mount_proc(read_only=False)
    for name in _DEVICES:
        _bind(f"/dev/{name}")
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"/dev/{name}")
    Path("/etc/passwd").write_text(f"learner:x:{INSIDE_ID}:{INSIDE_ID}::{JOB_FOLDER}:/bin/sh\n")
    Path("/etc/group").write_text(f"learner:x:{INSIDE_ID}:\n")
    Path("/etc/hosts").write_text("127.0.0.1 localhost sandbox\n::1 localhost\n")
    Path("/etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    Path(_EMPTY).touch()


def _lay_readable(readable: Readable) -> None:
    laid: list[tuple[str, bool]] = []
    entries = [(path, True) for path in readable.allowed] + [(path, False) for path in readable.refused]
    for path, allowed in sorted(entries, key=lambda entry: entry[0].count("/")):
        covering = [entry for entry in laid if within(path, entry[0])]
        visible = max(covering, key=lambda entry: len(entry[0]))[1] if covering else False
        if allowed != visible:
            if allowed:
                _bind(path)
            else:
                _mask(path)
            laid.append((path, allowed))


def _bind(path: str) -> None:
    source = _OLD + path
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    elif os.path.exists(source):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.exists(path):
            Path(path).touch()
    else:
        return
    kernel.mount(source, path, None, kernel.MS_BIND | kernel.MS_REC)


def _mask(path: str) -> None:
    if os.path.isdir(path):
        kernel.mount("tmpfs", path, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=256k,mode=755")
    elif os.path.exists(path):
        kernel.mount(_EMPTY, path, None, kernel.MS_BIND)


def _steps(path: str) -> tuple[list[tuple[str, str]], str]:
    """Follow `path` through the old root: the links met as (place, target), and where it ends."""
    links: list[tuple[str, str]] = []
    pending, done = path.strip("/").split("/"), ""
    while pending and len(links) < 40:
        step = pending.pop(0)
        if step in ("", "."):
            continue
        if step == "..":
            done = os.path.dirname(done).rstrip("/")
            continue
        here = f"{done}/{step}"
        if os.path.islink(_OLD + here):
            target = os.readlink(_OLD + here)
            links.append((here, target))
            pending = target.strip("/").split("/") + pending
            done = "" if target.startswith("/") else done
        else:
            done = here
    return links, done


def _resolve(path: str) -> str:
    return _steps(path)[1]


def _lay_links(path: str) -> None:
    for place, target in _steps(path)[0]:
        if not os.path.lexists(place):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(target, place)
