"""`author new`: a folder that explains itself and that `verify` refuses, with reasons, until it is filled in."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Kind
from torchdojo.library import SLUG, Library

#: Skeletons that are Python text end in this: they are no modules of the package.
_TEXT = ".txt"

#: The track of a name without one; "" where the author has to choose.
_TRACKS = {Kind.DEBUG: "debugging", Kind.IMPLEMENT: "", Kind.COMPUTE: "computation"}


def new_exercise(kind: str, name: str, *, root: Path, library: Library) -> list[Path]:
    """Write the skeleton of an exercise into a content root; says which files it wrote.

    `name` is "slug" or "track/slug"; debug exercises and computation families have a track of their own.
    Raises BadInput when there is no skeleton of that kind, the name is unfit or taken, or the folder exists.
    """
    if kind not in list(_TRACKS):
        raise BadInput(f"There is no skeleton for {kind!r} exercises.", f"Known: {', '.join(_TRACKS)}.")
    track, _, slug = name.rpartition("/")
    track = track or _TRACKS[Kind(kind)]
    if not track:
        raise BadInput(f"{name!r} names no track.", f"Write track and name, e.g. losses/{slug or 'focal-loss'}.")
    if not SLUG.fullmatch(track):
        raise BadInput(f"{track!r} is no valid track name.", "Use lower-case words joined by hyphens: my-track.")
    if not SLUG.fullmatch(slug):
        raise BadInput(f"{slug!r} is no valid exercise name.", "Use lower-case words joined by hyphens: my-exercise.")
    if slug in library.names():
        raise BadInput(f"There is already an exercise {slug!r}.", "Names are unique over all tracks; choose another.")
    if not root.is_dir():
        raise BadInput(f"The content folder {root} does not exist.", f"Make it, or name another: mkdir -p {root}")
    folder = root / track / slug
    if folder.exists():
        raise BadInput(f"{folder} exists already.", "Choose another name, or move that folder away.")
    written: list[Path] = []
    _copy(files("torchdojo.authoring") / "skeletons" / kind, folder, slug, written)
    return written


def _copy(source: Traversable, target: Path, slug: str, written: list[Path]) -> None:
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            _copy(entry, target / entry.name, slug, written)
        elif not entry.name.startswith("."):
            file = target / entry.name.removesuffix(_TEXT)
            file.write_text(entry.read_text(encoding="utf-8").replace("SLUG", slug), encoding="utf-8")
            written.append(file)
