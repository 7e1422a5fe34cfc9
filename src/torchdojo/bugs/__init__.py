"""Bug kinds and their injection: source text in, source text out."""

from torchdojo.bugs.catalogue import bug_kinds
from torchdojo.bugs.injection import derive_starter, inject, inject_only
from torchdojo.bugs.kind import SECTIONS, BugKind, Example, Question, Site
from torchdojo.bugs.page import kind_page

__all__ = [
    "SECTIONS",
    "BugKind",
    "Example",
    "Question",
    "Site",
    "bug_kinds",
    "derive_starter",
    "inject",
    "inject_only",
    "kind_page",
]
