"""Figures of sampled tensors, by NumPy: what a recorder owes to its events, computed in bulk."""

from torchdojo.figures.filling import BadSample, Sample, blocks_of, fill_in
from torchdojo.figures.fingerprints import fingerprints

__all__ = ["BadSample", "Sample", "blocks_of", "fill_in", "fingerprints"]
