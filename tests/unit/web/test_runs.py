"""Streaming a run: events in order, errors told, cancelled when nobody listens, no more at once than allowed."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

from torchdojo.domain.errors import BadInput, Cancelled
from torchdojo.web.runs import Event, RunDesk

Emit = Callable[[Event], None]


async def listening() -> bool:
    return False


async def collect(desk: RunDesk, work: Any, gone: Any = listening) -> list[dict[str, Any]]:
    events = [json.loads(line) async for line in desk.stream(work, gone)]
    return [event for event in events if event["type"] != "pulse"]


def test_events_arrive_in_order_and_the_result_comes_last() -> None:
    def work(emit: Emit, cancel: threading.Event) -> Event:
        emit({"type": "stage", "text": "training"})
        emit({"type": "output", "text": "é1\n"})
        emit({"type": "output", "text": "2\n"})
        emit({"type": "curve", "name": "train_loss", "x": 0.0, "y": 1.0})
        return {"type": "report", "verdict": "passed"}

    events = asyncio.run(collect(RunDesk(1), work))
    assert events[0] == {"type": "stage", "text": "training"}
    assert "".join(event["text"] for event in events if event["type"] == "output") == "é1\n2\n"
    assert events[-1] == {"type": "report", "verdict": "passed"}


def test_a_loss_that_is_no_number_reaches_the_page_as_nothing() -> None:
    def diverges(emit: Emit, cancel: threading.Event) -> Event:
        emit({"type": "curve", "name": "train_loss", "x": 1.0, "y": float("nan")})
        return {"type": "report"}

    assert asyncio.run(collect(RunDesk(1), diverges))[0]["y"] is None


def test_bad_input_and_a_stop_end_the_stream_with_words() -> None:
    def refused(emit: Emit, cancel: threading.Event) -> Event:
        raise BadInput("The file is empty.", "Write something.")

    def stopped(emit: Emit, cancel: threading.Event) -> Event:
        raise Cancelled("stopped")

    assert asyncio.run(collect(RunDesk(1), refused)) == [
        {"type": "error", "fact": "The file is empty.", "cure": "Write something."}
    ]
    assert asyncio.run(collect(RunDesk(1), stopped)) == [{"type": "cancelled"}]


def test_a_fault_of_ours_is_told_as_ours_without_its_details() -> None:
    def broken(emit: Emit, cancel: threading.Event) -> Event:
        raise ZeroDivisionError("secret detail")

    (event,) = asyncio.run(collect(RunDesk(1), broken))
    assert event["fact"] == "We broke, not you."
    assert "secret" not in json.dumps(event)


def test_a_run_nobody_listens_to_is_cancelled() -> None:
    seen = threading.Event()

    def endless(emit: Emit, cancel: threading.Event) -> Event:
        cancel.wait()
        seen.set()
        raise Cancelled("stopped")

    async def left() -> bool:
        return True

    asyncio.run(collect(RunDesk(1), endless, left))
    assert seen.is_set()


def test_a_server_that_stops_ends_its_runs() -> None:
    seen = threading.Event()
    desk = RunDesk(1)

    def endless(emit: Emit, cancel: threading.Event) -> Event:
        emit({"type": "stage", "text": "training"})
        desk.close()
        cancel.wait()
        seen.set()
        raise Cancelled("stopped")

    asyncio.run(collect(desk, endless))
    assert seen.is_set()


def test_closing_the_stream_cancels_the_run() -> None:
    seen = threading.Event()

    def endless(emit: Emit, cancel: threading.Event) -> Event:
        emit({"type": "stage", "text": "training"})
        cancel.wait()
        seen.set()
        raise Cancelled("stopped")

    async def open_and_close() -> None:
        stream = RunDesk(1).stream(endless, listening)
        await anext(stream)
        await stream.aclose()

    asyncio.run(open_and_close())
    assert seen.is_set()


def test_a_run_without_a_place_waits_says_so_and_then_runs() -> None:
    release = threading.Event()
    running = threading.Event()

    def first(emit: Emit, cancel: threading.Event) -> Event:
        running.set()
        release.wait()
        return {"type": "report", "run": 1}

    def second(emit: Emit, cancel: threading.Event) -> Event:
        assert release.is_set()
        return {"type": "report", "run": 2}

    async def both() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        desk = RunDesk(1)
        one = asyncio.create_task(collect(desk, first))
        await asyncio.to_thread(running.wait)
        stream = desk.stream(second, listening)
        waiting = json.loads(await anext(stream))
        assert "Waiting" in waiting["text"]
        release.set()
        return await one, [json.loads(line) async for line in stream]

    ended, followed = asyncio.run(both())
    assert ended[-1]["run"] == 1
    assert followed[-1]["run"] == 2
