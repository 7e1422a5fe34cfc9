import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 16))
        self.head = nn.Linear(16, classes)

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


class Adapted(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = nn.Parameter(torch.ones(2))

    def forward(self, x):
        return self.base(x) * self.scale


def fit(model, classes, steps=20):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for _ in range(steps):
        x = torch.randn(32, 4)
        loss = nn.functional.cross_entropy(model(x), x[:, :classes].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
old = Net(4)
fit(old, 4)
new = Net(2)
fitting = {k: v for k, v in old.state_dict().items() if not k.startswith("head.")}
result = new.load_state_dict(fitting, strict=False)
assert not result.unexpected_keys
fit(new, 2)

adapted = Adapted(new)
fit(adapted, 2)
again = Adapted(new)
again.load_state_dict({"scale": adapted.scale.detach().clone()}, strict=False)
inner = nn.DataParallel(new)
inner.load_state_dict({f"module.{k}": v for k, v in new.state_dict().items()})
