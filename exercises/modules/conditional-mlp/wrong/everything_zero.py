# style: starts the embedding at zero too
# verdict: wrong_answer
# caught by: test_a_fresh_network_can_learn_the_class
import torch
from torch import nn


class ConditionalMLP(nn.Module):
    """Two linear layers; the class scales and shifts the hidden units between them."""

    def __init__(self, in_dim: int, hidden_dim: int, out_dim: int, num_classes: int, cond_dim: int) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.embed = nn.Embedding(num_classes + 1, cond_dim)
        self.fc1 = nn.Linear(in_dim, hidden_dim)
        self.film = nn.Linear(cond_dim, 2 * hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, out_dim)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)
        nn.init.zeros_(self.embed.weight)

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        """x: (n, in_dim); labels: (n,) int64 with -1 for "no class", or None. Returns (n, out_dim)."""
        n = x.shape[0]
        if labels is None:
            labels = torch.full((n,), -1, device=x.device)  # (n,)
        if labels.shape != (n,):
            raise ValueError(f"expected labels of shape ({n},), not {tuple(labels.shape)}")
        if ((labels < -1) | (labels >= self.num_classes)).any():
            raise ValueError(f"a label is outside of -1 to {self.num_classes - 1}")
        rows = torch.where(labels < 0, self.num_classes, labels)  # (n,)  -1 becomes the last row
        gamma, beta = self.film(self.embed(rows)).chunk(2, dim=-1)  # (n, hidden_dim) each
        hidden = torch.relu((1 + gamma) * self.fc1(x) + beta)  # (n, hidden_dim)
        return self.fc2(hidden)  # (n, out_dim)
