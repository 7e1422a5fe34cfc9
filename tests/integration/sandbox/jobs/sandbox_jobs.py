"""What the sandboxed processes of these tests do. Only the standard library, so that a server boots in no time."""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

WARMED: list[str] = []


def warm() -> None:
    WARMED.append("yes")


def _tell(fact: object) -> None:
    print(json.dumps(fact))


def _attempt(action: Any) -> str:
    """ "done", or the name of the error that stopped it."""
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "done"


def noop(context: Any) -> int:
    return 0


def describe(context: Any) -> None:
    _tell(
        {
            "request": context.request,
            "folder": str(context.workdir),
            "cwd": os.getcwd(),
            "files": {path.name: path.read_text() for path in context.workdir.iterdir()},
            "environment": dict(os.environ),
            "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1],
            "input": sys.stdin.read(),
            "warmed": WARMED,
            "threads": threading.active_count(),
        }
    )


def leave(context: Any) -> int:
    print("some words")
    print("an error", file=sys.stderr)
    return int(context.request["code"])


def system_exit(context: Any) -> int:
    sys.exit(context.request["code"])


def hard_exit(context: Any) -> int:
    os._exit(context.request["code"])


def fail(context: Any) -> int:
    raise LookupError("the entry itself is wrong")


def crash(context: Any) -> int:
    ctypes.string_at(0)
    return 0


def spin(context: Any) -> int:
    print("spinning", flush=True)
    while True:
        pass


def ignore_everything(context: Any) -> int:
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    print("deaf", flush=True)
    while True:
        time.sleep(1)


def wait(context: Any) -> int:
    print("waiting", flush=True)
    time.sleep(600)
    return 0


def echo(context: Any) -> int:
    """Answer each line on the channel until the other side leaves."""
    with context.channel.makefile("rw") as lines:
        for line in lines:
            lines.write(line.upper())
            lines.flush()
    return 0


def read_line(context: Any) -> int:
    context.channel.recv(100)
    return 0


def flood(context: Any) -> int:
    print("the beginning")
    while True:
        os.write(1, b"y" * 8192)


def allocate(context: Any) -> int:
    hoard = []
    while True:
        hoard.append(bytearray(16 * 1024 * 1024))


def allocate_and_cope(context: Any) -> int:
    try:
        allocate(context)
    except MemoryError:
        print("coped")
    return 0


def shared_memory_bomb(context: Any) -> int:
    import mmap

    hoard = []
    try:
        while len(hoard) < 200:
            hoard.append(mmap.mmap(-1, 16 * 1024 * 1024))
            hoard[-1].write(b"x" * (16 * 1024 * 1024))
    except (OSError, MemoryError):
        pass
    print(len(hoard) * 16)
    return 0


def memory_file(context: Any) -> int:
    print(_attempt(lambda: os.memfd_create("hoard")))
    return 0


