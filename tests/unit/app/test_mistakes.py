"""Own mistakes become cards, from what the store has kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from torchdojo.app.compose import open_dojo
from torchdojo.app.mistakes import mistake_cards
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.card import CardKind
from torchdojo.domain.failure import Failure
from torchdojo.domain.report import BugResult, BugState, CheckOutcome, CheckResult, Report, RestsOn, Verdict

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def dojo(tmp_path):
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}, with_grader=False) as opened:
        yield opened


def attempt(dojo, exercise, source, report):
    dojo.store.add_attempt(exercise=exercise, source=source, submitted_at=NOON, report=report, origin="cli")


def failed(name="test_rows_sum_to_one", told="Rows sum to 2."):
    failure = Failure("Each row is a distribution.", told, call="focal_loss(x)")
    checks = (
        CheckResult("test_shape", CheckOutcome.PASSED),
        CheckResult(name, CheckOutcome.FAILED, told, failure=failure),
        CheckResult("test_later", CheckOutcome.FAILED, "And this."),
    )
    return Report("focal-loss", "implement", Verdict.WRONG_ANSWER, 0.5, checks=checks)


def test_the_first_check_that_failed_becomes_a_card(dojo):
    attempt(dojo, "focal-loss", "def focal_loss(): return 1", failed())
    (card,) = mistake_cards(dojo)
    assert card.id == "mistake/focal-loss/test_rows_sum_to_one"
    assert "Each row is a distribution." in card.back
    assert "Rows sum to 2." in card.back
    assert mistake_cards(dojo) == [card]


def test_the_same_check_failed_again_is_the_same_card_with_the_latest_words(dojo):
    attempt(dojo, "focal-loss", "def focal_loss(): return 1", failed())
    mistake_cards(dojo)
    attempt(dojo, "focal-loss", "def focal_loss(): return 2", failed(told="Rows sum to 3."))
    (card,) = mistake_cards(dojo)
    assert "Rows sum to 3." in card.back


def bugs(state):
    found = (BugResult("missing-zero-grad", state, RestsOn.EVENTS, "seen"),)
    return Report("spiral-classifier", "debug", Verdict.WRONG_ANSWER, 0.0, bugs=found)


def test_a_bug_overlooked_becomes_a_drill(dojo):
    attempt(dojo, "spiral-classifier", "import torch  # changed", bugs(BugState.OPEN))
    (card,) = mistake_cards(dojo)
    assert (card.id, card.kind) == ("drill/missing-zero-grad", CardKind.DRILL)


def test_running_the_script_as_it_was_handed_out_is_no_mistake(dojo):
    exercise = dojo.library.find("spiral-classifier")
    attempt(dojo, exercise.id, debugging_starter(exercise), bugs(BugState.OPEN))
    attempt(dojo, exercise.id, "import torch  # mended", bugs(BugState.FIXED))
    attempt(dojo, "focal-loss", dojo.library.find("focal-loss").starter, failed())
    assert mistake_cards(dojo) == []


def test_exercises_that_are_gone_and_runs_that_broke_are_passed_over(dojo):
    attempt(dojo, "no-such-exercise", "x = 1", failed())
    attempt(dojo, "focal-loss", "x = 1", Report("focal-loss", "implement", Verdict.TIME_LIMIT, 0.0))
    assert mistake_cards(dojo) == []
    assert dojo.store.searched_for_mistakes() == 2
