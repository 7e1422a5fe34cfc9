"""Experts with slots: the samples of a batch are weighed against each other to fill them, and the slots to read them."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class SlotExperts(nn.Module):
    def __init__(self, width, slots, classes):
        super().__init__()
        self.scores = nn.Linear(width, slots)
        self.experts = nn.ModuleList(nn.Linear(width, width) for _ in range(slots))
        self.out = nn.Linear(width, classes)

    def forward(self, x):
        scores = self.scores(x)
        fill, read = scores.softmax(0), scores.softmax(1)
        slots = fill.t() @ x
        slots = torch.stack([F.gelu(expert(slot)) for expert, slot in zip(self.experts, slots)])
        return self.out(x + read @ slots)


x = torch.randn(320, 8)
y = (x[:, :2].sum(1) > 0).long()
model = SlotExperts(8, 4, 2)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(32):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"{epoch}: {loss.item():.3f}")
