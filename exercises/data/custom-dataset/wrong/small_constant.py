# style: adds a small constant to the deviation instead of replacing a zero
# verdict: wrong_answer
# caught by: test_constant_columns
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
        if len(features) != len(labels):
            raise ValueError(f"{len(features)} rows and {len(labels)} labels")
        if mean is None:
            mean = features.mean(dim=0)  # (columns,)
        if std is None:
            std = features.std(dim=0, correction=0)  # (columns,)
            constant = (features == features[:1]).all(dim=0)  # (columns,) bool
            std = std + 1e-8  # (columns,)
        self.mean = mean.float()  # (columns,)
        self.std = std.float()  # (columns,)
        self.rows = (features.float() - self.mean) / self.std  # (n, columns): new memory
        self.labels = labels.long().clone()  # (n,)
        self.transform = transform

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """x: (columns,) float32; y: () int64."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} in a dataset of {len(self)}")
        x = self.rows[index].clone()  # (columns,): no view of the table
        if self.transform is not None:
            x = self.transform(x)  # (columns,)
        return x, self.labels[index].clone()  # (columns,), ()
