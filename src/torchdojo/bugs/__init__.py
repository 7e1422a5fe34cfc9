"""Bug kinds and their injection: source text in, source text out."""

from torchdojo.bugs.catalogue import bug_kind, bug_kinds
from torchdojo.bugs.injection import derive_starter, inject, inject_only
from torchdojo.bugs.kind import SECTIONS, BugKind, Example, Question, Site
from torchdojo.bugs.page import kind_page
from torchdojo.bugs.places import Place, breakable_places, broken_at

__all__ = [
    "SECTIONS",
    "BugKind",
    "Example",
    "Place",
    "Question",
    "Site",
    "breakable_places",
    "broken_at",
    "bug_kind",
    "bug_kinds",
    "derive_starter",
    "inject",
    "inject_only",
    "kind_page",
]
