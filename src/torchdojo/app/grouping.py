"""The exercises in groups: by track, or by the parts of a syllabus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torchdojo.app.catalogue import ExerciseRow
from torchdojo.app.compose import Dojo
from torchdojo.domain.curriculum import Syllabus
from torchdojo.domain.errors import BadInput

BY_TRACK = "track"


@dataclass(frozen=True, slots=True)
class Item:
    """What a group asks for, and the exercises that practise it. The only item of a track has neither id nor title."""

    id: str
    title: str
    rows: tuple[ExerciseRow, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A track, a lesson, a folder."""

    id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    """All groups in order, and the exercises that are in none of them."""

    title: str
    groups: tuple[Group, ...]
    others: tuple[ExerciseRow, ...]


def groupings(dojo: Dojo) -> list[str]:
    """What exercises can be grouped by."""
    return [BY_TRACK, *(syllabus.id for syllabus in dojo.library.syllabi())]


def grouped(dojo: Dojo, by: str, rows: Sequence[ExerciseRow]) -> Grouping:
    """`rows` in groups, an exercise with every item it practises; items that none of them practises stay, empty.

    Raises BadInput for a grouping that does not exist.
    """
    if by == BY_TRACK:
        return _by_track(dojo, rows)
    for syllabus in dojo.library.syllabi():
        if syllabus.id == by:
            return _by_syllabus(syllabus, rows)
    raise BadInput(f"Exercises cannot be listed by {by!r}.", f"There are: {', '.join(groupings(dojo))}.")


def _by_track(dojo: Dojo, rows: Sequence[ExerciseRow]) -> Grouping:
    groups = []
    for track in dojo.library.tracks():
        own = tuple(row for row in rows if row.exercise.track == track.id)
        groups.append(Group(track.id, track.title, (Item("", "", own),)))
    return Grouping("Tracks", tuple(groups), ())


def _by_syllabus(syllabus: Syllabus, rows: Sequence[ExerciseRow]) -> Grouping:
    groups = []
    seen: set[str] = set()
    for part in syllabus.parts:
        items = []
        for item in part.items:
            own = tuple(row for row in rows if item.requirement in row.exercise.requirements)
            seen.update(row.exercise.id for row in own)
            items.append(Item(item.number, item.title, own))
        groups.append(Group(part.number, part.title, tuple(items)))
    others = tuple(row for row in rows if row.exercise.id not in seen)
    return Grouping(syllabus.title, tuple(groups), others)
