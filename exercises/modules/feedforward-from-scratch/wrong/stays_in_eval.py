# style: leaves the model in evaluation mode
# verdict: wrong_answer
# caught by: test_predict_evaluates_and_restores_the_mode
import torch
from torch import nn


class FeedForwardNet(nn.Module):
    """Linear, batch norm, ReLU, dropout, linear."""

    def __init__(self, in_dim: int, hidden_dim: int, out_dim: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.fc1 = nn.Linear(in_dim, hidden_dim)
        self.bn1 = nn.BatchNorm1d(hidden_dim)
        self.drop = nn.Dropout(dropout)
        self.fc2 = nn.Linear(hidden_dim, out_dim)
        nn.init.kaiming_uniform_(self.fc1.weight, nonlinearity="relu")
        nn.init.zeros_(self.fc1.bias)
        nn.init.xavier_uniform_(self.fc2.weight)
        nn.init.zeros_(self.fc2.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_dim). Returns logits, (n, out_dim)."""
        if x.ndim != 2 or x.shape[1] != self.fc1.in_features:
            raise ValueError(f"expected (n, {self.fc1.in_features}), not {tuple(x.shape)}")
        hidden = torch.relu(self.bn1(self.fc1(x)))  # (n, hidden_dim)
        return self.fc2(self.drop(hidden))  # (n, out_dim)


def predict(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """x: (n, in_dim). Returns the classes, (n,) int64."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        logits = model(x)  # (n, classes)
    return logits.argmax(dim=1)  # (n,)
