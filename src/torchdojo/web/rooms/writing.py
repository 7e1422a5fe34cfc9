"""The one thread that changes rooms, so that all changes have one order; what waits goes to the disk together."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

#: A disk takes some milliseconds to keep anything, however much: as long is gathered, so that nobody waits much longer.
GATHER_SECONDS = 0.02

T = TypeVar("T")
_log = logging.getLogger(__name__)
_Outcome = tuple[Future[Any], Any, BaseException | None]


class Writer:
    """Does one piece of work after the other, as many as wait inside one `together()`, and answers after it.

    When `together()` ends with an error all of them get it, and `undo` is called before anybody hears of it.
    """

    def __init__(
        self,
        together: Callable[[], AbstractContextManager[None]],
        undo: Callable[[], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._together = together
        self._undo = undo
        self._monotonic = monotonic
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="interview-log")
        self._waiting: deque[tuple[Callable[[], Any], Future[Any]]] = deque()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have it done. Raises RuntimeError once closed."""
        future: Future[T] = Future()
        self._waiting.append((work, future))
        # As many turns as there is work, so that a turn may leave some of it to the next one.
        self._thread.submit(self._turn)
        return future

    def close(self) -> None:
        """Return when everything is done."""
        self._thread.shutdown(wait=True)

    def _turn(self) -> None:
        done: list[_Outcome] = []
        try:
            with self._together():
                self._gather(done, lambda work: work())
        except BaseException as error:
            if not done:
                # Not even begun, for want of a store: nobody may wait for ever.
                self._gather(done, lambda work: None)
            done = [(future, None, error) for future, _, _ in done]
            try:
                self._undo()
            except Exception:
                _log.exception("what could not be kept could not be undone")
        for future, result, fault in done:
            if fault is None:
                future.set_result(result)
            else:
                future.set_exception(fault)

    def _gather(self, done: list[_Outcome], do: Callable[[Callable[[], Any]], Any]) -> None:
        enough = self._monotonic() + GATHER_SECONDS
        # At least one in each turn, however slow the machine: there are no more turns than work.
        while self._waiting and (not done or self._monotonic() < enough):
            work, future = self._waiting.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                done.append((future, do(work), None))
            except BaseException as error:
                done.append((future, None, error))
