"""Pretrain, then freeze the backbone and train LoRA adapters and a new head; gradual unfreezing with a rebuilt optimizer."""
import torch
from torch import nn
import torch.nn.functional as F


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r=4, alpha=8.0):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.a = nn.Parameter(torch.randn(r, base.in_features) / base.in_features ** 0.5)
        self.b = nn.Parameter(torch.zeros(base.out_features, r))
        self.s = alpha / r

    def forward(self, x):
        return self.base(x) + self.s * ((x @ self.a.T) @ self.b.T)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.bn, self.l2 = nn.Linear(12, 32), nn.BatchNorm1d(32), nn.Linear(32, 32)
        self.frozen = False

    def forward(self, x):
        return F.relu(self.l2(F.relu(self.bn(self.l1(x)))))

    def train(self, mode=True):
        super().train(mode)
        if self.frozen:
            self.bn.eval()
        return self


class Model(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.backbone, self.head = Backbone(), nn.Linear(32, classes)

    def forward(self, x):
        return self.head(self.backbone(x))


def fit(model, opt, X, Y, epochs):
    model.train()
    for _ in range(epochs):
        for ix in torch.randperm(len(X)).chunk(10):
            opt.zero_grad()
            loss = F.cross_entropy(model(X[ix]), Y[ix])
            loss.backward()
            opt.step()
    return loss.item()


@torch.no_grad()
def score(model, X, Y):
    model.eval()
    return (model(X).argmax(1) == Y).float().mean().item()


torch.manual_seed(0)
X = torch.randn(1500, 12)
teacher = nn.Sequential(nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 10)).requires_grad_(False)
Y10 = teacher(X * 2).argmax(1)
Y3 = (teacher(X * 2)[:, :3] + 0.3 * X[:, :3]).argmax(1)
tr, te = slice(0, 1000), slice(1000, 1500)
model = Model(10)
print("pretrain", fit(model, torch.optim.Adam(model.parameters(), 3e-3), X[tr], Y10[tr], 8), score(model, X[te], Y10[te]))

for p in model.parameters():
    p.requires_grad_(False)
model.backbone.frozen = True
model.backbone.l1 = LoRALinear(model.backbone.l1)
model.backbone.l2 = LoRALinear(model.backbone.l2)
model.head = nn.Linear(32, 3)
trainable = [p for p in model.parameters() if p.requires_grad]
print("trainable", sum(p.numel() for p in trainable), "of", sum(p.numel() for p in model.parameters()))
print("lora", fit(model, torch.optim.AdamW(trainable, 3e-3), X[tr], Y3[tr], 8), score(model, X[te], Y3[te]))

model.backbone.l2.base.requires_grad_(True)
groups = [{"params": model.backbone.l2.base.parameters(), "lr": 3e-4}, {"params": trainable, "lr": 1e-3}]
print("unfrozen", fit(model, torch.optim.AdamW(groups), X[tr], Y3[tr], 4), score(model, X[te], Y3[te]))
