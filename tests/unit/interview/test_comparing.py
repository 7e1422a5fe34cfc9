"""Interviews beside others: medians of those before, and a second interviewer's sheet."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.interview.conftest import signal, verdict

from torchdojo.domain.interview import Happening, Signal
from torchdojo.interview.comparing import SHEET_FORMAT, blank_sheet, calibrated, past_of
from torchdojo.interview.scoring import score


def rated(debugging: str, gradients: str):
    return signal("debugging", debugging), signal("gradients", gradients)


def test_medians_are_of_all_earlier_sessions(interview, exercise, log):
    def session(fixed: int, debugging: str):
        return score(interview, exercise, log(verdict(30, fixed), *rated(debugging, "weak")))

    past = past_of([(session(8, "strong"), 900.0), (session(2, "weak"), 1500.0), (session(4, "medium"), 1200.0)])
    assert past is not None
    assert (past.sessions, past.fixed, past.spent) == (3, 4, 1200.0)
    assert past.criteria == {"debugging": "medium", "gradients": "weak"}
    assert past_of([]) is None


@pytest.fixture
def events(log):
    asked = (Happening.ASKED, 40, {"question": "cost", "rating": "strong", "note": "first-says"})
    bonus = (Happening.BONUS, 40, {"bonus": "schedule", "seen": True})
    note = (Happening.NOTE, 41, {"text": "first-says", "tag": ""})
    return log(verdict(30, 4), asked, bonus, note, *rated("strong", "medium"))


def filled(sheet: dict[str, Any], **signals: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(sheet))
    for name, given in signals.items():
        data["criteria"][name] |= {"signal": given, "evidence": "second-says"}
    data["questions"]["cost"]["rating"] = "weak"
    return data


def test_an_empty_sheet_says_nothing_of_what_the_first_one_thought(interview, exercise, events):
    sheet = blank_sheet(interview, exercise, events, "room")
    assert "first-says" not in json.dumps(sheet)
    assert {criterion["signal"] for criterion in sheet["criteria"].values()} == {""}
    assert sheet["questions"] == {"cost": {"question": "What does it cost?", "rating": ""}}
    assert [bonus["seen"] for bonus in sheet["bonuses"].values()] == [False, False]


def test_two_interviewers_are_scored_apart_over_the_same_facts(interview, exercise, events):
    sheet = filled(blank_sheet(interview, exercise, events, "room"), debugging="medium", gradients="medium")
    found = calibrated(interview, exercise, events, sheet)
    assert found.first == score(interview, exercise, events)
    assert found.second.bugs == found.first.bugs
    assert [(apart.id, apart.steps) for apart in found.criteria] == [("debugging", 1), ("gradients", 0)]
    assert (found.criteria[0].first_said, found.criteria[0].second_said) == ("heard", "second-says")
    assert [(apart.first, apart.second, apart.steps) for apart in found.questions] == [(Signal.STRONG, Signal.WEAK, 2)]
    assert found.agreed == 1
    assert found.second.total < found.first.total


def test_nobody_sees_the_other_before_both_have_rated_everything(interview, exercise, events, log):
    sheet = blank_sheet(interview, exercise, events, "room")
    with pytest.raises(ValueError, match="the sheet has not rated gradients"):
        calibrated(interview, exercise, events, filled(sheet, debugging="weak"))
    both = filled(sheet, debugging="weak", gradients="weak")
    with pytest.raises(ValueError, match="the first interviewer has not rated debugging"):
        calibrated(interview, exercise, log(verdict(30, 4)), both)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"format": "another"}, "format is 'another'"),
        ({"criteria": []}, "criteria are not"),
        ({"criteria": {"debugging": {"signal": "great"}}}, "rated 'great'"),
        ({"questions": {"cost": "weak"}}, "questions are not"),
    ],
)
def test_what_is_no_sheet_is_refused(interview, exercise, events, part, told):
    with pytest.raises(ValueError, match=told):
        calibrated(interview, exercise, events, {"format": SHEET_FORMAT} | part)
