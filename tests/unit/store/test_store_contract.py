"""Both stores, the one on disk and the one in memory, give the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torchdojo.app.ports import Store
from torchdojo.domain.attempt import Draft
from torchdojo.domain.failure import Failure, Shown
from torchdojo.domain.looks import Exhibit, KeptRecording, Line, Look, OpenedLook, Recording
from torchdojo.domain.report import (
    BugResult,
    BugState,
    CheckOutcome,
    CheckResult,
    Curve,
    GoalResult,
    Report,
    RestsOn,
    Verdict,
)
from torchdojo.domain.suspicion import KeptDiagnosis, Suspicion
from torchdojo.store.database import DatabaseStore
from torchdojo.store.memory import MemoryStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture(params=["database", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = DatabaseStore(tmp_path / "data" / "dojo.sqlite3") if request.param == "database" else MemoryStore()
    yield made
    made.close()


def report(exercise: str = "spirals", verdict: Verdict = Verdict.WRONG_ANSWER, score: float = 0.5) -> Report:
    return Report(exercise=exercise, kind="debug", verdict=verdict, score=score)


def add(store: Store, exercise: str = "spirals", verdict: Verdict = Verdict.WRONG_ANSWER, score: float = 0.5) -> int:
    return store.add_attempt(
        exercise=exercise, source="x = 1\n", submitted_at=NOON, report=report(exercise, verdict, score), origin="cli"
    ).id


def test_a_draft_is_replaced_by_the_next_one(store: Store) -> None:
    assert store.draft("spirals") is None
    store.save_draft(Draft("spirals", "first", NOON))
    store.save_draft(Draft("spirals", "second\n\tü\0😀", NOON + timedelta(seconds=1)))
    store.save_draft(Draft("regressor", "other", NOON))
    assert store.draft("spirals") == Draft("spirals", "second\n\tü\0😀", NOON + timedelta(seconds=1))


def test_a_discarded_draft_is_set_aside_not_lost(store: Store) -> None:
    for text in ("first", "second"):
        store.save_draft(Draft("spirals", text, NOON))
        store.discard_draft("spirals", NOON)
    store.discard_draft("spirals", NOON)
    store.save_draft(Draft("regressor", "other", NOON))
    store.discard_draft("regressor", NOON)
    assert store.draft("spirals") is None
    assert [draft.source for draft in store.discarded_drafts("spirals")] == ["second", "first"]


def test_an_attempt_comes_back_with_its_whole_report(store: Store) -> None:
    full = Report(
        exercise="spirals",
        kind="debug",
        verdict=Verdict.WRONG_ANSWER,
        score=1 / 3,
        message="two lines\nwith ünicode",
        bugs=(BugResult("missing-zero-grad", BugState.OPEN, RestsOn.BOTH, "seen in 40 of 40 steps", "line 41, train"),),
        goal=GoalResult("val_accuracy", 0.85, None, False),
        curves=(Curve("train_loss", (1.0, 2.0), (0.5, 0.25)),),
        isolation="full",
        seconds={"run": 1.5},
        seed=7,
    )
    made = store.add_attempt(exercise="spirals", source="x", submitted_at=NOON, report=full, origin="web")
    assert store.attempt(made.id) == made
    assert store.attempts("spirals") == [made]
    assert made.report.bugs == full.bugs
    assert made.report.curves == full.curves
    assert made.submitted_at == NOON
    assert store.attempt(made.id + 1) is None


def test_what_a_failed_check_saw_comes_back_with_its_nan(store: Store) -> None:
    got = Shown("", "float32[9, 2]", (("nan", "inf"), ("1", "2")), (3, 0), "rows 3 to 4 of 9", ((0, 0), (0, 1)))
    seen = Failure("Keep it.", "It is lost.", "n=2", "f(float32[2])", "f", (Shown("x", "int", (("1",),)),), got, None)
    checks = (CheckResult("test_a", CheckOutcome.FAILED, "Keep it.", "line 3, f", seen),)
    full = Report("loss", "implement", Verdict.WRONG_ANSWER, 0.0, checks=checks)
    made = store.add_attempt(exercise="loss", source="x", submitted_at=NOON, report=full, origin="web")
    read = store.attempt(made.id)
    assert read is not None
    assert read.report.checks == checks


def test_a_report_from_before_failures_were_kept_still_loads() -> None:
    data = Report("loss", "implement", Verdict.WRONG_ANSWER, 0.0).to_json()
    data["checks"] = [{"name": "test_a", "outcome": "failed", "message": "Wrong.", "where": ""}]
    (check,) = Report.from_json(data).checks
    assert (check.message, check.failure) == ("Wrong.", None)
    assert Report.from_json(data).to_json() == data


def test_attempts_are_in_order_and_apart_by_exercise(store: Store) -> None:
    first, second, third = add(store), add(store, "regressor"), add(store)
    assert [attempt.id for attempt in store.attempts("spirals")] == [first, third]
    assert [attempt.id for attempt in store.latest_attempts(2)] == [third, second]
    assert store.attempts("unknown") == []


def test_hints_and_solutions_count_once(store: Store) -> None:
    for number in (1, 2, 2):
        store.open_hint("spirals", number, NOON)
    store.open_solution("spirals", NOON)
    store.open_solution("spirals", NOON)
    assert store.hints_opened("spirals") == 2
    assert store.hints_opened("regressor") == 0
    assert store.progress()["spirals"].solution_opened


def test_progress_sums_up_what_was_done(store: Store) -> None:
    add(store, score=0.25)
    add(store, verdict=Verdict.PASSED, score=1.0)
    add(store, score=0.5)
    add(store, "regressor", score=0.125)
    store.open_hint("hinted-only", 1, NOON)
    progress = store.progress()
    assert sorted(progress) == ["hinted-only", "regressor", "spirals"]
    spirals = progress["spirals"]
    assert (spirals.attempts, spirals.best_score, spirals.passed, spirals.last_attempt_at) == (3, 1.0, True, NOON)
    assert not progress["regressor"].passed
    assert (progress["hinted-only"].attempts, progress["hinted-only"].hints_opened) == (0, 1)


def test_settings_are_remembered(store: Store) -> None:
    assert store.setting("theme") is None
    store.save_setting("theme", "dark")
    store.save_setting("theme", "light")
    assert store.setting("theme") == "light"


def test_diagnoses_are_kept_in_order_and_apart_by_exercise(store: Store) -> None:
    first = KeptDiagnosis("spirals", (Suspicion(3, "missing-zero-grad"), Suspicion(9, "float64-data")), 0.5, NOON)
    second = KeptDiagnosis("spirals", (Suspicion(4, "missing-no-grad"),), 1.0, NOON + timedelta(minutes=1))
    store.add_diagnosis(first)
    store.add_diagnosis(KeptDiagnosis("line", (), 0.0, NOON))
    store.add_diagnosis(second)
    assert store.diagnoses("spirals") == [first, second]
    assert store.diagnoses("nothing") == []


def test_hidden_scripts_and_opened_looks_are_kept_and_counted_once(store: Store) -> None:
    assert store.hidden_at("spirals") is None
    store.hide_script("spirals", NOON)
    store.hide_script("spirals", NOON + timedelta(hours=1))
    assert store.hidden_at("spirals") == NOON
    first = OpenedLook("spirals", Look.LOSS, 1, NOON)
    second = OpenedLook("spirals", Look.BATCH, 2, NOON + timedelta(minutes=3))
    store.open_look(second)
    store.open_look(first)
    store.open_look(OpenedLook("spirals", Look.LOSS, 9, NOON + timedelta(minutes=9)))
    store.open_look(OpenedLook("line", Look.LOSS, 1, NOON))
    assert store.opened_looks("spirals") == [first, second]
    assert store.hidden_at("line") is None


def test_of_two_recordings_the_later_one_is_kept(store: Store) -> None:
    line = Line("loss", (0.0, 1.0), (1.5, None))
    exhibit = Exhibit("Losses", "By update.", "printed\n", (line,), ("Layer",), (("first",),))
    kept = KeptRecording("spirals", "digest", Recording({Look.LOSS: (exhibit,), Look.OUTPUT: ()}))
    assert store.recording("spirals") is None
    store.save_recording(KeptRecording("spirals", "older", Recording({})))
    store.save_recording(kept)
    assert store.recording("spirals") == kept
    assert store.recording("line") is None


def test_a_fresh_store_is_sound_and_empty(store: Store) -> None:
    store.check()
    assert store.progress() == {}
    assert store.latest_attempts(5) == []
