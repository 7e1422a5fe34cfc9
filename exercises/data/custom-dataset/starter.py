from collections.abc import Callable

import torch
from torch.utils.data import Dataset


class TableDataset(Dataset):
    """Rows of a table with their labels.

    mean, std: (columns,) float32, the statistics used to standardise.
    """

    def __init__(
        self,
        features: torch.Tensor,
        labels: torch.Tensor,
        mean: torch.Tensor | None = None,
        std: torch.Tensor | None = None,
        transform: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ):
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (columns,) float32; y: () int64."""
        raise NotImplementedError
