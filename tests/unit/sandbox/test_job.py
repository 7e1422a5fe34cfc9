"""Jobs and orders: what is refused, and what survives the way into the child."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from torchdojo.sandbox import Job, Limits, packets

LIMITS = Limits(wall_seconds=1, cpu_seconds=1, memory_mb=1, output_kb=1)


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.py", "a/../../b", "", "a//b", "./a", "a\0b"])
def test_files_cannot_leave_the_jobs_folder(name: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        Job("module:function", {}, {name: b""}, LIMITS)


@pytest.mark.parametrize("entry", ["module", "module:a:b"])
def test_an_entry_names_a_module_and_a_function(entry: str) -> None:
    with pytest.raises(ValueError, match=r"package\.module:function"):
        Job(entry, {}, {}, LIMITS)


@pytest.mark.parametrize("change", [{"wall_seconds": 0}, {"memory_mb": -1}, {"cpu_seconds": float("nan")}])
def test_limits_are_above_zero(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        Limits(**{"wall_seconds": 1, "cpu_seconds": 1, "memory_mb": 1, "output_kb": 1, **change})


def test_an_order_arrives_as_it_was_written() -> None:
    files = {"a.py": b"\0\xff", "folder/b.txt": b"", "c": b"x" * 100_000}
    with packets.write_order("m:f", {"list": [1, None, "ü"]}, files) as order:
        assert packets.read_order(os.dup(order.fileno())) == ("m:f", {"list": [1, None, "ü"]}, files)


def test_messages_carry_descriptors_and_end_cleanly() -> None:
    one, other = socket.socketpair()
    with one, other:
        reading, writing = os.pipe()
        packets.send(one, {"start": "job1"}, [writing])
        packets.send(one, {"long": "x" * 50_000})
        message, descriptors = packets.receive(other) or ({}, [])
        assert message == {"start": "job1"}
        os.write(descriptors[0], b"through")
        assert os.read(reading, 10) == b"through"
        assert not os.get_inheritable(descriptors[0])
        assert packets.receive(other) == ({"long": "x" * 50_000}, [])
        one.close()
        assert packets.receive(other) is None
        for descriptor in (reading, writing, *descriptors):
            os.close(descriptor)


def test_half_a_message_is_an_error() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"\x10\0\0\0{")
        one.close()
        with pytest.raises(ConnectionResetError):
            packets.receive(other)
