"""Small changes of a solution, each of which the checks should notice."""

from torchdojo.authoring.mutants.choosing import MOST, choose
from torchdojo.authoring.mutants.making import Mutant, mutants_of

__all__ = ["MOST", "Mutant", "choose", "mutants_of"]
