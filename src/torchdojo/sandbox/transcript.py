"""A job's output within a cap: the beginning and the end are kept."""

from __future__ import annotations

_END_BYTES = 2048


class Transcript:
    """Collects output; `full` once more than `cap` bytes came, after which only the last bytes are kept too."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._head = bytearray()
        self._tail = b""
        self.seen = 0

    @property
    def full(self) -> bool:
        """Whether the cap is passed."""
        return self.seen > self._cap

    def add(self, data: bytes) -> bytes:
        """Take `data`; returns the part that still fits under the cap."""
        self.seen += len(data)
        fresh = data[: self._cap - len(self._head)]
        self._head += fresh
        self._tail = (self._tail + data[len(fresh) :])[-_END_BYTES:]
        return fresh

    def text(self) -> bytes:
        """Everything kept, with a note where something is missing."""
        missing = self.seen - len(self._head) - len(self._tail)
        if missing <= 0:
            return bytes(self._head) + self._tail
        return bytes(self._head) + b"\n[... %d bytes left out ...]\n" % missing + self._tail
