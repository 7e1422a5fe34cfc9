"""The process that forks: `python server.py SOCKET EXECUTABLE`, the latter being a program's `sys.executable`."""

import atexit
import contextlib
import fcntl
import gc
import importlib
import importlib.abc
import importlib.util
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import threading

from client import LENGTH_BYTES, STATUS_BYTES

_LIBRARIES = ("alembic", "click", "libcst", "pygments", "rich.markdown", "rich.table", "sqlalchemy")
_ROOMS = ("torchdojo.app.compose", "torchdojo.library", "torchdojo.store.database")


def serve(address):
    """Answer until standard input ends; returns in the process of a program, with what is asked of it."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(16)
    os.write(1, b"ready\n")
    waiting = selectors.DefaultSelector()
    waiting.register(listening, selectors.EVENT_READ)
    waiting.register(0, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj == 0:
                with contextlib.suppress(ChildProcessError):
                    while os.wait():
                        pass
                os._exit(0)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                waiting.close()
                return _program(connection)
            connection.close()


def _program(connection):
    """Fork once more: one process watches over the program, the other becomes it."""
    length, descriptors, *_ = socket.recv_fds(connection, LENGTH_BYTES, 64)
    message = b""
    while len(message) < int.from_bytes(length, "big"):
        message += connection.recv(1 << 16)
    asked = json.loads(message)
    child = os.fork()
    if child:
        for number in descriptors:
            os.close(number)
        _watch_over(child, connection)
    connection.close()
    wanted = asked["descriptors"]
    # Out of the way of the numbers that they are to have.
    moved = [fcntl.fcntl(number, fcntl.F_DUPFD, max(wanted) + 1) for number in descriptors]
    for number, end in zip(moved, wanted, strict=True):
        os.dup2(number, end)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number not in wanted:
            with contextlib.suppress(OSError):
                os.close(number)
    return asked


def _watch_over(child, connection):
    ending = os.pidfd_open(child)
    waiting = selectors.DefaultSelector()
    waiting.register(ending, selectors.EVENT_READ)
    waiting.register(connection, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj == ending:
                status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                with contextlib.suppress(OSError):
                    connection.sendall(status.to_bytes(STATUS_BYTES, "big", signed=True))
                os._exit(0)
            numbers = connection.recv(16)
            for number in numbers or [signal.SIGKILL]:
                os.kill(child, number)
            if not numbers:
                os.waitpid(child, 0)
                os._exit(0)


class _Hidden(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives torch and all that belongs to it back when it is imported."""

    def __init__(self):
        self._modules = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "torch"}
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname, path, target=None):
        if fullname != "torch" or self not in sys.meta_path:
            return None
        return importlib.util.spec_from_file_location("torch", self._modules["torch"].__file__, loader=self)

    def create_module(self, spec):
        self._spec = self._modules["torch"].__spec__
        return self._modules["torch"]

    def exec_module(self, module):
        module.__spec__ = self._spec
        sys.modules.update(self._modules)
        sys.meta_path.remove(self)


def load():
    """Import what takes long, as a command and the first steps of a training would."""
    import torch
    import torch._dynamo  # an optimizer imports it

    import torchdojo.bugs
    import torchdojo.probes

    for name in (*_LIBRARIES, *_ROOMS):
        importlib.import_module(name)
    model = torch.nn.Linear(1, 1)
    torch.optim.SGD(model.parameters(), lr=0.1).zero_grad()
    torchdojo.probes.probes()
    torchdojo.bugs.bug_kinds()
    torch.manual_seed(torch.initial_seed())
    assert len(os.listdir("/proc/self/task")) == 1


def run(asked, executable):
    """Become the program."""
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.executable = executable
    sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    further = asked["environment"].get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [folder for folder in further if folder and folder not in sys.path]
    sys.argv = asked["argv"][1:]
    if sys.argv[0] == "-m":
        sys.path[0] = asked["folder"]
        sys.argv = sys.argv[1:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        program = os.path.abspath(sys.argv[0])
        del sys.path[0]
        if not os.path.isdir(program):
            sys.path.insert(0, os.path.dirname(program))
        runpy.run_path(program, run_name="__main__")


def end(raised):
    """End as Python does, but for taking every module down, which takes longer than most programs."""
    status = 0
    if isinstance(raised, SystemExit):
        status = raised.code if isinstance(raised.code, int) else int(raised.code is not None)
        if isinstance(raised.code, str):
            print(raised.code, file=sys.stderr)
    elif raised is not None:
        sys.excepthook(type(raised), raised, raised.__traceback__)
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status & 0xFF)


if __name__ == "__main__":
    load()
    hidden = _Hidden()
    gc.collect()
    gc.freeze()
    asked = serve(sys.argv[1])
    try:
        run(asked, sys.argv[2])
    except BaseException as error:
        end(error)
    end(None)
