"""The content compiler: prove exercises, write skeletons, generate reference pages."""

from torchdojo.authoring.bench import Grade, Progress
from torchdojo.authoring.board import Standing
from torchdojo.authoring.bug_reference import reference_pages, stale_pages, write_reference
from torchdojo.authoring.new_interview import new_interview
from torchdojo.authoring.new_text import TEXTS, new_text
from torchdojo.authoring.scaffold import new_exercise
from torchdojo.authoring.verification import Verification
from torchdojo.authoring.verify import SEEDS, verify, verify_content

__all__ = [
    "SEEDS",
    "TEXTS",
    "Grade",
    "Progress",
    "Standing",
    "Verification",
    "new_exercise",
    "new_interview",
    "new_text",
    "reference_pages",
    "stale_pages",
    "verify",
    "verify_content",
    "write_reference",
]
