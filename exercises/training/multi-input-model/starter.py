import torch
from torch import nn


class MultiInputModel(nn.Module):
    """Logits from an image, a row of numbers and a category.

    image_encoder: maps images to (n, image_features).
    """

    def __init__(
        self,
        image_encoder: nn.Module,
        image_features: int,
        numeric_features: int,
        categories: int,
        hidden: int,
        classes: int,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, image: torch.Tensor | None, numbers: torch.Tensor, category: torch.Tensor) -> torch.Tensor:
        """image: (n, ...) or None; numbers: (n, numeric_features), NaN where missing; category: (n,) -> (n, classes)."""
        raise NotImplementedError
