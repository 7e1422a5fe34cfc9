"""Fresh debugging challenges: a sound script, bugs planted by a seed, kept only when the grader has proved them."""

from torchdojo.drills.atlas import Atlas, Entry, read_atlas
from torchdojo.drills.making import Made, make_drill
from torchdojo.drills.proving import with_bugs
from torchdojo.drills.recipe import MOST_BUGS, Recipe

__all__ = ["MOST_BUGS", "Atlas", "Entry", "Made", "Recipe", "make_drill", "read_atlas", "with_bugs"]
