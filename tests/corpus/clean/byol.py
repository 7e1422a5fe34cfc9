"""BYOL: online network predicts the target network's projection of another view."""
import copy
import math

import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(11)


def augment(x):
    x = x + 0.2 * torch.randn_like(x)
    return x * (torch.rand_like(x) > 0.1)


def projector(n_in, n_hidden, n_out):
    return nn.Sequential(nn.Linear(n_in, n_hidden), nn.BatchNorm1d(n_hidden), nn.ReLU(inplace=True),
                         nn.Linear(n_hidden, n_out))


class BYOL(nn.Module):
    def __init__(self, net, feat, moving_average_decay=0.9):
        super().__init__()
        self.online = nn.Sequential(net, projector(feat, 32, 16))
        self.target = copy.deepcopy(self.online)
        for p in self.target.parameters():
            p.requires_grad_(False)
        self.predictor = projector(16, 32, 16)
        self.tau0 = moving_average_decay

    @torch.no_grad()
    def update_target(self, progress):
        tau = 1 - (1 - self.tau0) * (math.cos(math.pi * progress) + 1) / 2
        for online, target in zip(self.online.parameters(), self.target.parameters()):
            target.data = tau * target.data + (1 - tau) * online.data

    def forward(self, x):
        one, two = augment(x), augment(x)
        p1, p2 = self.predictor(self.online(one)), self.predictor(self.online(two))
        with torch.no_grad():
            z1, z2 = self.target(one).detach(), self.target(two).detach()
        return (self.distance(p1, z2) + self.distance(p2, z1)).mean()

    @staticmethod
    def distance(p, z):
        return 2 - 2 * (F.normalize(p, dim=-1) * F.normalize(z, dim=-1)).sum(dim=-1)


centres = torch.randn(4, 12) * 2
labels = torch.arange(256) % 4
points = centres[labels] + torch.randn(256, 12) * 0.5
encoder = nn.Sequential(nn.Linear(12, 32), nn.BatchNorm1d(32), nn.ReLU())
learner = BYOL(encoder, 32)
opt = torch.optim.Adam([p for p in learner.parameters() if p.requires_grad], lr=3e-3)
total = 6 * 8
for epoch in range(6):
    order = torch.randperm(256)
    for b in range(8):
        loss = learner(points[order[b * 32 : (b + 1) * 32]])
        opt.zero_grad()
        loss.backward()
        opt.step()
        learner.update_target((epoch * 8 + b) / total)
    print(f"epoch {epoch} loss {loss.item():.3f}")

# linear probe on frozen features
encoder.eval()
with torch.no_grad():
    features = encoder(points)
probe = nn.Linear(32, 4)
probe_opt = torch.optim.LBFGS(probe.parameters(), max_iter=20)


def closure():
    probe_opt.zero_grad()
    out = F.cross_entropy(probe(features[:200]), labels[:200])
    out.backward()
    return out


probe_opt.step(closure)
print("probe accuracy", (probe(features[200:]).argmax(1) == labels[200:]).float().mean().item())
