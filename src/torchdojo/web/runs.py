"""Running a submission while the page watches: events from a worker thread as lines of JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from torchdojo.domain.errors import Cancelled, DojoError
from torchdojo.web.chart_data import finite

Event = Mapping[str, Any]
Work = Callable[[Callable[[Event], None], threading.Event], Event]

# How often a silent run sends a sign of life, and looks whether anybody still listens.
PULSE_SECONDS = 0.5
LAST = frozenset({"report", "ran", "made", "looks", "cancelled", "error"})

_log = logging.getLogger(__name__)


class RunDesk:
    """At most `places` runs at a time in this server; the others wait and are told so."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._running: set[asyncio.Task[None]] = set()
        self.closing = False

    def close(self) -> None:
        """End all runs soon, because the server is about to stop."""
        self.closing = True

    async def stream(self, work: Work, gone: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """Run `work(emit, cancel)` in a thread and yield its events, one JSON object a line.

        What `work` returns is the last event. The run is cancelled as soon as `gone()` says that nobody listens, or
        the iteration is closed. Errors end the stream with an "error" event; they never raise.
        """
        if self._places.locked():
            yield _line({"type": "stage", "text": "Waiting: another run has to finish first"})
        await self._places.acquire()
        cancel = threading.Event()
        queue: asyncio.Queue[Event] = asyncio.Queue()
        task = asyncio.create_task(self._work(work, queue, cancel))
        self._running.add(task)
        # The place stays taken until the run has really ended, however soon the page goes away.
        task.add_done_callback(self._give_back)
        try:
            async for line in self._lines(queue, gone):
                yield line
        finally:
            cancel.set()

    async def _lines(self, queue: asyncio.Queue[Event], gone: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        while True:
            try:
                first = await asyncio.wait_for(queue.get(), PULSE_SECONDS)
            except TimeoutError:
                if self.closing or await gone():
                    return
                yield _line({"type": "pulse"})
                continue
            for event in _merged([first, *_drain(queue)]):
                yield _line(event)
                if event["type"] in LAST:
                    return
            if self.closing or await gone():
                return

    def _give_back(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._places.release()

    @staticmethod
    async def _work(work: Work, queue: asyncio.Queue[Event], cancel: threading.Event) -> None:
        loop = asyncio.get_running_loop()

        def emit(event: Event) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, event)

        try:
            last = await asyncio.to_thread(work, emit, cancel)
        except Cancelled:
            last = {"type": "cancelled"}
        except DojoError as error:
            last = {"type": "error", "fact": error.fact, "cure": error.cure}
        except Exception:
            _log.exception("a run could not be carried out")
            cure = "Nothing was counted and your text is kept. Run it again; the terminal says what went wrong."
            last = {"type": "error", "fact": "We broke, not you.", "cure": cure}
        queue.put_nowait(last)


def _drain(queue: asyncio.Queue[Event]) -> list[Event]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def _merged(events: list[Event]) -> list[Event]:
    """Neighbouring pieces of output become one, so that a chatty script does not flood the page."""
    merged: list[Event] = []
    for event in events:
        if merged and event["type"] == "output" and merged[-1]["type"] == "output":
            merged[-1] = {**merged[-1], "text": merged[-1]["text"] + event["text"]}
        else:
            merged.append(event)
    return merged


def _line(event: Event) -> bytes:
    if event["type"] == "curve":
        event = {**event, "y": finite(event["y"])}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
