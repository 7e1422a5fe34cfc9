"""Finds, parses and hands out content folders. Knows their format, never their meaning."""

from torchdojo.library.answers import Answer, fake_answers, right_answers, wrong_answers
from torchdojo.library.curriculum import Curriculum, read_curriculum
from torchdojo.library.document import body_of, without_fences
from torchdojo.library.folder import GOAL_FILE, MANIFEST, PROOF, SLUG, folder_digest, role_files
from torchdojo.library.guides import Refused, load_guide, refused_patterns
from torchdojo.library.interview_script import SCRIPT
from torchdojo.library.interviews import INTERVIEW, load_interview
from torchdojo.library.manifest import load_exercise
from torchdojo.library.proofs import ProvedFacts, is_current, is_proved, read_proof, torch_version, write_proof
from torchdojo.library.questions import load_question
from torchdojo.library.roots import beside, shipped_root
from torchdojo.library.script_names import check_script_names
from torchdojo.library.shelf import Library
from torchdojo.library.table import PLACEHOLDER

__all__ = [
    "GOAL_FILE",
    "INTERVIEW",
    "MANIFEST",
    "PLACEHOLDER",
    "PROOF",
    "SCRIPT",
    "SLUG",
    "Answer",
    "Curriculum",
    "Library",
    "ProvedFacts",
    "Refused",
    "beside",
    "body_of",
    "check_script_names",
    "fake_answers",
    "folder_digest",
    "is_current",
    "is_proved",
    "load_exercise",
    "load_guide",
    "load_interview",
    "load_question",
    "read_curriculum",
    "read_proof",
    "refused_patterns",
    "right_answers",
    "role_files",
    "shipped_root",
    "torch_version",
    "without_fences",
    "write_proof",
    "wrong_answers",
]
