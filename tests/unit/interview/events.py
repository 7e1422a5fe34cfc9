"""Logs for tests: one event after the other, sealed, and a strategy that draws whole interviews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.interview.log import FIRST_SEAL, sealed

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

#: Stands in every piece of data that a candidate must not see.
SECRET = "sesame"

Step = tuple[Actor, Happening, dict[str, Any], float]


def log_of(*steps: Step) -> list[Event]:
    """A log of these steps; the last value of each is how many seconds it came after the one before."""
    events: list[Event] = []
    elapsed = 0.0
    for number, (actor, kind, data, after) in enumerate(steps, 1):
        elapsed = round(elapsed + after, 3)
        event = Event(number, BEGAN + timedelta(seconds=elapsed), elapsed, actor, kind, data)
        events.append(sealed(events[-1].seal if events else FIRST_SEAL, event))
    return events


def _some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(keys)


_hidden = st.just(SECRET) | st.text(max_size=5).map(lambda text: SECRET + text)
_public = st.sampled_from(["", "loss", "Ünïcode 🙂"])
_run = st.integers(1, 3)
_data: dict[Happening, st.SearchStrategy[dict[str, Any]]] = {
    Happening.CREATED: _some(interview=_hidden, exercise=_hidden, minutes=st.integers(1, 90), digest=_hidden),
    Happening.JOINED: _some(name=_public, agent=_hidden),
    Happening.LEFT: _some(name=_public),
    Happening.EXTENDED: _some(minutes=st.integers(1, 30), why=_hidden),
    Happening.STAGE: _some(stage=_hidden),
    Happening.LOOK: _some(
        look=st.sampled_from(["loss", "script", "x"]),
        minutes=st.integers(1, 5),
        exhibits=st.just([{"title": "losses"}]),
        bug=_hidden,
    ),
    Happening.EDIT: _some(update=_public),
    Happening.RUN: _some(run=_run, source=_hidden),
    Happening.OUTPUT: _some(run=_run, text=_public, ended=st.booleans(), bugs=_hidden),
    Happening.CURVE: _some(run=_run, name=_public, x=st.just([1]), y=st.just([0.5])),
    Happening.VERDICT: _some(run=_run, report=_some(verdict=_hidden)),
    Happening.TICK: _some(bug=_hidden, state=st.sampled_from(["fixed", "open"]), evidence=_hidden, run=_run),
    Happening.NUDGE: st.one_of(
        _some(nudge=_hidden, text=_hidden, price=st.integers(0, 5), shown=st.just(False)),
        _some(nudge=_hidden, text=_public, price=st.just(3), bug=_hidden, shown=st.just(True)),
    ),
    Happening.LOOK_FOR: _some(look_for=_hidden, seen=st.booleans()),
    Happening.NOTE: _some(text=_hidden, tag=_hidden),
    Happening.ASKED: _some(question=_hidden, rating=_hidden, note=_hidden),
    Happening.SIGNAL: _some(criterion=_hidden, signal=_hidden, evidence=_hidden),
    Happening.BONUS: _some(bonus=_hidden, seen=st.booleans()),
    Happening.FLAG: _some(flag=_hidden, criterion=_hidden, text=_hidden),
    Happening.RELEASED: _some(what=_public, text=_public, bug=_hidden),
    Happening.SCRATCH: _some(text=_public),
}

#: Any event with any actor; what a candidate may not see carries SECRET.
steps: st.SearchStrategy[Step] = st.sampled_from(sorted(Happening)).flatmap(
    lambda kind: st.tuples(
        st.sampled_from(sorted(Actor)), st.just(kind), _data.get(kind, st.just({})), st.floats(0, 100).map(float)
    )
)
logs = st.lists(steps, min_size=1, max_size=25).map(lambda drawn: log_of(*drawn))
