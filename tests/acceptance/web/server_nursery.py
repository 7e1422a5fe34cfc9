"""A process that has loaded everything once and forks servers: to load it for each of them would take seconds.

It is asked over the socket whose number is its argument: a line of JSON, and with it one end of another socket. On that
one a server tells its address, and by its end that it has ended. A server with a process of its own can be killed; one
that shares a process shares its warm grader with the others there, and nothing else.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.web import create_app, serve

#: Pages that together load what most pages need.
TYPICAL = ("/exercises", "/exercises/spiral-classifier", "/drills", "/questions", "/review", "/mock", "/search?q=loss")


def main(control: socket.socket) -> None:
    """Fork until nobody asks any more."""
    load()
    children = []
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 65_536, 1)
        if not data:
            break
        os.set_inheritable(descriptors[0], False)
        pid = os.fork()
        if pid == 0:
            control.close()
            be_born(json.loads(data), socket.socket(fileno=descriptors[0]))
        os.close(descriptors[0])
        children.append(pid)
    for child in children:
        # All have ended by now, unless whoever asked for them was killed and could not end them.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def load() -> None:
    """Look at some pages, so that everything is imported, and leave no thread behind: they do not survive a fork."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_dojo(database=f"{folder}/dojo.sqlite3", with_grader=False) as dojo,
        TestClient(create_app(dojo, token="key"), base_url="http://127.0.0.1") as browser,
    ):
        for path in ("/?token=key", *TYPICAL):
            assert browser.get(path).status_code == 200, path
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()
    gc.freeze()


def be_born(asked: dict[str, Any], channel: socket.socket) -> None:
    """Be a server, or a house of servers, to the end of the process."""
    status = 1
    try:
        os.setsid()
        if "database" in asked:
            with opened(asked) as dojo:
                run(dojo, asked, channel)
        else:
            share(asked["folder"], channel)
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def share(folder: str, channel: socket.socket) -> None:
    """Serve each dojo that is asked for beside the others, with one grader, until nobody can ask any more."""
    with open_dojo(database=f"{folder}/none.sqlite3", environment={**os.environ, "TORCHDOJO_HOME": folder}) as house:
        for line in channel.makefile():
            asked = json.loads(line)
            dojo = replace(opened(asked | {"with_grader": False}), grader=house.grader)
            threading.Thread(target=run, args=(dojo, asked, channel), daemon=True).start()


def opened(asked: dict[str, Any]) -> Dojo:
    """The dojo in the folder of somebody's database: drills lie beside it."""
    return open_dojo(
        database=asked["database"],
        with_grader=asked["with_grader"],
        content=[Path(root) for root in asked["content"]],
        environment={**os.environ, "TORCHDOJO_HOME": str(Path(asked["database"]).parent)},
    )


def run(dojo: Dojo, asked: dict[str, Any], channel: socket.socket) -> None:
    """Serve and tell the address."""

    def announce(address: str) -> None:
        channel.sendall(f"{os.getpid()} {address}\n".encode())

    serve(dojo, host="127.0.0.1", port=asked["port"], open_browser=False, announce=announce)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
