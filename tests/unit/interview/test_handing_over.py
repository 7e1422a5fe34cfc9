"""What the candidate is given: no private word is in it, in no form."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interview.conftest import verdict

from torchdojo.app.interview_sheets import candidate_sheet, report_sheet
from torchdojo.domain.exercise import BugSpec, Exercise
from torchdojo.domain.interview import Band, Criterion, Happening
from torchdojo.interview.handing_over import for_the_candidate
from torchdojo.interview.report import Past, Report, Study
from torchdojo.interview.reporting import report_of
from torchdojo.paper import to_html, to_markdown
from torchdojo.paper.typst_form import to_typst

SECRET = "sesame-"

#: All of content that a candidate may read; everything else is marked.
OPEN = {Exercise: {"id", "title", "filename"}, BugSpec: {"kind", "title"}, Criterion: {"title"}, Band: {"title"}}


def marked(value: Any) -> Any:
    """The same with every text marked, but for those in OPEN."""
    if isinstance(value, (Enum, Path)) or not value:
        return value
    if isinstance(value, str):
        return SECRET + value
    if isinstance(value, tuple):
        return tuple(marked(item) for item in value)
    if isinstance(value, dict):
        return {key: marked(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        kept = OPEN.get(type(value), set())
        return replace(value, **{f.name: marked(getattr(value, f.name)) for f in fields(value) if f.name not in kept})
    return value


@pytest.fixture
def report(interview, exercise, log) -> Report:
    """An interview in which everything that can be said was said."""
    kind, minute, data = verdict(20, 3, new=("extra-softmax",))
    bugs = [bug | {"id": SECRET + bug["id"], "evidence": SECRET} for bug in data["report"]["bugs"]]
    events = log(
        (Happening.CREATED, 0, {"minutes": 45, "interview": SECRET, "exercise": SECRET, "seed": 1}),
        (Happening.STARTED, 0, {}),
        (Happening.STAGE, 0, {"stage": f"{SECRET}read"}),
        (Happening.NUDGE, 4, {"nudge": f"{SECRET}where", "text": SECRET, "price": 4, "shown": False}),
        (
            Happening.NUDGE,
            4,
            {"nudge": f"{SECRET}parts", "text": "Shown to all.", "price": 2, "bug": SECRET, "shown": True},
        ),
        (Happening.LOOK_FOR, 5, {"look_for": f"{SECRET}sees-1", "seen": True}),
        (Happening.RUN, 19, {"run": 1, "source": "x = 2\n"}),
        (kind, minute, data | {"report": data["report"] | {"bugs": bugs}}),
        (Happening.TICK, 21, {"bug": f"{SECRET}bug-5", "state": "partly", "evidence": SECRET}),
        (Happening.NOTE, 22, {"text": SECRET, "tag": SECRET}),
        (Happening.ASKED, 23, {"question": f"{SECRET}cost", "rating": "weak", "note": SECRET}),
        (Happening.SIGNAL, 24, {"criterion": f"{SECRET}debugging", "signal": "weak", "evidence": SECRET}),
        (Happening.BONUS, 24, {"bonus": f"{SECRET}clipping", "seen": True}),
        (Happening.FLAG, 25, {"flag": "red", "criterion": f"{SECRET}debugging", "text": SECRET}),
        (Happening.SCRATCH, 26, {"text": SECRET}),
        (Happening.ENDED, 45, {}),
    )
    made = report_of(
        marked(interview), marked(exercise), events, room=SECRET, before="x = 1\n", after="x = 2\n", remarks=(SECRET,)
    )
    study = (Study("kind:missing-zero-grad", "Never cleared", "Bug-8: open"),)
    return replace(made, study=study, past=Past(3, 1.0, 1.0, 1.0, 1.0, {f"{SECRET}debugging": "weak"}))


FORMS = {
    "html": (lambda report: to_html(report_sheet(report)), lambda own: to_html(candidate_sheet(own))),
    "typst": (lambda report: to_typst(report_sheet(report)), lambda own: to_typst(candidate_sheet(own))),
    "markdown": (lambda report: to_markdown(report_sheet(report)), lambda own: to_markdown(candidate_sheet(own))),
    "json": (lambda report: json.dumps(report.to_json()), lambda own: json.dumps(own.to_json())),
}


@pytest.mark.parametrize("form", FORMS)
def test_no_private_word_is_in_any_form(report, form):
    full, own = FORMS[form]
    # A backslash before a hyphen, or a place to break a long word, must not hide a word from this test.
    assert full(report).replace("\\", "").count(SECRET) > 20
    given = own(for_the_candidate(report)).replace("\\", "").replace("\u200b", "")
    assert SECRET not in given
    for told in ("Shown to all.", "Bug-1", "Debugging", "extra-softmax", "Never cleared", "x = 2"):
        assert told in given


def test_the_candidate_learns_how_each_bug_and_criterion_came_out(report):
    own = for_the_candidate(report)
    assert [str(bug.mark) for bug in own.bugs] == ["fixed"] * 3 + ["open", "partly"] + ["open"] * 3
    assert [(criterion.title, criterion.signal) for criterion in own.criteria] == [
        ("Debugging", "weak"),
        ("Gradients", None),
    ]
    assert (own.total, own.complete, len(own.nudges)) == (report.card.total, False, 1)
