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
        self.image_encoder = image_encoder
        self.missing_image = nn.Parameter(torch.zeros(image_features))
        self.number_encoder = nn.Linear(numeric_features, hidden)
        self.category_encoder = nn.Embedding(categories, hidden)
        self.head = nn.Linear(image_features + 2 * hidden, classes)

    def forward(self, image: torch.Tensor | None, numbers: torch.Tensor, category: torch.Tensor) -> torch.Tensor:
        """image: (n, ...) or None; numbers: (n, numeric_features), NaN where missing; category: (n,) -> (n, classes)."""
        n = len(numbers)
        if len(category) != n or (image is not None and len(image) != n):
            raise ValueError("image, numbers and category must have the same number of rows")
        if image is None:
            seen = self.missing_image.expand(n, -1)  # (n, image_features)
        else:
            seen = self.image_encoder(image)  # (n, image_features)
        known = torch.where(numbers.isnan(), 0.0, numbers)  # (n, numeric_features)
        counted = torch.relu(self.number_encoder(known))  # (n, hidden)
        placed = self.category_encoder(category)  # (n, hidden)
        return self.head(torch.cat([seen, counted, placed], dim=1))  # (n, classes)
