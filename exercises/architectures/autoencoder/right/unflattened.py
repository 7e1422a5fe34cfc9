# style: nn.Flatten and unflatten, the sigmoid by tanh, scores by a norm
import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, input_dim: int, hidden_dim: int, latent_dim: int):
        super().__init__()
        self.flatten = nn.Flatten()
        self.relu = nn.ReLU()
        self.enc1 = nn.Linear(input_dim, hidden_dim)
        self.enc2 = nn.Linear(hidden_dim, latent_dim)
        self.dec1 = nn.Linear(latent_dim, hidden_dim)
        self.dec2 = nn.Linear(hidden_dim, input_dim)

    def encode(self, x):
        if x.dim() == 1 or x[:0].flatten(1).size(1) != self.dec2.out_features:
            raise ValueError("input_dim")
        return self.enc2(self.relu(self.enc1(self.flatten(x))))

    def decode(self, z):
        return (1 + torch.tanh(self.dec2(self.relu(self.dec1(z))) / 2)) / 2

    def forward(self, x):
        return self.decode(self.encode(x)).unflatten(1, tuple(x.shape[1:]))


def anomaly_scores(model, x):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        difference = (x - model(x)).flatten(1)
        result = torch.linalg.vector_norm(difference, dim=1).square() / difference.size(1)
    for m, mode in modes:
        m.training = mode
    return result.clone()
