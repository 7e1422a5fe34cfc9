"""curriculum.toml: the tracks of a content root, in the order they are shown, and what the levels mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.exercise import Track
from torchdojo.library.folder import SLUG
from torchdojo.library.table import read_toml

__all__ = ["CURRICULUM", "Curriculum", "Track", "read_curriculum"]

CURRICULUM = "curriculum.toml"


@dataclass(frozen=True, slots=True)
class Curriculum:
    """The tracks in order, and a name for each level (1 to 5)."""

    tracks: tuple[Track, ...] = ()
    levels: tuple[str, ...] = ()

    def position(self, track: str) -> int:
        """Where the track stands; unlisted ones come last."""
        ids = [known.id for known in self.tracks]
        return ids.index(track) if track in ids else len(ids)


def read_curriculum(root: Path) -> Curriculum:
    """The root's curriculum; an empty one when it has none. Raises BadContent for anything out of format."""
    if not (root / CURRICULUM).is_file():
        return Curriculum()
    table = read_toml(root / CURRICULUM)
    tracks: list[Track] = []
    for entry in table.tables("track", "id"):
        track = Track(entry.text("id"), entry.text("title"), entry.text("summary", ""))
        entry.finish()
        if not SLUG.fullmatch(track.id) or not (root / track.id).is_dir():
            raise entry.fault(f"`id` is {track.id!r}", f"Write the name of a folder in {root}.")
        if any(known.id == track.id for known in tracks):
            raise entry.fault(f"two tracks have the id {track.id!r}", "Keep one of them.")
        tracks.append(track)
    named = table.table("levels")
    levels = tuple(named.text(str(number)) for number in range(1, 6)) if table.has("levels") else ()
    named.finish()
    table.finish()
    return Curriculum(tuple(tracks), levels)
