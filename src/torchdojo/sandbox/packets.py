"""Small messages between the owner of a fork server and its zygote, with descriptors attached."""

from __future__ import annotations

import json
import os
import socket
import struct
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

_LENGTH = struct.Struct("=I")
_MOST_DESCRIPTORS = 8


def send(control: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message. Raises OSError when nobody is there any more."""
    body = json.dumps(message, separators=(",", ":")).encode()
    data = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(control, [data], list(descriptors))
    control.sendall(data[sent:])


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message with its descriptors, or None at the end. Raises OSError (TimeoutError included)."""
    start, descriptors, _, _ = socket.recv_fds(control, _LENGTH.size, _MOST_DESCRIPTORS)
    if not start:
        return None
    start += _exactly(control, _LENGTH.size - len(start))
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    message: dict[str, Any] = json.loads(_exactly(control, _LENGTH.unpack(start)[0]))
    return message, list(descriptors)


def anonymous_file() -> BinaryIO:
    """A file without a name, to hand a job's order to its process without a third one reading it."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("job", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()


def write_order(entry: str, request: Mapping[str, Any], files: Mapping[str, bytes]) -> BinaryIO:
    """A job's order as an anonymous file, to be read by `read_order`."""
    head = {"entry": entry, "request": request, "files": [[name, len(data)] for name, data in files.items()]}
    body = json.dumps(head).encode()
    order = anonymous_file()
    order.write(_LENGTH.pack(len(body)) + body)
    for data in files.values():
        order.write(data)
    order.flush()
    return order


def read_order(descriptor: int) -> tuple[str, dict[str, Any], dict[str, bytes]]:
    """Entry, request and files from the anonymous file behind `descriptor`, which is closed."""
    with open(descriptor, "rb") as order:
        order.seek(0)
        head = json.loads(order.read(_LENGTH.unpack(order.read(_LENGTH.size))[0]))
        files = {name: order.read(size) for name, size in head["files"]}
    return head["entry"], head["request"], files


def _exactly(control: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = control.recv(count - len(data))
        if not part:
            raise ConnectionResetError("the message ended early")
        data += part
    return data
