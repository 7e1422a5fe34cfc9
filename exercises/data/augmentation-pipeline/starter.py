from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F

Transform = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


class RandomFlip:
    """Mirror left to right with probability p. (c, h, w) -> (c, h, w)"""

    def __init__(self, p: float = 0.5):
        raise NotImplementedError

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        raise NotImplementedError


class RandomCrop:
    """Pad with zeros, cut out a random square. (c, h, w) -> (c, size, size)"""

    def __init__(self, size: int, padding: int = 0):
        raise NotImplementedError

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        raise NotImplementedError


class Normalize:
    """(image - mean) / std for each channel. (c, h, w) -> (c, h, w)"""

    def __init__(self, mean: Sequence[float], std: Sequence[float]):
        raise NotImplementedError

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        raise NotImplementedError


class Compose:
    """Several transforms in a row."""

    def __init__(self, transforms: Sequence[Transform]):
        raise NotImplementedError

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        raise NotImplementedError
