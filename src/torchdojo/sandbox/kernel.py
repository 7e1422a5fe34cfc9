"""The few Linux calls that Python does not offer, by ctypes. Every failure is an OSError that names the call."""

from __future__ import annotations

import ctypes
import os
import sys

ON_LINUX = sys.platform.startswith("linux")

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 1, 2
_LAST_CAPABILITY_EVER = 63

#: These numbers differ between processors; everything newer than 2019 has one number everywhere.
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_MOUNT_SETATTR = 442

_MADV_COLLAPSE = 25

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """The processor family as the kernel names it: x86_64, aarch64, ..."""
    return os.uname().machine


def checked(result: int, call: str) -> int:
    """Pass a call's result on, or raise the OSError it stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def system_call(name: str, number: int, *arguments: object) -> int:
    """Make a system call by number; integers are passed as C longs, ctypes objects as they are."""
    converted = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return checked(int(_libc.syscall(ctypes.c_long(number), *converted)), name)


def prctl(option: int, first: int = 0, second: int = 0) -> int:
    """Change a property of this process."""
    zero = ctypes.c_ulong(0)
    return checked(
        int(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(first), ctypes.c_ulong(second), zero, zero)),
        f"prctl({option})",
    )


def unshare(flags: int) -> None:
    """Leave the namespaces in `flags` for new ones."""
    checked(int(_libc.unshare(ctypes.c_int(flags))), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace behind `descriptor`."""
    checked(int(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind))), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount `source` on `target` in this mount namespace."""
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        os.fsencode(kind) if kind else None,
        ctypes.c_ulong(flags),
        os.fsencode(data) if data else None,
    )
    checked(int(result), f"mount {kind or source} on {target}")


def detach(target: str) -> None:
    """Unmount `target` with everything below it, even while in use."""
    checked(int(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH))), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    """Make `new_root` the root of this mount namespace; the old one appears at `put_old`."""
    number = _PIVOT_ROOT[machine()]
    system_call("pivot_root", number, ctypes.c_char_p(os.fsencode(new_root)), ctypes.c_char_p(os.fsencode(put_old)))


def make_read_only(target: str) -> None:
    """Make `target` and every mount below it read-only and without set-uid programs."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    system_call(
        "mount_setattr",
        _MOUNT_SETATTR,
        _AT_FDCWD,
        ctypes.c_char_p(os.fsencode(target)),
        _AT_RECURSIVE,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )


def shrink_capability_bound() -> None:
    """Give up every capability that a program started later could gain."""
    for capability in range(_LAST_CAPABILITY_EVER + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            return  # The last one the kernel knows, or nothing to give up for an ordinary user.


def drop_capabilities() -> None:
    """Give up every capability this process holds."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    checked(int(_libc.capset(ctypes.byref(header), ctypes.byref(nothing))), "capset")


def install_seccomp(program: bytes) -> None:
    """Put the BPF `program` before every system call of all threads of this process, for ever."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    set_mode_filter, all_threads = 1, 1
    whole = Program(len(program) // 8, program)
    system_call("seccomp", _SECCOMP[machine()], set_mode_filter, all_threads, ctypes.byref(whole))


def collapse(address: int, size: int) -> None:
    """Put these bytes of this process's memory into large pages, at once (Linux 6.1)."""
    place, length = ctypes.c_void_p(address), ctypes.c_size_t(size)
    checked(int(_libc.madvise(place, length, ctypes.c_int(_MADV_COLLAPSE))), "madvise")


def raise_loopback() -> None:
    """Switch on the loopback interface of this network namespace."""
    import fcntl
    import socket
    import struct

    set_interface_flags, up_and_running = 0x8914, 0x1 | 0x40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_interface_flags, struct.pack("16sH14x", b"lo", up_and_running))
