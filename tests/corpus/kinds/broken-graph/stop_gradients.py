import torch
from torch import nn
from torch.nn import functional as F


class Siamese(nn.Module):
    """Two views; the target side takes no gradient, a linear probe learns beside it."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 8))
        self.predictor = nn.Linear(8, 8)
        self.probe = nn.Linear(8, 2)

    def forward(self, a, b):
        one, two = self.encoder(a), self.encoder(b)
        agreement = F.cosine_similarity(self.predictor(one), two.detach(), dim=1).mean()
        return agreement, self.probe(one.detach())


class Quantised(nn.Module):
    """Codes are picked by distance; the gradient passes straight through."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(6, 2), nn.Linear(2, 6)
        self.codes = nn.Embedding(8, 2)

    def forward(self, x):
        z = self.encoder(x)
        picked = self.codes(torch.cdist(z.detach(), self.codes.weight).argmin(1))
        pull = F.mse_loss(picked, z.detach()) + 0.25 * F.mse_loss(z, picked.detach())
        return self.decoder(z + (picked - z).detach()), pull


torch.manual_seed(0)
siamese, quantised = Siamese(), Quantised()
optimizer = torch.optim.Adam([*siamese.parameters(), *quantised.parameters()], lr=1e-2)
for _ in range(30):
    x = torch.randn(32, 6)
    agreement, probed = siamese(x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x))
    made, pull = quantised(x)
    loss = -agreement + F.cross_entropy(probed, (x[:, 0] > 0).long()) + F.mse_loss(made, x) + pull
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
