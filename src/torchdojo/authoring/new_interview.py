"""`author new interview`: a folder that explains itself, which `verify` refuses until it is filled in."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from torchdojo.domain.errors import BadInput
from torchdojo.library import INTERVIEW, SCRIPT, SLUG, Library, beside


def new_interview(slug: str, *, root: Path, library: Library) -> list[Path]:
    """Write the skeleton of an interview beside a content root; says which files it wrote.

    Raises BadInput when the name is unfit or taken, or the root does not exist.
    """
    if not SLUG.fullmatch(slug):
        raise BadInput(f"{slug!r} is no valid name.", "Use lower-case words joined by hyphens: my-interview.")
    if slug in library.interview_names():
        raise BadInput(f"There is already an interview {slug!r}.", "Choose another name.")
    if not root.is_dir():
        raise BadInput(f"The content folder {root} does not exist.", f"Make it, or name another: mkdir -p {root}")
    folder = beside(root, "interviews") / slug
    if folder.exists():
        raise BadInput(f"{folder} exists already.", "Choose another name, or move that folder away.")
    folder.mkdir(parents=True)
    written = []
    for name in (INTERVIEW, SCRIPT):
        skeleton = files("torchdojo.authoring") / "skeletons" / f"{name}.txt"
        (folder / name).write_text(skeleton.read_text(encoding="utf-8"), encoding="utf-8")
        written.append(folder / name)
    return written
