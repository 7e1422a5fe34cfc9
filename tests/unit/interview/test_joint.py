"""Two interviewers in one log: whose a score is, when it is shown to the other, and what both come to."""

from __future__ import annotations

import pytest
from tests.unit.interview.conftest import verdict

from torchdojo.domain.interview import Event, Happening, Signal
from torchdojo.interview.joint import decided, joint_of
from torchdojo.interview.scoring import score
from torchdojo.interview.seats import FIRST, NOBODY, SECOND, of_seat, scoring_of, shown_to
from torchdojo.interview.state import state_of

TWO = (Happening.CREATED, 0, {"minutes": 45, "interviewers": 2})
HANDED_IN = (Happening.HANDED_IN, 90, {})
HANDED_IN_TOO = (Happening.HANDED_IN, 91, {"by": 2})


def gave(name: str, signal: str, **by: int):
    return Happening.SIGNAL, 40, {"criterion": name, "signal": signal, "evidence": f"{name}-{signal}", **by}


#: The first one's and then the second one's, in turns.
GIVEN = (
    verdict(30, 4),
    gave("debugging", "strong"),
    gave("debugging", "weak", by=2),
    gave("gradients", "medium", by=2),
    gave("gradients", "strong"),
    (Happening.NOTE, 41, {"text": "theirs", "tag": "", "by": 2}),
)


def test_each_has_scores_of_their_own_in_one_log(log) -> None:
    events = log(TWO, *GIVEN)
    first, second = (state_of(of_seat(seat, events)) for seat in (FIRST, SECOND))
    assert {name: marked.signal for name, marked in first.signals.items()} == {
        "debugging": "strong",
        "gradients": "strong",
    }
    assert {name: marked.signal for name, marked in second.signals.items()} == {
        "debugging": "weak",
        "gradients": "medium",
    }
    assert [note.text for note in second.notes] == ["theirs"]
    assert not first.notes


@pytest.mark.parametrize(
    ("more", "revealed"),
    [
        ([], False),
        ([HANDED_IN], False),
        ([HANDED_IN_TOO], False),
        ([HANDED_IN, HANDED_IN], False),
        ([HANDED_IN, HANDED_IN_TOO], True),
        ([(Happening.SCORING_CLOSED, 95, {})], True),
    ],
)
def test_the_other_ones_scores_are_seen_once_both_have_handed_in_or_the_host_waits_no_longer(
    interview, exercise, log, more, revealed
) -> None:
    events = log(TWO, *GIVEN, *more)
    for seat, others in ((FIRST, SECOND), (SECOND, FIRST)):
        shown = shown_to(seat, events)
        assert (of_seat(others, shown) == of_seat(others, events)) is revealed
        assert of_seat(seat, shown) == of_seat(seat, events)
    assert (joint_of(interview, exercise, events) is not None) is revealed
    assert shown_to(NOBODY, events) == of_seat(NOBODY, events)
    assert not any(event.kind in (Happening.SIGNAL, Happening.NOTE) for event in of_seat(NOBODY, events))


def both(interview, exercise, events: list[Event]):
    found = joint_of(interview, exercise, events)
    assert found is not None
    return found


def test_the_total_is_the_mean_and_a_criterion_the_signal_in_the_middle(interview, exercise, log) -> None:
    joint = both(interview, exercise, log(TWO, *GIVEN, HANDED_IN, HANDED_IN_TOO))
    assert joint.first.total > joint.second.total
    assert joint.both.total == pytest.approx((joint.first.total + joint.second.total) / 2, abs=0.051)
    assert [each.steps for each in joint.criteria] == [2, 1]
    # Weak and strong meet in the middle; of strong and medium the weaker counts.
    assert [criterion.signal for criterion in joint.both.criteria] == [Signal.MEDIUM, Signal.MEDIUM]
    assert joint.agreed == 0
    assert joint.both.complete
    points, of = (sum(getattr(part, name) for part in joint.both.parts) for name in ("points", "of"))
    assert 100 * points / of == pytest.approx(joint.both.total, abs=0.1)
    assert decided(interview, exercise, log(TWO, *GIVEN, HANDED_IN, HANDED_IN_TOO)) == joint.both
    assert decided(interview, exercise, log(TWO, *GIVEN, HANDED_IN)) == joint.first


def test_who_has_not_rated_everything_does_not_count(interview, exercise, log) -> None:
    given = [step for step in GIVEN if step[2].get("criterion") != "gradients" or step[2].get("by") != 2]
    joint = both(interview, exercise, log(TWO, *given, (Happening.SCORING_CLOSED, 95, {})))
    assert not joint.second.complete
    assert joint.both == joint.first


def test_a_log_from_before_there_were_two_reads_as_ever(interview, exercise, log) -> None:
    old = log(verdict(30, 4), gave("debugging", "strong"), gave("gradients", "weak"))
    assert scoring_of(old).interviewers == 1
    assert shown_to(NOBODY, old) == old
    assert of_seat(FIRST, old) == old
    assert joint_of(interview, exercise, old) is None
    assert decided(interview, exercise, old) == score(interview, exercise, old)


def test_a_second_one_may_be_invited_later(log) -> None:
    events = log(gave("debugging", "strong"), (Happening.INVITED, 50, {"interviewers": 2}))
    assert scoring_of(events).apart
    assert of_seat(SECOND, events) == [event for event in events if event.kind is not Happening.SIGNAL]
