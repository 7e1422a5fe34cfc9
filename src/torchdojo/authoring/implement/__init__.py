"""The proof of an implement exercise: its answers, and small changes of its solution, each judged as it should be."""

from torchdojo.authoring.implement.claims import run_claims
from torchdojo.authoring.implement.gradings import run
from torchdojo.authoring.implement.proof import make_proof
from torchdojo.authoring.implement.reading import reading_claims

__all__ = ["make_proof", "reading_claims", "run", "run_claims"]
