from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch.utils.data import Dataset


def find_samples(
    root: str | Path, extensions: Sequence[str] = (".png", ".jpg")
) -> tuple[list[tuple[Path, int]], list[str]]:
    """All files of all classes below root: the samples (path, label), and the names of the classes."""
    raise NotImplementedError


def split_samples(samples: Sequence[tuple], share: float, seed: int = 0) -> tuple[list[tuple], list[tuple]]:
    """A random share of every label held out: (train, held_out)."""
    raise NotImplementedError


class PathLabelDataset(Dataset):
    """Reads a file when its item is asked for: (x, y) with y an int64 tensor of shape ()."""

    def __init__(
        self,
        samples: Sequence[tuple[str | Path, int]],
        load: Callable[[str | Path], torch.Tensor],
        transform: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ):
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        raise NotImplementedError