def fill_disk(context: Any) -> int:
    """Many files, since a limit per file would not notice."""
    written = 0
    try:
        for number in range(1000):
            with open(f"file{number}", "wb") as file:
                written += file.write(b"x" * 1024 * 1024)
    except OSError as error:
        print(error.errno)
    print(written // (1024 * 1024))
    return 0


def fork_bomb(context: Any) -> int:
    children = 0
    while True:
        try:
            if os.fork() == 0:
                time.sleep(600)
            children += 1
        except OSError as error:
            print(type(error).__name__, children, flush=True)
            return 0


def unlimited_fork_bomb(context: Any) -> int:
    while True:
        try:
            os.fork()
        except OSError:
            print("stopped", flush=True)
            time.sleep(600)


def start_threads(context: Any) -> int:
    threads = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("joined")
    return 0


def thread_bomb(context: Any) -> int:
    threading.stack_size(64 * 1024)
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    time.sleep(600)
    return 0


def run_program(context: Any) -> int:
    print(_attempt(lambda: subprocess.run(["/bin/true"], check=True)))
    return 0


def use_network(context: Any) -> int:
    def connect(kind: int) -> Any:
        def action() -> None:
            with socket.socket(socket.AF_INET, kind) as outward:
                outward.connect(("127.0.0.1", context.request.get("port", 9)))
                outward.send(b"x")

        return action

    def local() -> None:
        with socket.socket(socket.AF_UNIX) as outward:
            outward.connect(context.request["path"])

    def named_pair() -> None:
        one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        one.sendto(b"x", context.request["path"])

    _tell(
        [
            _attempt(connect(socket.SOCK_STREAM)),
            _attempt(connect(socket.SOCK_DGRAM)),
            _attempt(local),
            _attempt(named_pair),
        ]
    )
    return 0


def socket_pair(context: Any) -> int:
    one, other = socket.socketpair()
    one.sendall(b"among ourselves")
    print(other.recv(100).decode())
    return 0


def read(context: Any) -> int:
    """Whether each path can be read, listed, and written."""

    def look(path: Path) -> list[str]:
        return [
            _attempt(lambda: list(path.iterdir()) if path.is_dir() else path.read_bytes()),
            _attempt(lambda: (path / "intruder" if path.is_dir() else path).write_text("mine now")),
            _attempt(lambda: os.truncate(path, 0)),
        ]

    _tell({path: look(Path(path)) for path in context.request["paths"]})
    return 0


def import_module(context: Any) -> int:
    import importlib

    _tell([_attempt(lambda name=name: importlib.import_module(name)) for name in context.request["modules"]])
    return 0


def see_processes(context: Any) -> int:
    pids = []
    if _attempt(lambda: os.listdir("/proc")) == "done":
        pids = [name for name in os.listdir("/proc") if name.isdigit()]
    readable = [
        pid
        for pid in pids
        if int(pid) != os.getpid() and _attempt(lambda pid=pid: Path(f"/proc/{pid}/environ").read_bytes()) == "done"
    ]
    _tell({"visible": len(pids), "readable": readable})
    return 0


def signal_others(context: Any) -> int:
    """With signal 0, which asks for the right to signal and does no harm when the walls have a hole."""
    targets = [*context.request["pids"], -1]
    _tell([_attempt(lambda target=target: os.kill(target, 0)) for target in targets])
    return 0


def signal_self(context: Any) -> int:
    caught = []
    signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))
    os.kill(os.getpid(), signal.SIGUSR1)
    print(caught)
    return 0


def system_call(context: Any) -> int:
    print("trying", flush=True)
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(*[ctypes.c_long(value) for value in context.request["call"]])
    print(result, ctypes.get_errno())
    return 0


def trace_parent(context: Any) -> int:
    ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)
    return 0


def limits(context: Any) -> int:
    raised = _attempt(lambda: resource.setrlimit(resource.RLIMIT_CPU, (10_000, 10_000)))
    _tell({"raised": raised, "core": resource.getrlimit(resource.RLIMIT_CORE)})
    return 0


def daemonize(context: Any) -> int:
    """Leave a process behind that has left the group and the parent, and say who it is."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(writing, b"up")
            os.close(1)
            os.close(2)
            time.sleep(600)
        os._exit(0)
    os.read(reading, 2)
    print("left behind", flush=True)
    if context.request.get("stay"):
        time.sleep(600)
    return 0


def _square(number: int) -> int:
    return number * number


def pool(context: Any) -> int:
    with multiprocessing.get_context("fork").Pool(2) as workers:
        print(workers.map(_square, [1, 2, 3]))
    return 0


def loopback(context: Any) -> int:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"round trip")
        accepted, _ = server.accept()
        with accepted:
            print(accepted.recv(100).decode())
    return 0


def leave_note(context: Any) -> int:
    """Write wherever writing goes, to be found by a later job."""
    for folder in (context.workdir, Path("/tmp"), Path("/dev/shm"), Path("/var/tmp")):
        _attempt(lambda folder=folder: (folder / "note").write_text("for the next one"))
    globals()["WARMED"].append("touched")
    os.environ["TOUCHED"] = "yes"
    return 0


def find_notes(context: Any) -> int:
    folders = (context.workdir, Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"))
    found = [str(folder) for folder in folders if _attempt((folder / "note").read_text) == "done"]
    _tell({"found": found, "memory": WARMED, "environment": "TOUCHED" in os.environ})
    return 0


def forge(context: Any) -> int:
    """Write on every descriptor there is."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b'{"status": 0, "cpu": 0, "peak": 0, "killed": ""}')
        except OSError:
            continue
    os._exit(1)


def temporary_file(context: Any) -> int:
    import tempfile

    with tempfile.NamedTemporaryFile() as file:
        print(Path(file.name).is_relative_to(context.workdir))
    return 0
