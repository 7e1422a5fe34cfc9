"""Exercises in groups: every one where it is practised, what is practised by none, what belongs nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from torchdojo.app.catalogue import ExerciseRow
from torchdojo.app.compose import Dojo
from torchdojo.app.grouping import Grouping, grouped, groupings
from torchdojo.domain.attempt import Progress
from torchdojo.domain.curriculum import Syllabus, SyllabusItem, SyllabusPart, Track
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind

WEEKS = Syllabus(
    "week",
    "Weeks",
    (
        SyllabusPart("1", "Begin", (SyllabusItem("1.1", "Add", "A-1"), SyllabusItem("1.2", "Multiply", "A-2"))),
        SyllabusPart("2", "Go on", (SyllabusItem("2.1", "Divide", "A-3"),)),
    ),
)
LIBRARY = SimpleNamespace(
    tracks=lambda: [Track("sums", "Sums", ""), Track("texts", "Texts", "")], syllabi=lambda: [WEEKS]
)
DOJO = cast(Dojo, SimpleNamespace(library=LIBRARY))

_ANY = Exercise("any", Kind.IMPLEMENT, "sums", "Any", 1, 5, "", Path(), "any.py")


def row(slug: str, track: str, *requirements: str) -> ExerciseRow:
    exercise = replace(_ANY, id=slug, track=track, requirements=requirements)
    return ExerciseRow(exercise, Progress(slug, 0, 0.0, False, 0, False, None))


ROWS = [row("add", "sums", "A-1"), row("both", "sums", "A-1", "A-2", "Z-9"), row("write", "texts", "Z-9")]


def shape(grouping: Grouping) -> Any:
    return {
        (group.id, group.title): {item.id: [row.exercise.id for row in item.rows] for item in group.items}
        for group in grouping.groups
    }


def test_an_exercise_stands_with_every_item_it_practises():
    grouping = grouped(DOJO, "week", ROWS)
    assert grouping.title == "Weeks"
    assert shape(grouping) == {
        ("1", "Begin"): {"1.1": ["add", "both"], "1.2": ["both"]},
        ("2", "Go on"): {"2.1": []},
    }
    assert [row.exercise.id for row in grouping.others] == ["write"]


def test_by_track_every_exercise_stands_once():
    grouping = grouped(DOJO, "track", ROWS)
    assert shape(grouping) == {("sums", "Sums"): {"": ["add", "both"]}, ("texts", "Texts"): {"": ["write"]}}
    assert grouping.others == ()


def test_an_unknown_grouping_names_the_known_ones():
    assert groupings(DOJO) == ["track", "week"]
    with pytest.raises(BadInput) as refused:
        grouped(DOJO, "month", ROWS)
    assert "track, week" in refused.value.cure
