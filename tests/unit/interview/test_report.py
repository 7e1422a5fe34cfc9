"""The report says what the log says, and says it again in the same way."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from tests.unit.interview.conftest import signal, verdict
from tests.unit.interview.events import logs

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening, Interview, Signal
from torchdojo.interview.changes import Change, changes, counted
from torchdojo.interview.report import FORMAT
from torchdojo.interview.reporting import report_of
from torchdojo.interview.scorecard import BugMark, Scorecard

START = (
    (Happening.CREATED, 0, {"interview": "spirals", "exercise": "spirals", "minutes": 45, "seed": 7}),
    (Happening.STARTED, 0, {"minutes": 45}),
)


def run(minute: float, number: int, source: str):
    return Happening.RUN, minute, {"run": number, "source": source}


def judged(number: int, happened):
    kind, minute, data = happened
    return kind, minute, data | {"run": number}


def stage(minute: float, name: str):
    return Happening.STAGE, minute, {"stage": name}


def test_runs_say_what_was_changed_before_them_and_what_they_showed(interview, exercise, log):
    events = log(
        *START,
        run(5, 1, "a\nb\n"),
        judged(1, verdict(5, 0)),
        run(9, 2, "a\nc\n"),
        judged(2, verdict(10, 2)),
        run(12, 3, "a\nc\nd\n"),
        judged(3, verdict(12, 1)),
    )
    first, second, third = report_of(interview, exercise, events, before="a\nb\n", after="a\nc\nd\n").runs
    assert (first.lines, first.fixed, first.verdict) == ((), (), "wrong_answer")
    assert [(line.change, line.text) for line in second.lines] == [(Change.REMOVED, "b"), (Change.ADDED, "c")]
    assert (second.number, second.at, second.fixed, second.back) == (2, 540.0, ("Bug-1", "Bug-2"), ())
    assert (third.fixed, third.back, counted(third.lines)) == ((), ("Bug-2",), (1, 0))


def test_a_bug_has_the_time_of_its_last_fix_and_of_its_first(interview, exercise, log):
    events = log(*START, verdict(5, 2), verdict(6, 1), verdict(20, 2), verdict(50, 3))
    bugs = report_of(interview, exercise, events).bugs
    assert [(bug.mark, bug.first_at, bug.at) for bug in bugs[:4]] == [
        (BugMark.FIXED, 300.0, 300.0),
        (BugMark.FIXED, 300.0, 1200.0),
        (BugMark.LATE, 3000.0, 3000.0),
        (BugMark.OPEN, None, None),
    ]


def test_our_own_failure_is_a_run_that_says_nothing(interview, exercise, log):
    broke = (Happening.VERDICT, 6, {"run": 2, "report": {"verdict": "internal_error", "bugs": []}})
    report = report_of(interview, exercise, log(*START, judged(1, verdict(5, 1)), run(6, 2, "x"), broke))
    assert [(run.verdict, run.fixed, run.back) for run in report.runs] == [
        ("wrong_answer", ("Bug-1",), ()),
        ("internal_error", (), ()),
    ]


def test_stages_have_their_stretches_of_time(interview, exercise, log):
    ended = (Happening.ENDED, 30, {})
    events = log(*START, stage(0, "read"), stage(10, "fix"), stage(12, "read"), stage(13, "fix"), ended)
    report = report_of(interview, exercise, events)
    assert [(told.id, told.spent, told.spans) for told in report.stages] == [
        ("read", 660.0, ((0.0, 600.0), (720.0, 780.0))),
        ("fix", 1140.0, ((600.0, 720.0), (780.0, 1800.0))),
        ("talk", 0.0, ()),
    ]
    assert (report.spent, report.ended, report.minutes, report.seed) == (1800.0, True, 45.0, 7)


def test_criteria_have_their_points_and_what_speaks_for_them(interview, exercise, log):
    events = log(
        *START,
        (Happening.LOOK_FOR, 3, {"look_for": "sees-1", "seen": True}),
        (Happening.LOOK_FOR, 3, {"look_for": "sees-2", "seen": True}),
        (Happening.LOOK_FOR, 4, {"look_for": "sees-2", "seen": False}),
        (Happening.FLAG, 5, {"flag": "red", "criterion": "gradients", "text": "Guesses."}),
        signal("debugging", "strong"),
        signal("gradients", "medium"),
    )
    report = report_of(interview, exercise, events)
    debugging, gradients = report.criteria
    assert (debugging.points, debugging.of, debugging.evidence) == (26.2, 26.2, "heard")
    assert (len(debugging.seen), len(debugging.missed)) == (1, 3)
    assert (gradients.points, gradients.of, gradients.red) == (4.4, 8.8, ("Guesses.",))
    assert [each.at for each in report.look_fors if each.at is not None] == [180.0]
    assert report.flags[0].criterion == "Gradients"


def test_questions_keep_the_time_they_were_asked_and_the_last_rating(interview, exercise, log):
    events = log(
        *START,
        (Happening.ASKED, 31, {"question": "cost", "rating": "", "note": "slow to start"}),
        (Happening.ASKED, 33, {"question": "cost", "rating": "strong", "note": ""}),
        (Happening.ASKED, 32, {"question": "nobody asks this", "rating": "weak"}),
    )
    (asked,) = report_of(interview, exercise, events).questions
    assert (asked.at, asked.rating, asked.note) == (1860.0, Signal.STRONG, "slow to start")


def test_an_implementation_has_checks_instead_of_bugs(interview, exercise, log):
    plain = replace(exercise, bugs=(), goal=None)
    checks = [{"name": "test_rows_sum_to_one", "outcome": "passed"}, {"name": "test_masks", "outcome": "failed"}]
    happened = (Happening.VERDICT, 9, {"run": 1, "report": {"verdict": "wrong_answer", "score": 0.5, "checks": checks}})
    report = report_of(interview, plain, log(*START, run(9, 1, "x"), happened))
    assert [(check.name, check.outcome) for check in report.checks] == [
        ("rows sum to one", "passed"),
        ("masks", "failed"),
    ]
    assert (report.runs[0].passed, report.runs[0].checks, report.bugs) == (1, 2, ())


def test_the_json_says_by_which_rules_and_seals_the_score(interview, exercise, log):
    report = report_of(interview, exercise, log(*START, verdict(5, 1)), room="r")
    data = json.loads(json.dumps(report.to_json()))
    assert (data["format"], data["version"], data["room"]) == (FORMAT, report.card.version, "r")
    assert Scorecard.from_json(data["card"]) == report.card


def test_text_is_compared_line_by_line():
    lines = changes("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nB\nc\nd\ne\nf\ng\nh\ni\n", around=1)
    assert "".join(str(line.change)[0] + line.text for line in lines) == "sarbaBscgshai"
    assert [(line.old, line.new) for line in lines if line.change is Change.ADDED] == [(None, 2), (None, 9)]
    assert changes("same\n", "same\n") == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=logs)
def test_any_log_gives_one_report_and_the_same_one_again(
    interview: Interview, exercise: Exercise, events: list[Event]
) -> None:
    report = report_of(interview, exercise, events)
    assert report == report_of(interview, exercise, reversed(events))
    json.dumps(report.to_json(), allow_nan=False).encode()


def test_half_a_character_in_a_note_can_be_written_down(interview, exercise, log):
    said = (Happening.SIGNAL, 4, {"criterion": "debugging", "signal": "strong", "evidence": "\ud83d \x00"})
    report = report_of(interview, exercise, log(*START, (Happening.NOTE, 3, {"text": "\ud83d!"}), said))
    assert report.notes[0].text == "\N{REPLACEMENT CHARACTER}!"
    assert report.card.to_json()["seal"]


def test_who_wrote_a_tick_is_told_apart(interview, exercise, log):
    tick = log((Happening.TICK, 4, {"bug": "bug-1", "state": "fixed"}))[0]
    by_hand = report_of(interview, exercise, [tick])
    by_grader = report_of(interview, exercise, [replace(tick, actor=Actor.SYSTEM)])
    assert (by_hand.bugs[0].first_at, by_grader.bugs[0].first_at) == (None, 240.0)
