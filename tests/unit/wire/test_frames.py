"""The wire refuses everything that is not a frame, and loses nothing that is."""

from __future__ import annotations

import json
import math
import os
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchdojo.wire import Channel, TensorData, WireClosed, WireError, WireTimeout, encode
from torchdojo.wire.frames import DTYPES, MAX_BODY, MAX_HEADER, PREFIX, decode


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def soon() -> float:
    return time.monotonic() + 20


@given(
    st.dictionaries(st.text(max_size=8).filter(lambda k: k != "tensors"), st.integers() | st.text(), max_size=4),
    st.lists(st.tuples(st.sampled_from(sorted(DTYPES)), st.lists(st.integers(0, 4), max_size=3)), max_size=3),
)
def test_what_is_sent_arrives(header, described):
    tensors = {}
    for index, (dtype, shape) in enumerate(described):
        fill = b"\x01" if dtype == "bool" else b"\x07"
        tensors[f"t{index}"] = TensorData(dtype, tuple(shape), fill * (math.prod(shape) * DTYPES[dtype]))
    left, right = socket.socketpair()
    with left, right:
        Channel(left).send(header, tensors)
        frame = Channel(right).receive(soon())
    assert dict(frame.header) == header
    assert dict(frame.tensors) == tensors


def test_infinities_and_nan_cross_as_numbers(pair):
    left, right = pair
    Channel(left).send({"type": "loss", "values": [math.inf, -math.inf, math.nan]})
    high, low, nothing = Channel(right).receive(soon()).header["values"]
    assert (high, low) == (math.inf, -math.inf)
    assert math.isnan(nothing)


def framed(head: bytes, body: bytes = b"") -> bytes:
    return PREFIX.pack(len(head), len(body)) + head + body


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(framed(b"not json"), id="no json"),
        pytest.param(framed(b"[1]"), id="not an object"),
        pytest.param(framed(b"[" * 30_000 + b"]" * 30_000), id="nested thirty thousand deep"),
        pytest.param(framed(b'{"a":' + b"[" * 20 + b"]" * 20 + b"}"), id="nested twenty deep"),
        pytest.param(PREFIX.pack(MAX_HEADER + 1, 0), id="header too large"),
        pytest.param(PREFIX.pack(2, MAX_BODY + 1), id="body too large"),
        pytest.param(PREFIX.pack(2, 1 << 60), id="body of an exbibyte"),
        pytest.param(framed(b"{}", b"left over"), id="bytes left over"),
        pytest.param(framed(b'{"tensors":[["x","float32",[3]]]}', b"\0" * 8), id="too few bytes"),
        pytest.param(framed(b'{"tensors":[["x","float32",[-1]]]}'), id="negative size"),
        pytest.param(framed(b'{"tensors":[["x","float32",[1099511627776,1099511627776]]]}'), id="overflowing shape"),
        pytest.param(framed(b'{"tensors":[["x","float32",[1.0]]]}', b"\0" * 4), id="fractional size"),
        pytest.param(framed(b'{"tensors":[["x","float32",[true]]]}', b"\0" * 4), id="boolean size"),
        pytest.param(framed(b'{"tensors":[["x","object",[1]]]}', b"\0" * 8), id="unknown dtype"),
        pytest.param(framed(b'{"tensors":[["x","bool",[1]]]}', b"\x07"), id="bool of seven"),
        pytest.param(framed(b'{"tensors":{"x":1}}'), id="tensor list is no list"),
        pytest.param(framed(json.dumps({"tensors": [["x", "uint8", [1] * 9]]}).encode(), b"\0"), id="nine dimensions"),
    ],
)
def test_what_is_no_frame_is_refused(pair, raw):
    left, right = pair
    sender = threading.Thread(target=left.sendall, args=(raw,))
    sender.start()
    with pytest.raises(WireError):
        Channel(right).receive(soon())
    sender.join()


def test_a_dripping_sender_meets_the_deadline(pair):
    left, right = pair
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.01):
            left.send(b"\0")

    sender = threading.Thread(target=drip)
    sender.start()
    try:
        with pytest.raises((WireTimeout, WireError)):
            Channel(right).receive(time.monotonic() + 0.1)
    finally:
        stop.set()
        sender.join()


def test_the_end_of_the_stream_is_said(pair):
    left, right = pair
    left.sendall(encode({"type": "half"})[:-3])
    left.close()
    with pytest.raises(WireClosed):
        Channel(right).receive(soon())


def test_descriptors_travel_only_where_they_are_accepted(pair):
    left, right = pair
    reading, writing = os.pipe()
    try:
        Channel(left).send({"type": "started"}, descriptors=[writing])
        trusted = Channel(right, accept_descriptors=True)
        assert trusted.receive(soon()).type == "started"
        received = trusted.descriptors.popleft()
        os.write(received, b"through")
        os.close(received)
        assert os.read(reading, 16) == b"through"
        Channel(left).send({"type": "again"}, descriptors=[writing])
        wary = Channel(right)
        assert wary.receive(soon()).type == "again"
        assert not wary.descriptors
    finally:
        os.close(reading)
        os.close(writing)


def test_a_tensor_too_short_cannot_be_made():
    with pytest.raises(WireError):
        TensorData("float32", (2,), b"\0" * 7)


def test_decode_takes_head_and_body_apart():
    frame = decode(b'{"type":"x","tensors":[["a","uint8",[2]],["b","uint8",[0]]]}', b"\x01\x02")
    assert frame.type == "x"
    assert frame.tensors["a"].data == b"\x01\x02"
    assert frame.tensors["b"].data == b""
