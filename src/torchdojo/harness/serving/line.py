"""The line to the judge: answers, and alarms that nothing in this process can hold back.

A submission may replace every function of Python and of ours that has a name. An alarm is therefore made and sent by C
functions taken hold of before the submission is loaded, and numbered like every other frame: whoever keeps one from
arriving leaves a gap in the numbers.
"""

from __future__ import annotations

import _socket
import json
import os
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

from torchdojo.harness.serving.opaque import opaque
from torchdojo.wire import signer
from torchdojo.wire.frames import PREFIX, TensorData, encode

#: send(header, tensors): an answer. Raises what encoding it raises.
Send = Callable[..., None]

#: alarm(type, what, line): leaves at once.
Alarm = Callable[[str, str, int], None]


def open_line(sock: socket.socket, key: str) -> tuple[Send, Alarm]:
    """Both ways to speak, over one socket and with one row of numbers."""
    leave, send_all, pack = os._exit, _socket.socket.sendall, PREFIX.pack
    quoted, sign = json.encoder.encode_basestring_ascii, signer(key)
    lock, size = threading.RLock(), len
    number = 0

    def put(data: bytes) -> None:
        nonlocal number
        number += 1
        try:
            send_all(sock, data)
        except BaseException:
            leave(0)  # Nobody listens any more.

    def send(header: Mapping[str, Any], tensors: Mapping[str, TensorData] | None = None) -> None:
        with lock:
            put(encode({**header, "signature": sign(number)}, tensors))

    def alarm(kind: str, what: str, line: int) -> None:
        with lock:
            words = (quoted(kind), quoted(what), line, quoted(sign(number)))
            head = ('{"type":%s,"what":%s,"line":%d,"signature":%s,"tensors":[]}' % words).encode()  # noqa: UP031
            put(pack(size(head), 0) + head)

    return opaque(send), opaque(alarm)
