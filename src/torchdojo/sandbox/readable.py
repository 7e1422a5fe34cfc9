"""What a job may read: the Python runtime and its libraries, and nothing of ours."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_OUR_PACKAGE = Path(__file__).resolve().parents[1]

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_SETTINGS = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
)
_MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node")
_WHOLE_STORES = ("/nix/store", "/gnu/store")


@dataclass(frozen=True)
class Readable:
    """Paths a job may read with everything beneath, and paths it may not. The most specific path decides."""

    allowed: tuple[str, ...]
    refused: tuple[str, ...]

    def allows(self, path: str) -> bool:
        """Whether `path`, already resolved, is readable."""
        nearest_allowed = max((len(root) for root in self.allowed if within(path, root)), default=-1)
        nearest_refused = max((len(root) for root in self.refused if within(path, root)), default=-1)
        return nearest_allowed > nearest_refused

    def refused_inside(self, root: str) -> list[str]:
        """The refused paths that lie under `root`."""
        return [path for path in self.refused if path != root and within(path, root)]

    def open_parts(self) -> Iterable[tuple[str, bool]]:
        """The allowed paths split so that no part holds a refused one.

        Yields (path, whole): a whole part is readable with everything beneath; of the others only the names in
        them may be listed, because a rule on them would reach into the refused path too.
        """
        for root in self.allowed:
            if not self.allows(os.path.dirname(root)):  # Else it comes with the folder it lies in.
                yield from self._split(root)

    def _split(self, root: str) -> Iterable[tuple[str, bool]]:
        if not self.refused_inside(root):
            yield root, True
            return
        yield root, False
        try:
            names = sorted(os.listdir(root))
        except OSError:
            return
        for name in names:
            path = f"{root.rstrip('/')}/{name}"
            target = os.path.realpath(path)
            if target != path:
                # A link out of the tree is only as readable as what it points at.
                if not self._touches_refused(target):
                    yield path, True
            elif self.allows(path):
                yield from self._split(path)

    def _touches_refused(self, target: str) -> bool:
        return any(within(target, path) or within(path, target) for path in self.refused)


def gather(readable: Sequence[Path], hidden: Sequence[Path], search_path: Sequence[str]) -> Readable:
    """The readable set of this interpreter with the caller's additions; `hidden` wins over an equal path."""
    sites = [entry for entry in search_path if Path(entry).name in ("site-packages", "dist-packages")]
    sites += [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    allowed = [*_SYSTEM, *_SETTINGS, *_MACHINE, *_interpreter(), *sites, *map(str, readable)]
    allowed += os.environ.get("LD_LIBRARY_PATH", "").split(":")
    refused = [str(_OUR_PACKAGE), *map(str, hidden)]
    installed = [f"{site}/{_OUR_PACKAGE.name}" for site in sites]
    refused += [path for path in installed if os.path.exists(path)]
    real_refused = {os.path.realpath(path) for path in refused}
    real_allowed = {os.path.realpath(path) for path in allowed if path.startswith("/")} - real_refused
    return Readable(
        tuple(sorted(path for path in real_allowed if path != "/" and os.path.exists(path))),
        tuple(sorted(real_refused)),
    )


def runtime_spellings(search_path: Sequence[str]) -> list[str]:
    """The runtime's paths as written, links and all: programs ask for these, not for the resolved ones."""
    paths = [*_SYSTEM, *_SETTINGS, *_MACHINE, *_interpreter(), *search_path]
    return [path for path in paths if os.path.isabs(path) and os.path.exists(path)]


def within(path: str, root: str) -> bool:
    """Whether `path` is `root` or lies beneath it; both resolved."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def _interpreter() -> list[str]:
    found = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), sys.executable]
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        found += [f"{prefix}/{name}" for name in ("lib", "lib64", "bin", "include", "share", "pyvenv.cfg")]
    found += [store for store in _WHOLE_STORES if within(os.path.realpath(sys.base_prefix), store)]
    return found
