"""The program that stands for a forked one. It imports little: it is started as often as they are."""

import array
import json
import os
import signal
import socket
import sys

LENGTH_BYTES = 8
STATUS_BYTES = 4
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def ask(address):
    """Have the program run that `sys.argv` names, and end as it does."""
    descriptors = [number for number in map(int, os.listdir("/proc/self/fd")) if _is_inheritable(number)]
    asked = {"argv": sys.argv, "folder": os.getcwd(), "environment": dict(os.environ), "descriptors": descriptors}
    message = json.dumps(asked).encode()
    with socket.socket(socket.AF_UNIX) as server:
        for number in _FORWARDED:
            signal.signal(number, lambda number, frame: server.send(bytes([number])))
        server.connect(address)
        server.sendmsg(
            [len(message).to_bytes(LENGTH_BYTES, "big")],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))],
        )
        server.sendall(message)
        for number in descriptors:
            os.close(number)
        status = int.from_bytes(server.recv(STATUS_BYTES), "big", signed=True)
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


def _is_inheritable(number):
    try:
        return number < 3 or os.get_inheritable(number)
    except OSError:
        return False
