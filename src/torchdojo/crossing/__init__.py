"""Values on their way between the judge's process and the candidate's: plain data, tensors, and names of objects.

Both sides pack and unpack with the same code. Whatever arrives is checked before it is built, because one of the two
sides is hostile.
"""

from torchdojo.crossing.counting import Counted, Counter
from torchdojo.crossing.facts import Facts, facts_of
from torchdojo.crossing.packing import Packer, Unpackable
from torchdojo.crossing.unpacking import Unpacker

__all__ = ["Counted", "Counter", "Facts", "Packer", "Unpackable", "Unpacker", "facts_of"]
