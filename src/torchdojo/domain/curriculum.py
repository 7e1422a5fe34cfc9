"""How exercises are put in order: by track, and by the syllabi that other courses follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """A row of exercises on one subject; `id` is the folder's name."""

    id: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class SyllabusItem:
    """One thing to be able to do. The exercises that name its `requirement` practise it."""

    number: str
    title: str
    requirement: str


@dataclass(frozen=True, slots=True)
class SyllabusPart:
    """A lesson, a folder, ...: items that belong together."""

    number: str
    title: str
    items: tuple[SyllabusItem, ...]


@dataclass(frozen=True, slots=True)
class Syllabus:
    """The exercises seen by another order than the tracks; `id` is what `list --by` calls it, in the singular."""

    id: str
    title: str
    parts: tuple[SyllabusPart, ...]
