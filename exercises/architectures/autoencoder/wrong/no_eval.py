# style: asks the model in the mode it happens to be in
# verdict: wrong_answer
# caught by: test_odd_sample_stands_out
import torch
from torch import nn


class Autoencoder(nn.Module):
    """Two layers down to a code, two layers back."""

    def __init__(self, input_dim: int, hidden_dim: int, latent_dim: int) -> None:
        super().__init__()
        self.enc1 = nn.Linear(input_dim, hidden_dim)
        self.enc2 = nn.Linear(hidden_dim, latent_dim)
        self.dec1 = nn.Linear(latent_dim, hidden_dim)
        self.dec2 = nn.Linear(hidden_dim, input_dim)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, ...). Returns the codes, (n, latent_dim)."""
        flat = x.flatten(1)  # (n, input_dim)
        if flat.shape[1] != self.enc1.in_features:
            raise ValueError(f"expected {self.enc1.in_features} values in a sample, not {flat.shape[1]}")
        return self.enc2(torch.relu(self.enc1(flat)))  # (n, latent_dim)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """z: (n, latent_dim). Returns (n, input_dim), between 0 and 1."""
        return torch.sigmoid(self.dec2(torch.relu(self.dec1(z))))  # (n, input_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, ...). Returns the copy, in the shape of x."""
        return self.decode(self.encode(x)).reshape(x.shape)  # (n, ...)


def anomaly_scores(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """x: (n, ...). Returns the mean squared error of each sample, (n,)."""
    was_training = model.training
    with torch.no_grad():
        error = (model(x) - x) ** 2  # (n, ...)
    model.train(was_training)
    return error.flatten(1).mean(dim=1)  # (n,)
