"""curriculum.toml: the tracks of a content root in order, what the levels mean, and the syllabi it follows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.curriculum import Syllabus, SyllabusItem, SyllabusPart, Track
from torchdojo.library.folder import SLUG
from torchdojo.library.table import Table, read_toml

__all__ = ["CURRICULUM", "Curriculum", "Track", "read_curriculum"]

CURRICULUM = "curriculum.toml"


@dataclass(frozen=True, slots=True)
class Curriculum:
    """The tracks in order, a name for each level (1 to 5), the syllabi."""

    tracks: tuple[Track, ...] = ()
    levels: tuple[str, ...] = ()
    syllabi: tuple[Syllabus, ...] = ()

    def position(self, track: str) -> int:
        """Where the track stands; unlisted ones come last."""
        ids = [known.id for known in self.tracks]
        return ids.index(track) if track in ids else len(ids)


def read_curriculum(root: Path) -> Curriculum:
    """The root's curriculum; an empty one when it has none. Raises BadContent for anything out of format."""
    if not (root / CURRICULUM).is_file():
        return Curriculum()
    table = read_toml(root / CURRICULUM)
    tracks = _tracks(table, root)
    named = table.table("levels")
    levels = tuple(named.text(str(number)) for number in range(1, 6)) if table.has("levels") else ()
    named.finish()
    syllabi = tuple(_syllabus(entry) for entry in table.tables("syllabus", "id"))
    table.finish()
    return Curriculum(tracks, levels, syllabi)


def _tracks(table: Table, root: Path) -> tuple[Track, ...]:
    tracks: list[Track] = []
    for entry in table.tables("track", "id"):
        track = Track(entry.text("id"), entry.text("title"), entry.text("summary", ""))
        entry.finish()
        if not SLUG.fullmatch(track.id) or not (root / track.id).is_dir():
            raise entry.fault(f"`id` is {track.id!r}", f"Write the name of a folder in {root}.")
        if any(known.id == track.id for known in tracks):
            raise entry.fault(f"two tracks have the id {track.id!r}", "Keep one of them.")
        tracks.append(track)
    return tuple(tracks)


def _syllabus(table: Table) -> Syllabus:
    parts = tuple(_part(part) for part in table.tables("part", "title"))
    syllabus = Syllabus(table.text("id", example="lesson"), table.text("title"), parts)
    table.finish()
    if not SLUG.fullmatch(syllabus.id) or syllabus.id == "track":
        raise table.fault(f"`id` is {syllabus.id!r}", 'Write one lower-case word, e.g. id = "lesson".')
    return syllabus


def _part(table: Table) -> SyllabusPart:
    items = tuple(_item(item) for item in table.tables("items", "title"))
    part = SyllabusPart(table.text("number", example="1"), table.text("title"), items)
    table.finish()
    return part


def _item(table: Table) -> SyllabusItem:
    item = SyllabusItem(table.text("number", example="1.1"), table.text("title"), table.text("requirement"))
    table.finish()
    return item
