"""Which system calls a job may make, as a BPF program built here.

Calls that only an attack makes end the process (SIGSYS, reported as forbidden); calls that ordinary code may try
are refused with an error the script can read.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from torchdojo.sandbox import syscalls

KILL = 0x80000000
ALLOW = 0x7FFF0000
_ERRNO = 0x00050000

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _JUMP_IF_ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16

_CLONE_THREAD = 0x00010000
_CLONE_ANY_NAMESPACE = 0x7E020000
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_SOCK_STREAM = 1
_PR_SET_PDEATHSIG = 1
_PERSONALITY_QUERY = 0xFFFFFFFF
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15
_FIOSETOWN, _SIOCSPGRP = 0x8901, 0x8902


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ATTACKS = _words("""
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd bpf unshare setns open_by_handle_at
    mount umount2 pivot_root chroot mount_setattr fsopen fsconfig fsmount fspick move_mount open_tree
    kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff iopl ioperm modify_ldt
""")
_REFUSED = _words("""
    pidfd_open pidfd_send_signal process_mrelease sched_setscheduler sched_setparam sched_setattr ioprio_set
    migrate_pages move_pages memfd_secret shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv
    msgctl mq_open mq_unlink name_to_handle_at acct settimeofday clock_settime adjtimex clock_adjtime sethostname
    setdomainname quotactl quotactl_fd vhangup syslog uselib perf_event_open userfaultfd keyctl add_key request_key
    fanotify_init lookup_dcookie
""")
_UNKNOWN = _words("clone3 io_uring_setup io_uring_enter io_uring_register")
_NEW_PROCESSES = _words("fork vfork execve execveat")
_SIGNAL_TO_PROCESS = _words("kill tgkill rt_sigqueueinfo rt_tgsigqueueinfo")
_OWNERSHIP = _words("""
    chown fchown lchown fchownat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat
    removexattrat
""")
_MODES_AND_TIMES = _words("chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat")


def refuse(number: int) -> int:
    """The filter's answer "failed with this errno"; 0 pretends success without doing anything."""
    return _ERRNO | number


@dataclass(frozen=True)
class Policy:
    """What the filter must know about one job.

    `own_pid` is the job's process as it sees itself. `own_pids` says that it sees no processes but its own.
    `own_files` says that only its own files can be changed at all, so that modes and times need no guard.
    `protected` are processes it must never signal. `truncate_watched`: Landlock covers truncate.
    """

    own_pid: int
    processes: bool = False
    loopback: bool = False
    own_pids: bool = True
    own_files: bool = True
    truncate_watched: bool = True
    protected: tuple[int, ...] = ()


def build(policy: Policy, machine: str) -> bytes:
    """The filter for `policy`. Raises KeyError on a processor without a table of system calls."""
    program = _Assembler(syscalls.numbers(machine), syscalls.AUDIT_ARCH[machine], x86=machine == "x86_64")
    program.always(_ATTACKS, KILL)
    program.always(_REFUSED, refuse(errno.EPERM))
    program.always(_UNKNOWN, refuse(errno.ENOSYS))
    program.when_equal("prctl", 0, [_PR_SET_PDEATHSIG], refuse(0), otherwise=ALLOW)
    # A descriptor's owner gets signals, and may be made anybody: a way to send any signal to any process.
    owner_changes = [_F_SETOWN, _F_SETSIG, _F_SETOWN_EX]
    program.when_equal("fcntl", 1, owner_changes, refuse(errno.EPERM), otherwise=ALLOW)
    terminal_and_owner = [_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP]
    program.when_equal("ioctl", 1, terminal_and_owner, refuse(errno.EPERM), otherwise=ALLOW)
    program.when_equal("personality", 0, [0, _PERSONALITY_QUERY], ALLOW, otherwise=refuse(errno.EPERM))
    program.when_equal("prlimit64", 0, [0, policy.own_pid], ALLOW, otherwise=refuse(errno.EPERM))
    _processes(program, policy)
    _signals(program, policy)
    _sockets(program, policy)
    if not policy.own_files:
        program.always(_OWNERSHIP, refuse(errno.EPERM))
        # Copying a file sets its mode and times too, and nobody minds when that does nothing.
        program.always(_MODES_AND_TIMES, refuse(0))
    if not policy.truncate_watched:
        program.always(["truncate"], refuse(errno.EPERM))
    return program.finish()


def _processes(program: _Assembler, policy: Policy) -> None:
    if policy.processes:
        program.when_any_bit("clone", 0, _CLONE_ANY_NAMESPACE, KILL, otherwise=ALLOW)
        return
    program.when_any_bit("clone", 0, _CLONE_THREAD, ALLOW, otherwise=refuse(errno.EPERM))
    program.always(_NEW_PROCESSES, refuse(errno.EPERM))
    program.always(["memfd_create"], refuse(errno.EPERM))


