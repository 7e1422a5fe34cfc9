# style: convolutions without padding
# verdict: runtime_error
# caught by: test_logits_for_images_of_any_size
import torch
import torch.nn.functional as F
from torch import nn


class SimpleCNN(nn.Module):
    """Two convolutions, a mean over space, and a linear layer."""

    def __init__(self, in_channels: int, num_classes: int, width: int = 16) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3)
        self.conv2 = nn.Conv2d(width, 2 * width, 3)
        self.fc = nn.Linear(2 * width, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns logits, (n, num_classes)."""
        if x.ndim != 4 or x.shape[1] != self.conv1.in_channels or min(x.shape[2:]) < 4:
            raise ValueError(f"expected (n, {self.conv1.in_channels}, at least 4, at least 4), not {tuple(x.shape)}")
        x = F.relu(self.conv1(x))  # (n, width, h, w)
        x = F.max_pool2d(x, 2)  # (n, width, h // 2, w // 2)
        x = F.relu(self.conv2(x))  # (n, 2 * width, h // 2, w // 2)
        x = F.max_pool2d(x, 2)  # (n, 2 * width, h // 4, w // 4)
        x = x.mean(dim=(2, 3))  # (n, 2 * width)
        return self.fc(x)  # (n, num_classes)
