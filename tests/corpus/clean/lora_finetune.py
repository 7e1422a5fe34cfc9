"""Low-rank adapters on a pretrained net: the base is frozen, only adapters and head are trained."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(21)


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int = 4, alpha: float = 8.0):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(torch.empty(rank, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scaling = alpha / rank

    def forward(self, x):
        return self.base(x) + (x @ self.A.T @ self.B.T) * self.scaling


def inject(module: nn.Module, rank: int) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, LoRALinear(child, rank))
        else:
            inject(child, rank)


backbone = nn.Sequential(nn.Linear(10, 48), nn.GELU(), nn.Linear(48, 48), nn.GELU())
head = nn.Linear(48, 3)

x = torch.randn(300, 10)
task_a = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
task_b = (x[:, 2] > 0).long() + (x[:, 3] > 0).long()


def fit(parameters, y, epochs, lr):
    optimizer = torch.optim.AdamW(parameters, lr=lr)
    for _ in range(epochs):
        for idx in torch.randperm(240).split(48):
            loss = F.cross_entropy(head(backbone(x[idx])), y[idx])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return loss.item(), (head(backbone(x[240:])).argmax(1) == y[240:]).float().mean().item()


print("pretraining", fit([*backbone.parameters(), *head.parameters()], task_a, 6, 3e-3))
inject(backbone, rank=4)
head = nn.Linear(48, 3)
trainable = [p for p in backbone.parameters() if p.requires_grad] + list(head.parameters())
print(f"{sum(p.numel() for p in trainable)} of {sum(p.numel() for p in backbone.parameters())} parameters are trained")
print("adapting", fit(trainable, task_b, 6, 1e-2))
