"""Every challenge of the lessons and every item of the folders is practised by an exercise."""

from __future__ import annotations

import pytest

from torchdojo.library import Library

LIBRARY = Library()
SYLLABI = {syllabus.id: syllabus for syllabus in LIBRARY.syllabi()}
ITEMS = [
    pytest.param(item.requirement, id=f"{syllabus.id} {item.number}: {item.title}")
    for syllabus in SYLLABI.values()
    for part in syllabus.parts
    for item in part.items
]

#: Six lessons with 6, 5, 5, 5, 5 and 5 challenges; a gap is a lesson's own heading.
LESSONS = [*range(29, 35), *range(36, 41), *range(42, 47), *range(48, 53), *range(54, 59), *range(60, 65)]
#: Folders 1 to 14.
FOLDERS = [*range(6, 29), *range(30, 71)]

#: Items whose exercise is still to be written. One that has got its exercise must leave this list.
WAITING: set[str] = set()


def test_the_lessons_are_all_there():
    assert [len(part.items) for part in SYLLABI["lesson"].parts] == [6, 5, 5, 5, 5, 5]
    assert requirements("lesson") == [f"R002-{number}" for number in LESSONS]


def test_the_folders_are_all_there():
    assert [part.number for part in SYLLABI["folder"].parts] == [str(n) for n in range(1, 15)]
    assert requirements("folder") == [f"R004-{number}" for number in FOLDERS]


@pytest.mark.parametrize("requirement", ITEMS)
def test_every_item_is_practised(requirement):
    practised = any(requirement in exercise.requirements for exercise in LIBRARY.exercises())
    assert practised != (requirement in WAITING)


def test_numbers_and_titles_are_an_items_own():
    for syllabus in SYLLABI.values():
        items = [item for part in syllabus.parts for item in part.items]
        assert len({item.number for item in items}) == len(items)
        for part in syllabus.parts:
            assert [item.number for item in part.items] == [f"{part.number}.{n + 1}" for n in range(len(part.items))]


def test_every_exercise_has_a_track_with_a_title():
    titled = {track.id for track in LIBRARY.tracks() if track.summary}
    assert {exercise.track for exercise in LIBRARY.exercises()} <= titled


def requirements(syllabus: str) -> list[str]:
    return [item.requirement for part in SYLLABI[syllabus].parts for item in part.items]
