"""Landlock: what of the file system, the network and other processes a job may touch."""

from __future__ import annotations

import ctypes
import functools
import os
import struct
from collections.abc import Iterable, Mapping

from torchdojo.sandbox import kernel

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_PLEASE = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_ALL_OF_VERSION_1 = (1 << 13) - 1
_MAKE_DEVICES = 1 << 6 | 1 << 11
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3

READ = _EXECUTE | _READ_FILE | _READ_DIR
LIST = _READ_DIR
READ_AND_WRITE_FILE = _READ_FILE | _WRITE_FILE | _TRUNCATE
CHANGE = (_ALL_OF_VERSION_1 | _REFER | _TRUNCATE) & ~_MAKE_DEVICES


@functools.cache
def version() -> int:
    """The kernel's Landlock version, 0 without Landlock. From 3 on, truncating files is watched."""
    if not kernel.ON_LINUX:
        return 0
    try:
        return kernel.system_call("landlock_create_ruleset", _CREATE, 0, 0, _VERSION_PLEASE)
    except OSError:
        return 0


def build(rules: Mapping[int, int], *, network: bool) -> int:
    """A rule set as a descriptor: `rules` are from `open_places`. With `network` TCP is left to other layers.

    Raises OSError where the kernel refuses.
    """
    known = version()
    attributes = struct.pack(
        "=QQQ", _handled(known), 0 if network else _BIND_AND_CONNECT, _ABSTRACT_SOCKETS_AND_SIGNALS
    )
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = kernel.system_call("landlock_create_ruleset", _CREATE, ctypes.c_char_p(attributes), size, 0)
    for place, allowed in rules.items():
        rule = ctypes.c_char_p(struct.pack("=Qi", allowed, place))
        kernel.system_call("landlock_add_rule", _ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    return ruleset


def restrict(ruleset: int) -> None:
    """Bind this thread and everything it starts to `ruleset`, for ever. Needs no_new_privs first."""
    kernel.system_call("landlock_restrict_self", _RESTRICT_SELF, ruleset, 0)


def open_places(paths: Iterable[tuple[str, int]]) -> dict[int, int]:
    """Descriptors of those `paths` that exist, each with what of the wish the kernel can watch and grant there."""
    handled = _handled(version())
    places: dict[int, int] = {}
    for path, wish in paths:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # Not on this machine, so nobody can miss it.
        allowed = wish & handled if _is_folder(place) else wish & handled & _FOR_FILES
        if allowed:
            places[place] = allowed
        else:
            os.close(place)
    return places


def _handled(known: int) -> int:
    return (
        _ALL_OF_VERSION_1
        | (_REFER if known >= 2 else 0)
        | (_TRUNCATE if known >= 3 else 0)
        | (_IOCTL_DEVICE if known >= 5 else 0)
    )


def _is_folder(place: int) -> bool:
    return os.fstat(place).st_mode & 0o170000 == 0o040000
