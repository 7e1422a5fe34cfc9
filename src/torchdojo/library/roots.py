"""Where content lies: inside an installed package, or beside the code in a checkout."""

from __future__ import annotations

from pathlib import Path

from torchdojo.domain.errors import BadContent

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_root() -> Path:
    """The exercises that come with torchdojo. Raises BadContent when the installation lacks them."""
    checkout = _PACKAGE.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "exercises").is_dir():
        return checkout / "exercises"
    packaged = _PACKAGE / "_content" / "exercises"
    if packaged.is_dir():
        return packaged
    raise BadContent(f"This installation has no exercises: {packaged} is missing.", "Install torchdojo anew.")


def beside(root: Path, name: str) -> Path:
    """Where "bases", "questions", "guides" or "interviews" of a content root lie: beside `exercises`, or in it."""
    return root.parent / name if root.name == "exercises" else root / name


def user_root(folder: Path) -> Path:
    """A further root the person named. Raises BadContent when it is no folder with tracks in it."""
    if not folder.is_dir():
        raise BadContent(f"The content folder {folder} does not exist.", "Name a folder that holds TRACK/EXERCISE/.")
    if (folder / "exercises").is_dir():
        folder = folder / "exercises"
    return folder.resolve()
