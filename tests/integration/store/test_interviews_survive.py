"""Killed in mid-interview: every event that was acknowledged is there, and the chain holds."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from torchdojo.domain.errors import StoreError
from torchdojo.domain.interview import Event
from torchdojo.interview.log import verify_chain
from torchdojo.store.database import DatabaseStore

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.room import Room
from torchdojo.interview.log import FIRST_SEAL, sealed
from torchdojo.store.database import DatabaseStore

store = DatabaseStore(Path(sys.argv[1]))
now = datetime(2026, 3, 1, tzinfo=UTC)

def after(event, text):
    number, seal = (event.number + 1, event.seal) if event else (1, FIRST_SEAL)
    return sealed(seal, Event(number, now, number / 7, Actor.CANDIDATE, Happening.SCRATCH, {"text": text}))

last = after(None, "made")
if store.room("r") is None:
    store.add_room(Room("r", now, 0, ""), [], [last])
for turn in range(int(sys.argv[2])):
    event = after(last, f"{sys.argv[3]} {turn}" * (turn % 40))
    if store.append_events("r", [event]):
        last = event
        print(event.number, event.seal, flush=True)
    else:
        last = store.room_events("r")[-1]
"""


def writer(file: Path, times: int, name: str = "w") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(file), str(times), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def whole_log(file: Path) -> list[Event]:
    store = DatabaseStore(file)
    store.check()
    room = store.room("r")
    assert room is not None
    log = store.room_events("r")
    assert verify_chain(log, last_seal=room.last_seal) is None
    store.close()
    return log


@pytest.mark.parametrize("moment", [1, 40, 111])
def test_killed_while_writing_no_acknowledged_event_is_lost(tmp_path: Path, moment: int) -> None:
    file = tmp_path / "dojo.sqlite3"
    with writer(file, 1_000_000) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().split() for _ in range(moment)]
        process.send_signal(signal.SIGKILL)
        told += [line.split() for line in process.stdout if line.endswith("\n")]
    seals = {event.number: event.seal for event in whole_log(file)}
    assert [seals[int(number)] for number, _ in told] == [seal for _, seal in told]
    # The room's beginning, and at most the one event that was on its way when the process died.
    assert 1 <= len(seals) - len(told) <= 2


def test_two_programs_that_write_the_same_log_keep_one_chain(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    with writer(file, 1) as first:
        first.wait(60)
    processes = [writer(file, 40, name) for name in ("a", "b")]
    told = [line.split() for process in processes for line in process.communicate(timeout=120)[0].splitlines()]
    assert [process.returncode for process in processes] == [0, 0]
    log = whole_log(file)
    assert len({number for number, _ in told}) == len(told)
    assert len(log) == 2 + len(told)


def test_a_log_that_somebody_damaged_is_said_to_be_unreadable(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "dojo.sqlite3"
    with writer(file, 3) as process:
        process.wait(60)
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE room_events SET data = 'nonsense' WHERE number = 2")
    raw.close()
    store = DatabaseStore(file)
    with pytest.raises(StoreError, match="Event 2 of interview r cannot be read"):
        store.room_events("r")
    store.close()
