"""`author new question`, `author new guide`: a file that explains itself, which `verify` refuses until filled in."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from torchdojo.domain.errors import BadInput
from torchdojo.library import SLUG, Library, beside

#: Texts that are one file, by kind, and the folder they belong to.
TEXTS = {"question": "questions", "guide": "guides"}


def new_text(kind: str, name: str, *, root: Path, library: Library) -> Path:
    """Write the skeleton of a question ("topic/slug") or a guide ("slug") beside a content root; says which file.

    Raises BadInput when the name is unfit or taken, or the root does not exist.
    """
    topic, _, slug = name.rpartition("/")
    if kind == "question" and not topic:
        raise BadInput(f"{name!r} names no topic.", f"Write topic and name, e.g. training/{slug or 'my-question'}.")
    if kind == "guide" and topic:
        raise BadInput(f"{name!r} names a folder.", f"Guides lie in one; write {slug}.")
    for part in (topic, slug) if topic else (slug,):
        if not SLUG.fullmatch(part):
            raise BadInput(f"{part!r} is no valid name.", "Use lower-case words joined by hyphens: my-question.")
    knowledge = library.knowledge
    taken = {file.stem for file in (*knowledge.question_files(), *knowledge.guide_files())} | set(library.names())
    if slug in taken:
        raise BadInput(f"There is already something called {slug!r}.", "Names are unique; choose another.")
    if not root.is_dir():
        raise BadInput(f"The content folder {root} does not exist.", f"Make it, or name another: mkdir -p {root}")
    file = beside(root, TEXTS[kind]) / topic / f"{slug}.md"
    if file.exists():
        raise BadInput(f"{file} exists already.", "Choose another name, or move that file away.")
    skeleton = files("torchdojo.authoring") / "skeletons" / f"{kind}.md.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(skeleton.read_text(encoding="utf-8"), encoding="utf-8")
    return file
