"""The system call filter, executed here as the kernel would, for processors this machine may not have."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable

import pytest

from torchdojo.sandbox import seccomp, syscalls
from torchdojo.sandbox.seccomp import ALLOW, KILL, Policy, refuse

MACHINES = ["x86_64", "aarch64"]
CLONE_THREAD, CLONE_NEWUSER, SIGCHLD = 0x10000, 0x10000000, 17

Ask = Callable[..., int]


def execute(program: bytes, number: int, arch: int, arguments: tuple[int, ...]) -> int:
    """What the BPF `program` answers to one system call."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, arch, 0, *[value & (1 << 64) - 1 for value in padded])
    instructions = list(struct.iter_unpack("=HBBI", program))
    place, held = 0, 0
    while True:
        code, if_true, if_false, value = instructions[place]
        place += 1
        match code:
            case 0x20:
                held = struct.unpack_from("=I", data, value)[0]
            case 0x54:
                held &= value
            case 0x15:
                place += if_true if held == value else if_false
            case 0x35:
                place += if_true if held >= value else if_false
            case 0x45:
                place += if_true if held & value else if_false
            case 0x06:
                return int(value)
            case other:
                raise AssertionError(f"unknown instruction {other:#x}")


@pytest.fixture(params=MACHINES)
def ask(request: pytest.FixtureRequest) -> Ask:
    machine = request.param

    def ask(policy: Policy, name: str, *arguments: int) -> int:
        number = syscalls.numbers(machine).get(name)
        if number is None:
            pytest.skip(f"{machine} has no {name}")
        return execute(seccomp.build(policy, machine), number, syscalls.AUDIT_ARCH[machine], arguments)

    return ask


STRICT = Policy(own_pid=1)
WORKERS = Policy(own_pid=1, processes=True)
NETWORK = Policy(own_pid=1, processes=True, loopback=True)
UNWALLED = Policy(own_pid=77, own_pids=False, own_files=False, protected=(5, 6))
UNWALLED_WORKERS = Policy(own_pid=77, processes=True, own_pids=False, own_files=False, protected=(5, 6))
EVERY_POLICY = [STRICT, WORKERS, NETWORK, UNWALLED, UNWALLED_WORKERS]


@pytest.mark.parametrize("policy", EVERY_POLICY)
def test_attacks_end_the_job_under_every_policy(ask: Ask, policy: Policy) -> None:
    for name in ("ptrace", "process_vm_writev", "mount", "unshare", "setns", "bpf", "kexec_load", "pidfd_getfd"):
        assert ask(policy, name) == KILL


@pytest.mark.parametrize("policy", EVERY_POLICY)
def test_newer_interfaces_answer_as_if_they_did_not_exist(ask: Ask, policy: Policy) -> None:
    for name in ("clone3", "io_uring_setup", "io_uring_enter"):
        assert ask(policy, name) == refuse(errno.ENOSYS)


def test_threads_are_told_from_processes(ask: Ask) -> None:
    assert ask(STRICT, "clone", CLONE_THREAD | 0xF00) == ALLOW
    assert ask(STRICT, "clone", SIGCHLD) == refuse(errno.EPERM)
    assert ask(WORKERS, "clone", SIGCHLD) == ALLOW
    assert ask(WORKERS, "clone", CLONE_NEWUSER | SIGCHLD) == KILL


@pytest.mark.parametrize("name", ["execve", "execveat", "fork", "vfork"])
def test_programs_and_processes_only_where_allowed(ask: Ask, name: str) -> None:
    assert ask(STRICT, name) == refuse(errno.EPERM)
    assert ask(WORKERS, name) == ALLOW


def test_sockets_by_family(ask: Ask) -> None:
    unix, inet, inet6, packet = 1, 2, 10, 17
    assert {ask(STRICT, "socket", family, 1) for family in (unix, inet, inet6, packet)} == {refuse(errno.EACCES)}
    assert ask(WORKERS, "socket", unix, 1) == ALLOW
    assert ask(WORKERS, "socket", inet, 1) == refuse(errno.EACCES)
    assert ask(NETWORK, "socket", inet, 1) == ALLOW
    assert ask(NETWORK, "socket", packet, 3) == refuse(errno.EACCES)


