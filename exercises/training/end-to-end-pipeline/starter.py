from collections.abc import Callable

import torch
from torch import nn


class Pipeline(nn.Module):
    """Standardises raw rows and gives them to a model.

    features: number of columns.
    """

    def __init__(self, model: nn.Module, features: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, features), NaN where missing -> what the model gives."""
        raise NotImplementedError

    def fit(
        self,
        x: torch.Tensor,
        y: torch.Tensor,
        loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        epochs: int,
        batch_size: int,
        lr: float,
        val_rows: int,
    ) -> dict[str, list[float]]:
        """Train on all rows but the last val_rows, which are for validation.

        x: (n, features), NaN where missing; y: (n, ...).
        Returns "train_loss" and "val_loss", one float per epoch each.
        """
        raise NotImplementedError

    def predict(self, x: torch.Tensor, batch_size: int) -> torch.Tensor:
        """x: (n, features) -> what the model gives, at most batch_size rows at a time."""
        raise NotImplementedError
