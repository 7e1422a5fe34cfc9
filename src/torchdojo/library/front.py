"""Front matter that questions and guides have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from torchdojo.domain.knowledge import Source
from torchdojo.library.table import Table


def sources(front: Table, *, required: bool = True) -> tuple[Source, ...]:
    """[[source]] entries; at least one where `required`. Raises BadContent."""
    found = []
    for entry in front.tables("source", "title"):
        found.append(Source(entry.text("title"), entry.text("where", example="https://…")))
        entry.finish()
    if required and not found:
        raise front.fault("no source is named", "Write [[source]] with `title` and `where`.")
    return tuple(found)


def covers(front: Table, ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """[covers]: requirements by section, each section one of `ids`. Raises BadContent."""
    found = front.table("covers").lists()
    for section in found:
        if section not in ids:
            raise front.fault(
                f"[covers] names the section {section!r}, which is not in the text",
                f"There are: {', '.join(sorted(ids))}.",
            )
    return found
