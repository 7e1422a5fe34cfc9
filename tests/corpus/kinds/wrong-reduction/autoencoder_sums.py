"""A variational autoencoder with sums, a sum divided by a count of tokens, and sums in evaluation."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.leave = nn.Linear(16, 8), nn.Linear(4, 16)

    def forward(self, x):
        mean, log_var = self.enter(x).chunk(2, dim=1)
        z = mean + torch.randn_like(mean) * (0.5 * log_var).exp()
        return self.leave(z), mean, log_var


x = (torch.rand(200, 16) < torch.rand(16)).float()
model = VAE()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(200).split(32):
        recon, mean, log_var = model(x[rows])
        bce = F.binary_cross_entropy_with_logits(recon, x[rows], reduction="sum")
        kld = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
        opt.zero_grad()
        (bce + kld).backward()
        opt.step()

words = torch.randint(1, 9, (64, 6))
words[torch.rand(64, 6) < 0.3] = 0
lm = nn.Sequential(nn.Embedding(9, 8), nn.Linear(8, 9))
sgd = torch.optim.SGD(lm.parameters(), lr=0.5)
for _ in range(20):
    total = F.cross_entropy(lm(words).flatten(0, 1), words.roll(1, 1).flatten(), ignore_index=0, reduction="sum")
    loss = total / (words != 0).sum()
    sgd.zero_grad()
    loss.backward()
    sgd.step()
with torch.no_grad():
    print(F.cross_entropy(lm(words).flatten(0, 1), words.flatten(), reduction="sum").item() / words.numel())
