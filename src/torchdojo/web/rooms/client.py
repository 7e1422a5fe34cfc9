"""One browser in a room: its queue, its pace, and how it is sent away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.websockets import WebSocket

from torchdojo.domain.room import Link
from torchdojo.web.rooms.messages import Presence

#: How a socket is closed. A browser's page comes back by itself after 45xx, and does not after 44xx.
MALFORMED, NOT_ALLOWED, OUT_OF_STEP, TOO_LARGE, TOO_FAST = 4400, 4403, 4409, 4413, 4429
SLOW, GOING_AWAY = 4500, 4501

#: What may wait for a browser that does not read.
MOST_WAITING = 512
MOST_WAITING_BYTES = 4_000_000

#: How many messages and bytes a second a browser may send in the long run, and how many at once.
PER_SECOND, BYTES_PER_SECOND = 100.0, 100_000.0
AT_ONCE, BYTES_AT_ONCE = 400.0, 2_000_000.0

FAREWELL_SECONDS = 10.0


@dataclass
class _Allowance:
    """What may be used: so much at once, and so much a second that comes back."""

    per_second: float
    most: float
    left: float = field(init=False)
    counted: float = field(init=False, default=float("inf"))

    def __post_init__(self) -> None:
        self.left = self.most

    def take(self, amount: float, now: float) -> bool:
        """Use some of it; False when there is not enough left."""
        self.left = min(self.most, self.left + max(0.0, now - self.counted) * self.per_second)
        self.counted = now
        if self.left < amount:
            return False
        self.left -= amount
        return True


class Client:
    """A connection with a role. What is sent waits in a bounded queue, so that nobody waits for a slow reader."""

    def __init__(self, socket: WebSocket, link: Link, *, now: Callable[[], float] = time.monotonic) -> None:
        self.link = link
        self.people: dict[int, Presence] = {}
        self._socket = socket
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._more = asyncio.Event()
        self._closed = asyncio.Event()
        self._closing: tuple[int, str] | None = None
        self._now = now
        self._messages = _Allowance(PER_SECOND, AT_ONCE)
        self._amount = _Allowance(BYTES_PER_SECOND, BYTES_AT_ONCE)

    def send(self, message: bytes) -> None:
        """Queue a message; a client whose queue is full is closed, and gets everything when it comes back."""
        if self._closing:
            return
        if len(self._waiting) >= MOST_WAITING or self._bytes + len(message) > MOST_WAITING_BYTES:
            self.close(SLOW, "Your connection was too slow. The page connects again and catches up.")
            return
        self._waiting.append(message)
        self._bytes += len(message)
        self._more.set()

    def close(self, code: int, reason: str) -> None:
        """Send it away, whatever still waits for it. The first reason counts."""
        if self._closing is None:
            self._closing = (code, reason)
            self._waiting.clear()
            self._closed.set()

    @property
    def closing(self) -> bool:
        """Whether it is being sent away."""
        return self._closing is not None

    def too_fast(self, size: int) -> bool:
        """Count one message that came in; whether more comes in than anybody types or pastes."""
        now = self._now()
        return not (self._messages.take(1, now) and self._amount.take(size, now))

    async def write(self) -> None:
        """Send what is queued until the client is sent away or gone."""
        sending = asyncio.create_task(self._send_all())
        closing = asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait({sending, closing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, closing):
                task.cancel()
            await asyncio.gather(sending, closing, return_exceptions=True)
        if self._closing:
            # Somebody who does not read does not answer a farewell either.
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._socket.close(*self._closing), FAREWELL_SECONDS)

    async def _send_all(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                message = self._waiting.popleft()
                self._bytes -= len(message)
                await self._socket.send_bytes(message)