def test_a_pair_of_sockets_stays_a_pair(ask: Ask) -> None:
    stream, datagram, nonblocking = 1, 2, 0o4000
    assert ask(STRICT, "socketpair", 1, stream | nonblocking) == ALLOW
    assert ask(STRICT, "socketpair", 1, datagram) == refuse(errno.EPERM)
    assert ask(STRICT, "connect", 3) == refuse(errno.EPERM)
    assert ask(STRICT, "sendto", 3, 0, 0, 0, 0) == ALLOW
    assert ask(STRICT, "sendto", 3, 0, 0, 0, 0x1000) == refuse(errno.EPERM)
    assert ask(STRICT, "sendto", 3, 0, 0, 0, 0x7F00_0000_0000) == refuse(errno.EPERM)


def test_signals_reach_nobody_else(ask: Ask) -> None:
    assert ask(UNWALLED, "kill", 77, 15) == ALLOW
    assert ask(UNWALLED, "tgkill", 77, 78, 15) == ALLOW
    for target in (5, 1234, 0, -1, -77):
        assert ask(UNWALLED, "kill", target, 9) == refuse(errno.EPERM)
    assert ask(UNWALLED, "tkill", 78, 9) == refuse(errno.EPERM)


def test_workers_can_be_signalled_but_not_their_keepers(ask: Ask) -> None:
    assert ask(UNWALLED_WORKERS, "kill", 1234, 15) == ALLOW
    for target in (5, 6, -1, -1234):
        assert ask(UNWALLED_WORKERS, "kill", target, 15) == refuse(errno.EPERM)
    assert ask(WORKERS, "kill", -1, 15) == ALLOW, "everybody is, in there, only the job itself"


def test_limits_of_others_are_out_of_reach(ask: Ask) -> None:
    assert ask(UNWALLED, "prlimit64", 0, 7) == ALLOW
    assert ask(UNWALLED, "prlimit64", 77, 7) == ALLOW
    assert ask(UNWALLED, "prlimit64", 1234, 7) == refuse(errno.EPERM)


def test_no_descriptor_sends_signals_for_the_job(ask: Ask) -> None:
    get_flags, set_owner, set_signal, socket_owner = 3, 8, 10, 0x8902
    for policy in EVERY_POLICY:
        assert ask(policy, "fcntl", 3, get_flags) == ALLOW
        assert ask(policy, "fcntl", 3, set_owner, 1234) == refuse(errno.EPERM)
        assert ask(policy, "fcntl", 3, set_signal, 9) == refuse(errno.EPERM)
        assert ask(policy, "ioctl", 3, socket_owner) == refuse(errno.EPERM)


def test_priorities_of_others_are_out_of_reach(ask: Ask) -> None:
    assert ask(STRICT, "setpriority", 0, 0, 5) == ALLOW
    assert ask(UNWALLED, "setpriority", 2, 0, 19) == refuse(errno.EPERM)
    assert ask(UNWALLED, "sched_setaffinity", 1234) == refuse(errno.EPERM)
    assert ask(UNWALLED, "sched_setaffinity", 0) == ALLOW


def test_dying_with_the_parent_cannot_be_undone(ask: Ask) -> None:
    set_parent_death_signal, set_name = 1, 15
    assert ask(STRICT, "prctl", set_parent_death_signal, 0) == refuse(0)
    assert ask(STRICT, "prctl", set_name) == ALLOW


def test_file_attributes_are_guarded_where_files_are_the_users(ask: Ask) -> None:
    assert ask(STRICT, "fchmod", 3, 0o777) == ALLOW
    assert ask(UNWALLED, "fchmod", 3, 0o777) == refuse(0)
    assert ask(UNWALLED, "fchownat", 3) == refuse(errno.EPERM)
    assert ask(UNWALLED, "truncate") == ALLOW
    assert ask(Policy(own_pid=1, own_files=False, truncate_watched=False), "truncate") == refuse(errno.EPERM)


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls_pass_and_foreign_ones_do_not(machine: str) -> None:
    program = seccomp.build(STRICT, machine)
    arch = syscalls.AUDIT_ARCH[machine]
    other = next(value for name, value in syscalls.AUDIT_ARCH.items() if name != machine)
    read = {"x86_64": 0, "aarch64": 63}[machine]
    assert execute(program, read, arch, ()) == ALLOW
    assert execute(program, read, other, ()) == KILL
    assert execute(program, syscalls.NEWEST_KNOWN + 1, arch, ()) == refuse(errno.ENOSYS)
    if machine == "x86_64":
        assert execute(program, syscalls.X32_FROM + read, arch, ()) == KILL


def test_a_processor_without_a_table_is_told_apart() -> None:
    with pytest.raises(KeyError):
        seccomp.build(STRICT, "riscv64")
