# style: returns a smaller image if no window fits
# verdict: wrong_answer
# caught by: test_windows_that_do_not_fit_are_refused
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F

Transform = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


class RandomFlip:
    """Mirror left to right with probability p. (c, h, w) -> (c, h, w)"""

    def __init__(self, p: float = 0.5):
        if not 0 <= p <= 1:
            raise ValueError("p is a probability")
        self.p = p

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        if torch.rand((), generator=generator) < self.p:  # from [0, 1): never below 0, always below 1
            return image.flip(-1)  # (c, h, w), a copy
        return image.clone()  # (c, h, w)


class RandomCrop:
    """Pad with zeros, cut out a random square. (c, h, w) -> (c, size, size)"""

    def __init__(self, size: int, padding: int = 0):
        self.size = size
        self.padding = padding

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        padded = F.pad(image, [self.padding] * 4)  # (c, h + 2 padding, w + 2 padding)
        rows = padded.shape[1] - self.size + 1  # places for the upper edge
        columns = padded.shape[2] - self.size + 1
        top = int(torch.randint(max(rows, 1), (), generator=generator))
        left = int(torch.randint(max(columns, 1), (), generator=generator))
        return padded[:, top : top + self.size, left : left + self.size].clone()  # (c, size, size)


class Normalize:
    """(image - mean) / std for each channel. (c, h, w) -> (c, h, w)"""

    def __init__(self, mean: Sequence[float], std: Sequence[float]):
        self.mean = torch.tensor(mean).reshape(-1, 1, 1)  # (c, 1, 1)
        self.std = torch.tensor(std).reshape(-1, 1, 1)  # (c, 1, 1)

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        if not len(self.mean) == len(self.std) == len(image):
            raise ValueError(f"{len(self.mean)} means and {len(self.std)} deviations for {len(image)} channels")
        return ((image - self.mean) / self.std).to(image.dtype)  # (c, h, w)


class Compose:
    """Several transforms in a row."""

    def __init__(self, transforms: Sequence[Transform]):
        self.transforms = list(transforms)

    def __call__(self, image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        image = image.clone()  # a copy also if there is no transform, or one that returns its input
        for transform in self.transforms:
            image = transform(image, generator)
        return image
