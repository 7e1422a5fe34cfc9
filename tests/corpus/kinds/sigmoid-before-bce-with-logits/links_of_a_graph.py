"""Scores that are products of positive features, small and never below zero at first."""
import torch
from torch import nn

torch.manual_seed(0)
encode = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 6), nn.ReLU())
nodes = torch.rand(40, 4)
opt = torch.optim.Adam(encode.parameters(), lr=1e-3)
for _ in range(25):
    left, right = torch.randint(0, 40, (2, 32))
    linked = ((nodes[left] - nodes[right]).abs().sum(1) < 1).float()
    h = encode(nodes)
    loss = nn.functional.binary_cross_entropy_with_logits((h[left] * h[right]).sum(-1), linked)
    opt.zero_grad()
    loss.backward()
    opt.step()
