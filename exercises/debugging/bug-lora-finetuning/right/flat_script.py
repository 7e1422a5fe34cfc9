# style: one flat script, adapters made of two layers without bias, found by name and put in their place
import math

import torch
from torch import nn

torch.manual_seed(1)
device = "cuda" if torch.cuda.is_available() else "cpu"
wave = torch.linspace(0, 1, 48)


def draw(count, kind):
    contents = torch.rand(count, 4)
    centres = torch.tensor([0.2, 0.4, 0.55, 0.8]) + {"apple": 0.0, "pear": 0.03}[kind]
    spectra = (-2 * contents @ (-(((wave - centres[:, None]) / 0.12) ** 2)).exp()).exp()
    if kind == "pear":
        spectra = spectra + 0.1 * torch.randn(count, 2) @ torch.stack([wave, (2 * math.pi * wave).sin()])
        contents = contents[:, :2]
    return 4 * (spectra + 0.01 * torch.randn(count, 48) - 0.4).to(device), 10 * contents.to(device)


class Net(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.first, self.second, self.third = nn.Linear(48, 64), nn.Linear(64, 64), nn.Linear(64, 64)
        self.out = nn.Linear(64, outputs)

    def features(self, x):
        return self.third(self.second(self.first(x).relu()).relu()).relu()

    def forward(self, x):
        return self.out(self.features(x))


class Beside(nn.Module):
    active = True

    def __init__(self, frozen, rank=4):
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.drop = nn.Dropout(0.05)
        self.narrow = nn.Linear(frozen.in_features, rank, bias=False)
        self.wide = nn.Linear(rank, frozen.out_features, bias=False)
        nn.init.zeros_(self.wide.weight)

    def forward(self, x):
        update = 16 / 4 * self.wide(self.narrow(self.drop(x))) if Beside.active else 0.0
        return self.frozen(x) + update


base = Net(4).to(device)
x, y = draw(2000, "apple")
adam = torch.optim.Adam(base.parameters(), lr=3e-3)
for _ in range(12):
    for rows in torch.randperm(2000).split(50):
        adam.zero_grad(set_to_none=True)
        nn.functional.mse_loss(base(x[rows]), y[rows]).backward()
        adam.step()
weights = {name: tensor.clone() for name, tensor in base.state_dict().items()}

net = Net(2).to(device)
net.load_state_dict({k: v for k, v in weights.items() if not k.startswith("out.")}, strict=False)
for name, child in list(net.named_children()):
    if name != "out":
        setattr(net, name, Beside(child))
net = net.to(device)
adam = torch.optim.Adam([{"params": [p for p in net.parameters() if p.requires_grad]}], lr=4e-3)

apples, contents = draw(400, "apple")
x, y = draw(96, "pear")
new_x, new_y = draw(400, "pear")


@torch.no_grad()
def base_error():
    net.eval()
    Beside.active = False
    found = net.features(apples) @ weights["out.weight"].T + weights["out.bias"]
    Beside.active = True
    return nn.functional.mse_loss(found, contents).item()


print(base_error())
for epoch in range(20):
    net.train()
    for rows in torch.randperm(96).split(16):
        adam.zero_grad()
        nn.functional.mse_loss(net(x[rows]), y[rows]).backward()
        adam.step()
    net.eval()
    with torch.no_grad():
        print(epoch, nn.functional.mse_loss(net(new_x), new_y).item())
print(base_error())
