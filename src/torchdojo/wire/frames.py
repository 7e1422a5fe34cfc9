"""Frames: u32 header length, u64 body length, JSON header, raw little-endian body.

Never pickle: a frame is JSON plus raw numbers, so reading one from hostile code can at worst be refused. Every
length, depth, dtype and shape is checked before memory is taken for it.
"""

from __future__ import annotations

import json
import math
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PREFIX = struct.Struct("<IQ")
MAX_HEADER = 1 << 20
MAX_BODY = 256 << 20
MAX_DEPTH = 16
MAX_DIMS = 8

#: Bytes read at once. Room for so many is taken before each reading.
_CHUNK = 1 << 16

#: Name and item size in bytes of every dtype that may cross. The names are torch's.
DTYPES: Mapping[str, int] = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "complex64": 8,
    "complex128": 16,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
}


class WireError(Exception):
    """The other side sent something that is not a frame."""


class WireClosed(WireError):
    """The other side is gone."""


class WireTimeout(WireError):
    """Nothing complete arrived before the deadline."""


@dataclass(frozen=True, slots=True)
class TensorData:
    """A tensor as raw little-endian, C-contiguous bytes."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise WireError(f"dtype {self.dtype!r} may not cross")
        if len(self.shape) > MAX_DIMS or any(n < 0 for n in self.shape):
            raise WireError(f"shape {self.shape} is out of bounds")
        if math.prod(self.shape) * DTYPES[self.dtype] != len(self.data):
            raise WireError(f"{len(self.data)} bytes do not make {self.dtype}{list(self.shape)}")
        if self.dtype == "bool" and self.data.strip(b"\x00\x01"):
            raise WireError("a bool tensor holds bytes other than 0 and 1")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: a JSON object and any number of named tensors."""

    header: Mapping[str, Any]
    tensors: Mapping[str, TensorData] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The message's type, "" when it has none."""
        kind = self.header.get("type", "")
        return kind if isinstance(kind, str) else ""


def _constant(name: str) -> float:
    # NaN and infinities are legal values of a loss, so they cross as JavaScript's names.
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[name]


# Made once: a call of json.dumps or json.loads with options makes a new one each time.
_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_from_json = json.JSONDecoder(parse_constant=_constant).decode


def encode(header: Mapping[str, Any], tensors: Mapping[str, TensorData] | None = None) -> bytes:
    """The bytes of one frame. `header` must be JSON data and must not use the key "tensors"."""
    tensors = tensors or {}
    described = [[name, t.dtype, list(t.shape)] for name, t in tensors.items()]
    head = _to_json({**header, "tensors": described}).encode()
    body = b"".join([t.data for t in tensors.values()])
    if len(head) > MAX_HEADER or len(body) > MAX_BODY:
        raise WireError(f"a frame of {len(head)} + {len(body)} bytes is too large to send")
    return PREFIX.pack(len(head), len(body)) + head + body


def decode(head: bytes, body: bytes) -> Frame:
    """The frame in these bytes; WireError for anything malformed."""
    try:
        header = _from_json(head.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"the header is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise WireError("the header is not an object")
    if _too_deep(header):
        raise WireError("the header is nested too deeply")
    described = header.pop("tensors", [])
    tensors: dict[str, TensorData] = {}
    offset = 0
    if not isinstance(described, list):
        raise WireError("the tensor list is not a list")
    for item in described:
        name, dtype, shape = _described(item)
        size = math.prod(shape) * DTYPES[dtype]
        tensors[name] = TensorData(dtype, shape, body[offset : offset + size])
        offset += size
    if offset != len(body):
        raise WireError(f"{len(body) - offset} bytes are left over")
    return Frame(header, tensors)


def _described(item: Any) -> tuple[str, str, tuple[int, ...]]:
    if not (isinstance(item, list) and len(item) == 3):
        raise WireError("a tensor description is malformed")
    name, dtype, shape = item
    if not isinstance(name, str) or dtype not in DTYPES or not isinstance(shape, list):
        raise WireError("a tensor description is malformed")
    if len(shape) > MAX_DIMS or not all(type(n) is int and 0 <= n < 1 << 40 for n in shape):
        raise WireError(f"shape {shape!r:.80} is out of bounds")
    if math.prod(shape) * DTYPES[dtype] > MAX_BODY:
        raise WireError(f"shape {shape!r:.80} is too large")
    return name, dtype, tuple(shape)


def _too_deep(value: Any) -> bool:
    # Level by level: json refuses very deep input by itself, but a few hundred levels would reach a recursive walk.
    level = [value]
    for _ in range(MAX_DEPTH):
        below = []
        for several in level:
            for child in several.values() if type(several) is dict else several:
                kind = type(child)
                if kind is list or kind is dict:
                    below.append(child)
        if not below:
            return False
        level = below
    return True


class Channel:
    """One end of a job's socket, with one absolute deadline per receive.

    A per-`recv` timeout is no deadline: a sender that drips a byte at a time never trips it.
    """

    def __init__(self, sock: socket.socket, *, accept_descriptors: bool = False) -> None:
        """Speak over `sock`. Descriptors are accepted from a trusted other side only; they wait in `descriptors`."""
        self._sock = sock
        self._buffer = bytearray()
        self._accept = accept_descriptors
        self.descriptors: deque[int] = deque()

    def fileno(self) -> int:
        """The descriptor, so that a selector can wait on the channel."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close the socket; the other end sees the end of the stream."""
        self._sock.close()

    def send(
        self,
        header: Mapping[str, Any],
        tensors: Mapping[str, TensorData] | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        """Send one frame, passing open descriptors along; WireClosed when the other side is gone."""
        data = encode(header, tensors)
        try:
            sent = socket.send_fds(self._sock, [data], list(descriptors)) if descriptors else 0
            self._sock.sendall(data[sent:])
        except OSError as error:
            raise WireClosed(str(error)) from None

    def receive(self, deadline: float) -> Frame:
        """The next frame, waiting until `deadline` on the monotonic clock.

        Raises WireTimeout, WireClosed, or WireError for bytes that are no frame.
        """
        while (frame := self.next_buffered()) is None:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._sock], [], [], left)[0]:
                raise WireTimeout("no complete frame before the deadline")
            self.fill()
        return frame

    def fill(self) -> None:
        """Read what has arrived into the buffer; WireClosed at the end of the stream."""
        try:
            if self._accept:
                chunk, received, _, _ = socket.recv_fds(self._sock, _CHUNK, 8)
                self.descriptors.extend(received)
            else:
                chunk = self._sock.recv(_CHUNK)
        except OSError as error:
            raise WireClosed(str(error)) from None
        if not chunk:
            raise WireClosed("the other side closed the channel")
        self._buffer += chunk

    def next_buffered(self) -> Frame | None:
        """A frame that has arrived completely, or None."""
        if len(self._buffer) < PREFIX.size:
            return None
        head_size, body_size = PREFIX.unpack_from(self._buffer)
        if head_size > MAX_HEADER or body_size > MAX_BODY:
            raise WireError(f"a frame of {head_size} + {body_size} bytes is refused")
        end = PREFIX.size + head_size + body_size
        if len(self._buffer) < end:
            return None
        head = bytes(self._buffer[PREFIX.size : PREFIX.size + head_size])
        body = bytes(self._buffer[PREFIX.size + head_size : end])
        del self._buffer[:end]
        return decode(head, body)
