"""Lays the memory of a zygote out in large pages, so that a fork has few entries to copy and its end few to undo.

A process with torch in it holds some 200 MB in 50,000 small pages, and every fork of it copies the table of them all:
five milliseconds for each job, and as many when it ends. A child that writes still copies small pages only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from torchdojo.sandbox import kernel

_LARGE = 2 << 20

#: Memory of no file that may be written: the heap, and what was mapped for objects.
_OWN_MEMORY = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0\s*(\[heap\])?\n?")


def large_pages() -> Iterator[None]:
    """Each step puts one large page together, in some milliseconds. Where the kernel cannot, memory stays as it is."""
    for first, last in _own_memory():
        for place in range(-(-first // _LARGE) * _LARGE, last // _LARGE * _LARGE, _LARGE):
            try:
                kernel.collapse(place, _LARGE)
            except OSError:
                continue  # It holds nothing, or there is no room for it in one piece.
            yield


def _own_memory() -> list[tuple[int, int]]:
    try:
        with Path("/proc/self/maps").open() as lines:
            found = [match for line in lines if (match := _OWN_MEMORY.fullmatch(line)) is not None]
    except OSError:
        return []
    return [(int(match[1], 16), int(match[2], 16)) for match in found]