def _signals(program: _Assembler, policy: Policy) -> None:
    if not policy.own_pids:
        program.always(["setpriority"], refuse(errno.EPERM))
        program.when_equal("sched_setaffinity", 0, [0, policy.own_pid], ALLOW, otherwise=refuse(errno.EPERM))
    if policy.processes and policy.own_pids:
        return
    if not policy.processes:
        for name in _SIGNAL_TO_PROCESS:
            program.when_equal(name, 0, [policy.own_pid], ALLOW, otherwise=refuse(errno.EPERM))
        program.always(["tkill"], refuse(errno.EPERM))
        return
    for name in [*_SIGNAL_TO_PROCESS, "tkill"]:
        program.when_group_or_listed(name, 0, policy.protected, refuse(errno.EPERM), otherwise=ALLOW)


def _sockets(program: _Assembler, policy: Policy) -> None:
    refused = refuse(errno.EPERM)
    if policy.loopback:
        families = [_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK]
        program.when_equal("socket", 0, families, ALLOW, otherwise=refuse(errno.EACCES))
        return
    if policy.processes:
        # Workers hand descriptors to each other over named local sockets.
        program.when_equal("socket", 0, [_AF_UNIX], ALLOW, otherwise=refuse(errno.EACCES))
        return
    program.always(["socket"], refuse(errno.EACCES))
    program.always(["connect", "bind"], refused)
    # A datagram pair could be pointed at somebody else's socket; a stream pair stays what it is.
    program.when_equal("socketpair", 1, [_SOCK_STREAM], ALLOW, otherwise=refused, mask=0xF)
    program.when_equal("sendto", 4, [0], ALLOW, otherwise=refused, both_halves=True)


class _Assembler:
    """Writes the filter call by call. Every block leaves through a return, so blocks need no far jumps."""

    def __init__(self, numbers: dict[str, int], arch: int, *, x86: bool) -> None:
        self._numbers = numbers
        self._code: list[bytes] = []
        self._emit(_LOAD, _ARCH_AT)
        self._emit(_JUMP_IF_EQUAL, arch, 1, 0)
        self._emit(_RETURN, KILL)
        self._emit(_LOAD, _NUMBER_AT)
        if x86:
            self._emit(_JUMP_IF_AT_LEAST, syscalls.X32_FROM, 0, 1)
            self._emit(_RETURN, KILL)
        self._emit(_JUMP_IF_AT_LEAST, syscalls.NEWEST_KNOWN + 1, 0, 1)
        self._emit(_RETURN, refuse(errno.ENOSYS))

    def always(self, names: Sequence[str], answer: int) -> None:
        for name in names:
            self._block(name, [(_RETURN, answer, 0, 0)])

    def when_equal(
        self,
        name: str,
        argument: int,
        values: Sequence[int],
        answer: int,
        *,
        otherwise: int,
        mask: int | None = None,
        both_halves: bool = False,
    ) -> None:
        body = [(_LOAD, _low(argument), 0, 0)]
        if mask is not None:
            body.append((_AND, mask, 0, 0))
        if both_halves:  # A pointer is nothing only when its upper half is nothing too.
            body += [
                (_JUMP_IF_EQUAL, 0, 1, 0),
                (_RETURN, otherwise, 0, 0),
                (_LOAD, _low(argument) + 4, 0, 0),
            ]
        for place, value in enumerate(values):
            body.append((_JUMP_IF_EQUAL, value & 0xFFFFFFFF, len(values) - place, 0))
        body += [(_RETURN, otherwise, 0, 0), (_RETURN, answer, 0, 0)]
        self._block(name, body)

    def when_any_bit(self, name: str, argument: int, bits: int, answer: int, *, otherwise: int) -> None:
        self._block(
            name,
            [
                (_LOAD, _low(argument), 0, 0),
                (_JUMP_IF_ANY_BIT, bits, 1, 0),
                (_RETURN, otherwise, 0, 0),
                (_RETURN, answer, 0, 0),
            ],
        )

    def when_group_or_listed(
        self, name: str, argument: int, values: Sequence[int], answer: int, *, otherwise: int
    ) -> None:
        """`answer` for a negative number (everybody, or a group) and for those in `values`."""
        body = [(_LOAD, _low(argument), 0, 0), (_JUMP_IF_AT_LEAST, 0x80000000, len(values) + 1, 0)]
        for place, value in enumerate(values):
            body.append((_JUMP_IF_EQUAL, value, len(values) - place, 0))
        body += [(_RETURN, otherwise, 0, 0), (_RETURN, answer, 0, 0)]
        self._block(name, body)

    def finish(self) -> bytes:
        self._emit(_RETURN, ALLOW)
        return b"".join(self._code)

    def _block(self, name: str, body: list[tuple[int, int, int, int]]) -> None:
        number = self._numbers.get(name)
        if number is None:
            return
        self._emit(_JUMP_IF_EQUAL, number, 0, len(body))
        for code, value, if_true, if_false in body:
            self._emit(code, value, if_true, if_false)

    def _emit(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self._code.append(struct.pack("=HBBI", code, if_true, if_false, value))


def _low(argument: int) -> int:
    return _ARGUMENTS_AT + 8 * argument
