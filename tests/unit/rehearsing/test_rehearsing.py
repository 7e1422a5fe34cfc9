"""A rehearsal over its log: what may be done when, what it costs, and what is remembered."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.rehearsing.kit import Times

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_runs import ask_run, carry_out
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.rehearsing import act_alone, flow_of, last_open, leave, new_mock, rehearsals, scorecard, way_in
from torchdojo.domain.errors import BadInput
from torchdojo.domain.interview import Actor
from torchdojo.interview.log import verify_chain


def opened(dojo: Dojo, times: Times, slug: str = "tiny-regressor", **options: Any) -> LiveRoom:
    made = new_mock(dojo, slug, **options)
    return LiveRoom(dojo, made.room, monotonic=times.monotonic)


def do(room: LiveRoom, name: str, **data: Any) -> None:
    act_alone(room, {"act": name, **data})


def run(room: LiveRoom, times: Times) -> None:
    def record(steps: Any) -> None:
        room.append(*steps)

    asked = ask_run(room, Actor.CANDIDATE)
    carry_out(room.dojo, asked, record, monotonic=times.monotonic, gives_time_back=True)


def rate_everything(room: LiveRoom, signal: str) -> None:
    for criterion in flow_of(room).criteria:
        do(room, "signal", criterion=criterion.id, signal=signal, evidence="")


def test_nothing_is_assessed_before_it_is_answered(dojo: Dojo, times: Times) -> None:
    room = opened(dojo, times)
    do(room, "start")
    early: list[dict[str, Any]] = [
        {"act": "look_for", "look_for": "can-start"},
        {"act": "signal", "criterion": "debugging", "signal": "strong", "evidence": ""},
        {"act": "asked", "question": "why-mse", "rating": "strong"},
        {"act": "answer", "question": "why-mse", "text": "x"},
        {"act": "answer", "stage": "wrap-up", "text": "x"},
        {"act": "bonus", "bonus": "one-batch"},
        {"act": "release", "what": "solution"},
        {"act": ["start"]},
    ]
    for asked in early:
        with pytest.raises(BadInput):
            act_alone(room, asked)
    do(room, "answer", stage="setup", text="It starts.")
    do(room, "look_for", look_for="can-start")
    assert set(room.state.look_fors) == {"can-start"}
    with pytest.raises(BadInput, match="answered already"):
        do(room, "answer", stage="setup", text="better, now that I know")


def test_the_clock_stands_still_while_one_compares(dojo: Dojo, times: Times) -> None:
    room = opened(dojo, times)
    do(room, "start")
    times.passed += 60
    do(room, "answer", stage="setup", text="")
    times.passed += 600
    do(room, "next")
    assert room.state.stage == "overview"
    times.passed += 30
    assert room.elapsed == 90


def test_the_next_part_comes_by_the_clock_and_not_before(dojo: Dojo, times: Times) -> None:
    room = opened(dojo, times, minutes=110)
    do(room, "start")
    times.passed += 359
    do(room, "next")
    assert room.state.stage == "setup"
    times.passed += 1
    do(room, "next")
    assert room.state.stage == "overview"


def test_what_we_broke_costs_neither_points_nor_time(dojo: Dojo, times: Times) -> None:
    room = opened(dojo, times)
    do(room, "start")
    room.write("# break\n")
    run(room, times)
    assert room.state.clock.minutes * 60 == pytest.approx(55 * 60 + 30)
    card = scorecard(room)
    assert card is not None
    assert "Nothing was run." in card.remarks


def test_a_nudge_costs_its_price_once_it_is_taken(dojo: Dojo, times: Times) -> None:
    room = opened(dojo, times)
    do(room, "start")
    with pytest.raises(BadInput, match="no nudge left"):
        do(room, "nudge")
    times.passed += 180
    do(room, "next")
    do(room, "nudge")
    do(room, "end")
    card = scorecard(room)
    assert card is not None
    assert [part.points for part in card.parts if part.id == "nudges"] == [-1]


def test_the_same_rehearsal_again_is_compared_and_others_are_not(dojo: Dojo, times: Times) -> None:
    totals = []
    for signal in ("weak", "strong"):
        room = opened(dojo, times, "concepts")
        do(room, "start")
        do(room, "end")
        rate_everything(room, signal)
        card = scorecard(room)
        assert card is not None
        totals.append(card.total)
        assert verify_chain(dojo.store.room_events(room.id)) is None
    other = opened(dojo, times)
    do(other, "start")
    found = rehearsals(dojo, like=room.state)
    assert [each.card.total for each in found if each.card] == totals[::-1] == [100, 0]
    assert [each.open for each in rehearsals(dojo)] == [True, False, False]


def test_one_goes_on_with_the_last_that_has_not_ended(dojo: Dojo, times: Times) -> None:
    with pytest.raises(BadInput, match="no mock interview"):
        last_open(dojo)
    first = opened(dojo, times)
    second = opened(dojo, times, "concepts")
    do(second, "start")
    do(second, "end")
    assert last_open(dojo) == first.id
    assert way_in(dojo, first.id).startswith(f"/i/{first.id}/")
    with pytest.raises(BadInput):
        way_in(dojo, "nowhere")


def test_whoever_leaves_stops_the_clock(dojo: Dojo, times: Times) -> None:
    room = opened(dojo, times)
    assert leave(room) == []
    do(room, "start")
    times.passed += 10
    leave(room)
    times.passed += 1000
    again = LiveRoom(dojo, room.id, monotonic=times.monotonic)
    assert again.elapsed == 10
    do(again, "resume")
    times.passed += 5
    assert again.elapsed == 15


def test_without_a_name_it_is_the_one_rehearsed_least(dojo: Dojo) -> None:
    names = [new_mock(dojo).interview.slug for _ in range(3)]
    assert len(set(names)) == 3


def test_an_exercise_alone_takes_the_script_for_any_and_a_wrong_one_is_refused(dojo: Dojo) -> None:
    made = new_mock(dojo, exercise="tiny-regressor")
    assert (made.interview.slug, made.exercise.id if made.exercise else "") == ("any-exercise", "tiny-regressor")
    with pytest.raises(BadInput, match="is written for"):
        new_mock(dojo, "spiral-classifier", exercise="tiny-regressor")
    with pytest.raises(BadInput):
        new_mock(dojo, "concepts", exercise="tiny-regressor")
