"""Alone: prompts by the clock, and nothing that is expected before one's own answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Event, Happening, Interview
from torchdojo.interview.alone import Flow
from torchdojo.interview.state import state_of

START = [
    (Happening.CREATED, 0, {"interview": "spirals", "exercise": "spirals", "minutes": 45, "alone": True}),
    (Happening.STARTED, 0, {"minutes": 45}),
    (Happening.STAGE, 0, {"stage": "read"}),
]


def stage(minute: float, name: str) -> tuple[Happening, float, dict[str, Any]]:
    return Happening.STAGE, minute, {"stage": name}


def answer(minute: float, **data: str) -> tuple[Happening, float, dict[str, Any]]:
    return Happening.ANSWER, minute, {"text": "mine", **data}


def tick(minute: float, bug: str, state: str) -> tuple[Happening, float, dict[str, Any]]:
    return Happening.TICK, minute, {"bug": bug, "state": state, "evidence": "", "run": 1}


@pytest.fixture
def flow(interview: Interview, exercise: Exercise, log: Callable[..., list[Event]]) -> Callable[..., Flow]:
    return lambda *happened: Flow(interview, exercise, state_of(log(*START, *happened)))


def names(found: Any) -> list[str]:
    return [each.id for each in found]


def test_nothing_is_due_before_the_start(interview: Interview, exercise: Exercise, log: Any) -> None:
    before = Flow(interview, exercise, state_of(log(START[0])))
    assert before.stage is before.following is before.nudge is None
    assert before.begun == before.owed == before.questions == before.criteria == ()
    assert not before.may_go_on(1e6)


def test_the_next_prompt_comes_when_its_time_has_come_or_the_stage_is_answered(flow: Callable[..., Flow]) -> None:
    now = flow()
    assert now.following is not None
    assert now.following.id == "fix"
    assert now.left(599) == 1
    assert not now.may_go_on(599)
    assert now.may_go_on(600)
    assert flow(answer(2, stage="read")).may_go_on(120)
    assert not flow(answer(2, stage="read"), stage(2, "fix")).may_go_on(121)
    last = flow(stage(1, "fix"), stage(2, "talk"), answer(3, stage="talk"))
    assert last.following is None
    assert not last.may_go_on(1e6)


def test_stages_share_the_time_that_there_is(interview: Interview, exercise: Exercise, log: Any) -> None:
    half = (Happening.CREATED, 0, {"interview": "spirals", "minutes": 22.5, "alone": True})
    short = Flow(interview, exercise, state_of(log(half, (Happening.STARTED, 0, {}), START[2])))
    assert short.may_go_on(300)
    assert not short.may_go_on(299)


def test_what_is_expected_of_a_stage_is_shown_after_its_answer_only(flow: Callable[..., Flow]) -> None:
    moved_on = flow(stage(10, "fix"))
    assert names(moved_on.owed) == ["read", "fix"]
    assert not any(moved_on.is_shown(each) for each in moved_on.begun)
    late = flow(stage(10, "fix"), answer(20, stage="read"))
    assert names(late.owed) == ["fix"]
    assert [late.is_shown(each) for each in late.begun] == [True, False]


def test_anchors_are_shown_when_every_stage_that_looks_for_them_is_answered(flow: Callable[..., Flow]) -> None:
    assert flow().criteria == ()
    assert names(flow(answer(5, stage="read")).criteria) == ["debugging"]
    both = flow(answer(5, stage="read"), stage(5, "fix"), answer(9, stage="fix"))
    assert names(both.criteria) == ["debugging", "gradients"]
    rated = (Happening.SIGNAL, 9, {"criterion": "debugging", "signal": "weak"})
    assert names(flow(answer(5, stage="read"), rated).unrated) == []
    assert names(flow((Happening.ENDED, 6, {})).criteria) == ["debugging", "gradients"]


def test_nudges_come_in_order_those_about_bugs_while_one_works_on_them(flow: Callable[..., Flow]) -> None:
    def given(name: str) -> tuple[Happening, float, dict[str, Any]]:
        return Happening.NUDGE, 1, {"nudge": name, "text": "x", "price": 2, "shown": True}

    def following(*happened: Any) -> str:
        nudge = flow(*happened).nudge
        return "" if nudge is None else nudge.id

    assert following() == "parts"
    assert following(given("parts")) == "where"
    assert following(given("parts"), tick(2, "bug-1", "fixed")) == ""
    assert following(given("parts"), given("where")) == ""
    assert following(stage(3, "fix"), tick(4, "bug-1", "fixed")) == "about-bug-2"
    assert following(stage(3, "fix"), (Happening.ENDED, 5, {})) == ""


def test_a_question_that_names_a_bug_waits_until_it_is_found_or_nothing_is_to_be_found_any_more(
    interview: Interview, exercise: Exercise, log: Any, flow: Callable[..., Flow]
) -> None:
    from dataclasses import replace

    read, fix, talk = interview.stages
    early = replace(interview, stages=(read, replace(fix, probing=True), talk))
    fixing = state_of(log(*START, stage(3, "fix"), tick(4, "bug-2", "fixed"), tick(4, "bug-3", "open")))
    assert names(Flow(early, exercise, fixing).questions) == ["bug-2-1", "bug-2-2"]
    talking = flow(stage(3, "fix"), stage(4, "talk"))
    assert names(talking.questions)[:2] == ["cost", "bug-1-1"]
    assert len(talking.questions) == 17
    assert not any(talking.is_answered(question) for question in talking.questions)
    answered = flow(stage(4, "talk"), answer(5, question="cost"))
    assert [question.id for question in answered.questions if answered.is_answered(question)] == ["cost"]
    assert names(answered.owed) == ["read", "talk"]
