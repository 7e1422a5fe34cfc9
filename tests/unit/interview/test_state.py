"""The state is what the log says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.interview.events import log_of, logs

from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.interview.state import state_of

INTERVIEWER, CANDIDATE, SYSTEM = Actor.INTERVIEWER, Actor.CANDIDATE, Actor.SYSTEM


@given(logs, st.data())
def test_folding_in_two_parts_is_folding_at_once(log: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(log)))
    assert state_of(log[at:], state_of(log[:at])) == state_of(log)


@given(logs)
def test_time_never_goes_back(log: list[Event]) -> None:
    so_far = [state_of(log[:end]).clock.elapsed for end in range(len(log) + 1)]
    assert so_far == sorted(so_far)


def test_stages_take_the_time_between_them() -> None:
    state = state_of(
        log_of(
            (INTERVIEWER, Happening.CREATED, {"interview": "fit", "exercise": "line-fit", "minutes": 45}, 0.0),
            (INTERVIEWER, Happening.STARTED, {}, 0.0),
            (INTERVIEWER, Happening.STAGE, {"stage": "intro"}, 0.0),
            (INTERVIEWER, Happening.STAGE, {"stage": "fix"}, 60.0),
            (INTERVIEWER, Happening.PAUSED, {}, 30.0),
            (INTERVIEWER, Happening.RESUMED, {}, 0.0),
            (INTERVIEWER, Happening.EXTENDED, {"minutes": 5}, 0.0),
            (INTERVIEWER, Happening.STAGE, {"stage": "intro"}, 10.0),
            (INTERVIEWER, Happening.NOTE, {"text": "calm"}, 5.0),
        )
    )
    assert (state.spent_in("intro"), state.spent_in("fix"), state.spent_in("other")) == (65.0, 40.0, 0.0)
    assert state.clock.remaining == 50 * 60 - 105
    assert state.clock.running


def test_the_end_stops_the_clock_and_closes_the_stage() -> None:
    state = state_of(
        log_of(
            (INTERVIEWER, Happening.STARTED, {"minutes": 10}, 0.0),
            (INTERVIEWER, Happening.STAGE, {"stage": "fix"}, 0.0),
            (INTERVIEWER, Happening.PAUSED, {}, 20.0),
            (INTERVIEWER, Happening.ENDED, {}, 0.0),
        )
    )
    assert state.clock.ended
    assert not state.clock.running
    assert state.spent == {"fix": 20.0}


def test_a_bug_remembers_when_it_was_first_fixed_though_it_came_back() -> None:
    def tick(state: str, after: float) -> tuple[Actor, Happening, dict[str, object], float]:
        return SYSTEM, Happening.TICK, {"bug": "b", "state": state, "evidence": state, "run": 1}, after

    state = state_of(log_of(tick("open", 10), tick("fixed", 10), tick("open", 10)))
    assert state.ticks["b"].state == "open"
    assert state.ticks["b"].first_fixed == 20


def test_a_tick_that_is_taken_back_is_gone_and_a_second_one_keeps_the_first_time() -> None:
    look = {"look_for": "reads-first"}
    state = state_of(
        log_of(
            (INTERVIEWER, Happening.LOOK_FOR, look | {"seen": True}, 3),
            (INTERVIEWER, Happening.LOOK_FOR, look | {"seen": True}, 3),
            (INTERVIEWER, Happening.LOOK_FOR, {"look_for": "guesses", "seen": True}, 0),
            (INTERVIEWER, Happening.LOOK_FOR, {"look_for": "guesses", "seen": False}, 0),
        )
    )
    assert state.look_fors == {"reads-first": 3.0}


def test_a_run_goes_on_until_its_output_ends() -> None:
    log = log_of(
        (CANDIDATE, Happening.RUN, {"run": 1, "source": "pass"}, 0),
        (SYSTEM, Happening.OUTPUT, {"run": 1, "text": "epoch 1"}, 1),
        (SYSTEM, Happening.VERDICT, {"run": 1, "report": {"verdict": "wrong_answer"}}, 1),
        (SYSTEM, Happening.OUTPUT, {"run": 1, "text": "", "ended": True}, 0),
    )
    going = state_of(log[:2]).running
    assert going is not None
    assert going.number == 1
    done = state_of(log)
    assert done.running is None
    assert done.runs[0].verdict == "wrong_answer"


def test_a_script_is_hidden_until_the_look_at_it_is_opened() -> None:
    opened = [
        (SYSTEM, Happening.HIDDEN, {}, 0.0),
        (CANDIDATE, Happening.LOOK, {"look": "loss", "minutes": 1, "exhibits": [{"title": "losses"}]}, 60.0),
        (INTERVIEWER, Happening.LOOK, {"look": "batch", "minutes": 2, "exhibits": []}, 30.0),
        # Two programs may write the same: it is open once, and paid for once.
        (CANDIDATE, Happening.LOOK, {"look": "batch", "minutes": 2, "exhibits": []}, 0.0),
        (CANDIDATE, Happening.LOOK, {"look": "script", "minutes": 5, "exhibits": []}, 10.0),
    ]
    hidden = [state_of(log_of(*opened[:end])).script_hidden for end in range(len(opened) + 1)]
    assert hidden == [False, True, True, True, True, False]
    looks = state_of(log_of(*opened)).looks
    assert [(each.look, each.minutes, each.by, each.elapsed) for each in looks] == [
        ("loss", 1, "candidate", 60),
        ("batch", 2, "interviewer", 90),
        ("script", 5, "candidate", 100),
    ]
    assert looks[0].exhibits == ({"title": "losses"},)


def test_a_log_from_before_there_were_looks_reads_as_before() -> None:
    state = state_of(log_of((SYSTEM, Happening.CREATED, {"interview": "diagnosis", "minutes": 40}, 0.0)))
    assert (state.begins_with_looks, state.script_hidden, state.looks) == (False, False, ())
