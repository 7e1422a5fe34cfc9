"""The thread that changes rooms: one order, one answer each, and what is not on the disk was never said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager

import pytest

from torchdojo.domain.errors import BadInput, StoreError
from torchdojo.web.rooms.writing import Writer


class Disk:
    """Keeps what was done in a block when the block ends, unless it is full."""

    def __init__(self) -> None:
        self.kept: list[list[int]] = []
        self.doing: list[int] = []
        self.full = False

    @contextmanager
    def together(self) -> Iterator[None]:
        self.doing = []
        yield
        if self.full:
            raise StoreError("There is no space left.")
        self.kept.append(self.doing)


@pytest.fixture
def disk() -> Disk:
    return Disk()


def held_up(writer: Writer) -> threading.Event:
    """The writer is busy until this is set, so that what is asked for meanwhile waits together."""
    free, busy = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        free.wait(30)

    writer.submit(hold)
    busy.wait(30)
    return free


def test_what_waits_goes_to_the_disk_together_and_in_order(disk: Disk) -> None:
    writer = Writer(disk.together, lambda: None, monotonic=lambda: 0.0)
    free = held_up(writer)
    answers = [writer.submit(lambda number=number: disk.doing.append(number) or number) for number in range(9)]  # type: ignore[misc]
    told_before_it_was_kept: list[int] = []
    for answer in answers:
        answer.add_done_callback(lambda done: disk.kept or told_before_it_was_kept.append(done.result()))
    free.set()
    assert [answer.result(30) for answer in answers] == list(range(9))
    writer.close()
    assert [number for batch in disk.kept for number in batch] == list(range(9))
    assert len([batch for batch in disk.kept if batch]) == 1
    assert told_before_it_was_kept == []


def test_what_takes_long_is_not_gathered_for_ever(disk: Disk) -> None:
    times = iter(range(1000))
    writer = Writer(disk.together, lambda: None, monotonic=lambda: next(times))
    wait([writer.submit(lambda number=number: disk.doing.append(number)) for number in range(5)], 30)  # type: ignore[misc]
    writer.close()
    assert [number for batch in disk.kept for number in batch] == list(range(5))
    assert max(len(batch) for batch in disk.kept) <= 1


def test_a_refusal_is_the_answer_to_its_own_question_alone(disk: Disk) -> None:
    writer = Writer(disk.together, lambda: None)

    def refuse() -> None:
        raise BadInput("No.")

    free = held_up(writer)
    refused, done = writer.submit(refuse), writer.submit(lambda: "done")
    free.set()
    with pytest.raises(BadInput):
        refused.result(30)
    assert done.result(30) == "done"
    writer.close()


def test_when_the_disk_is_full_everybody_hears_it_after_all_has_been_undone(disk: Disk) -> None:
    undone = threading.Event()
    writer = Writer(disk.together, undone.set)
    free = held_up(writer)
    answers = [writer.submit(lambda number=number: disk.doing.append(number)) for number in range(3)]  # type: ignore[misc]
    heard_before: list[bool] = []
    for answer in answers:
        answer.add_done_callback(lambda _: heard_before.append(not undone.is_set()))
    disk.full = True
    free.set()
    for answer in answers:
        with pytest.raises(StoreError):
            answer.result(30)
    assert heard_before == [False] * 3
    disk.full = False
    assert writer.submit(lambda: "again").result(30) == "again"
    writer.close()


def test_without_a_store_nobody_waits_for_ever() -> None:
    @contextmanager
    def nowhere() -> Iterator[None]:
        raise StoreError("The data folder cannot be used.")
        yield

    writer = Writer(nowhere, lambda: None)
    with pytest.raises(StoreError):
        writer.submit(lambda: "never").result(30)
    writer.close()
