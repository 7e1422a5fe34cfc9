# style: one helper for both halves, einsum, the scores by a loop over samples
import torch
import torch.nn.functional as F
from torch import nn


def two(first, second, x):
    hidden = F.relu(torch.einsum("ni,oi->no", x, first.weight) + first.bias)
    return torch.einsum("ni,oi->no", hidden, second.weight) + second.bias


class Autoencoder(nn.Module):
    def __init__(self, input_dim, hidden_dim, latent_dim):
        super().__init__()
        self.d = input_dim
        self.enc1, self.enc2 = nn.Linear(input_dim, hidden_dim), nn.Linear(hidden_dim, latent_dim)
        self.dec1, self.dec2 = nn.Linear(latent_dim, hidden_dim), nn.Linear(hidden_dim, input_dim)

    def encode(self, x):
        if x.shape[1:].numel() != self.d or x.dim() < 2:
            raise ValueError("size")
        return two(self.enc1, self.enc2, x.reshape(x.shape[0], self.d))

    def decode(self, z):
        return two(self.dec1, self.dec2, z).sigmoid()

    def forward(self, x):
        return self.decode(self.encode(x)).view(*x.shape)


@torch.no_grad()
def anomaly_scores(model, x):
    mode = model.training
    try:
        copies = model.train(False)(x)
    finally:
        model.train(mode)
    scores = [F.mse_loss(copy, one) for copy, one in zip(copies, x)]
    return torch.stack(scores) if scores else x.new_zeros(0)
