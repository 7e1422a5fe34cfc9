"""Processes that were started afresh are not seen: what this one sends and receives must do, or nothing is said.

The corpus has the scripts in which all processes are seen.
"""

from __future__ import annotations

from typing import Any

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Event, Place, Trace
from torchdojo.probes import probes

PLACES = (Place(40, "train"), Place(52, "main"))


def note(by: str, what: str, at: int = -1, **facts: Any) -> Event:
    return {"t": "note", "at": at, "by": by, "what": what, "facts": facts}


def alone(*, moved: float, wrapped: bool = False, posted: int = 0, sampler: str = "DistributedSampler") -> Trace:
    """Twelve updates of rank 0 of two, the other one unseen; `moved` models went through collective calls."""
    events: list[Event] = []
    for step in range(12):
        events.append({"t": "forward", "at": 0, "id": step, "model": 0, "cls": "Net", "grad": True})
        events.append({"t": "backward", "at": 0, "forwards": [step]})
        events.append({"t": "step", "at": 0, "opt": 1, "cls": "SGD", "lrs": [0.1]})
    events.append(note("passes", "pass", after=-1, until=11, rows=192, drawn=96, sampler=sampler))
    facts: dict[str, Any] = {
        "rank": 0,
        "joined": True,
        "world": 2,
        "seen": 1,
        "weights": 100,
        "passes": 12,
        "moved": moved,
    }
    facts["wrapped"] = wrapped
    unknown = {"began": None, "compared": 0, "equal": 0, "common": None, "scored_common": None}
    events.append(note("processes", "together", **facts, **unknown, posted=posted, rows=96, scored=50, spoke=0))
    return Trace(events, PLACES)


def observed(trace: Trace, kind: str = "gradients-not-averaged") -> Observation:
    return probes()[kind].observe(trace)


def test_a_process_that_sends_no_gradients_is_reported_at_its_update():
    (finding,) = observed(alone(moved=0.05)).findings
    assert finding.where == "line 40, train"
    assert "2 processes" in finding.message
    assert "12 backward passes" in finding.message


def test_a_process_that_sends_its_gradients_is_neither_blamed_nor_cleared():
    observation = observed(alone(moved=12.1))
    assert observation.findings == ()
    assert observation.applicable == 0
    assert "is not seen" in observation.summary


def test_nothing_is_said_where_gradients_may_have_gone_another_way():
    for trace in (
        alone(moved=0.0, wrapped=True),
        alone(moved=0.0, posted=12),
        alone(moved=0.0, sampler="RandomSampler"),
    ):
        assert observed(trace) == Observation("gradients-not-averaged", 0, observed(trace).summary)


def test_averages_of_weights_now_and_then_are_no_exchange_of_gradients_and_no_bug():
    observation = observed(alone(moved=2.0))
    assert (observation.findings, observation.applicable) == ((), 0)


def test_a_metric_is_not_judged_where_the_others_part_is_unknown():
    observation = observed(alone(moved=12.0), "metric-not-reduced")
    assert (observation.findings, observation.applicable) == ((), 0)
