"""Killed in mid-review: every answer that was acknowledged is there, once, and the states follow from the log."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from torchdojo.scheduling.replaying import replayed
from torchdojo.store.database import DatabaseStore

REVIEWER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from torchdojo.domain.card import Act, CardState, Rating, ReviewLog
from torchdojo.scheduling.replaying import advanced
from torchdojo.store.database import DatabaseStore

store = DatabaseStore(Path(sys.argv[1]))
now = datetime(2026, 3, 1, tzinfo=UTC)
for turn in range(int(sys.argv[2])):
    card = f"facts/{turn % 7}"
    now += timedelta(hours=1)
    state = store.card_state(card) or CardState(card)
    entry = ReviewLog(card, state.entries, Act.REVIEW, now, Rating(1 + turn % 4), state.phase, 0.9, 365)
    # Sent twice, as a browser does that got no answer.
    counted = [store.add_entries([([entry], advanced(state, entry))]) for _ in range(2)]
    print(card, entry.place, *counted, flush=True)
"""


def reviewer(file: Path, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", REVIEWER, str(file), str(times)], stdout=subprocess.PIPE, text=True)


def test_killed_in_mid_review_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    with reviewer(file, 1_000_000) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().split() for _ in range(60)]
        process.send_signal(signal.SIGKILL)
        told += [line.split() for line in process.stdout if line.endswith("\n")]
    store = DatabaseStore(file)
    store.check()
    states = store.card_states()
    for card, place, *counted in told:
        assert counted == ["1", "0"]
        assert int(place) < states[card].entries
    for card, state in states.items():
        log = store.card_log(card)
        assert [entry.place for entry in log] == list(range(len(log)))
        assert replayed(card, log) == state
    # At most the one answer that was on its way when the process died.
    assert 0 <= sum(state.entries for state in states.values()) - len(told) <= 1
    store.close()


def test_two_programs_that_answer_the_same_cards_never_answer_a_showing_twice(tmp_path: Path) -> None:
    file = tmp_path / "dojo.sqlite3"
    DatabaseStore(file).check()
    processes = [reviewer(file, 30) for _ in range(3)]
    told = [line.split() for process in processes for line in process.communicate(timeout=120)[0].splitlines()]
    assert [process.returncode for process in processes] == [0] * 3
    taken = [(card, place) for card, place, first, _ in told if first == "1"]
    assert len(set(taken)) == len(taken)
    store = DatabaseStore(file)
    for card, state in store.card_states().items():
        assert replayed(card, store.card_log(card)) == state
        assert state.entries == sum(name == card for name, _ in taken)
    store.close()
