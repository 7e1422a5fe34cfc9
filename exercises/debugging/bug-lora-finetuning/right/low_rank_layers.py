# style: a subclass of the linear layer, adapted before it is loaded, the head of the base left out by name
import itertools
import math

import torch
import torch.nn.functional as F
from torch import nn, optim

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class LoraLinear(nn.Linear):
    def __init__(self, given, out, rank=4, alpha=16, p=0.05):
        super().__init__(given, out)
        self.weight.requires_grad_(False)
        self.bias.requires_grad_(False)
        self.lora_a = nn.Parameter(torch.empty(rank, given))
        self.lora_b = nn.Parameter(torch.empty(out, rank))
        nn.init.kaiming_uniform_(self.lora_a, a=math.sqrt(5))
        nn.init.zeros_(self.lora_b)
        self.p, self.times = nn.Dropout(p), alpha / rank
        self.silent = False

    def forward(self, x):
        y = F.linear(x, self.weight, self.bias)
        if not self.silent:
            y = y + F.linear(F.linear(self.p(x), self.lora_a), self.lora_b) * self.times
        return y


def network(quantities, layer=nn.Linear):
    sizes = [48, 64, 64, 64]
    encoder = nn.Sequential()
    for a, b in itertools.pairwise(sizes):
        encoder.append(layer(a, b)).append(nn.ReLU())
    return nn.Sequential(encoder, nn.Linear(64, quantities)).to(DEVICE)


def fruits(n, pears):
    q = torch.rand(n, 4)
    w = torch.linspace(0, 1, 48)
    c = torch.tensor([0.2, 0.4, 0.55, 0.8])
    if pears:
        c = c + 0.03
    s = torch.exp(-2 * q @ torch.exp(-(((w - c[:, None]) / 0.12) ** 2)))
    if pears:
        s += 0.1 * torch.randn(n, 2) @ torch.stack([w, torch.sin(2 * math.pi * w)])
    s += 0.01 * torch.randn(n, 48)
    return (4 * (s - 0.4)).to(DEVICE), 10 * q[:, : 2 if pears else 4].to(DEVICE)


def epoch(net, opt, x, y, size):
    net.train()
    losses = []
    for i in torch.randperm(len(x), device=x.device).split(size):
        loss = F.mse_loss(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def score(net, x, y):
    net.eval()
    with torch.inference_mode():
        return F.mse_loss(net(x), y).item()


def apples_score(net, head, x, y):
    loras = [m for m in net.modules() if isinstance(m, LoraLinear)]
    for m in loras:
        m.silent = True
    net.eval()
    with torch.inference_mode():
        result = F.mse_loss(F.linear(net[0](x), *head), y).item()
    for m in loras:
        m.silent = False
    return result


def main():
    torch.manual_seed(0)
    apple_net = network(4)
    x, y = fruits(2000, False)
    opt = optim.Adam(apple_net.parameters(), lr=3e-3)
    for _ in range(12):
        epoch(apple_net, opt, x, y, 50)
    base = apple_net.state_dict()
    head = base.pop("1.weight"), base.pop("1.bias")
    apples = fruits(400, False)
    x, y = fruits(96, True)
    new = fruits(400, True)

    net = network(2, LoraLinear)
    missing, unexpected = net.load_state_dict(base, strict=False)
    assert not unexpected
    assert all("lora" in name or name.startswith("1.") for name in missing)
    opt = optim.Adam((p for p in net.parameters() if p.requires_grad), lr=4e-3)
    print("apples", apples_score(net, head, *apples))
    for number in range(20):
        loss = epoch(net, opt, x, y, 16)
        print(number, loss, score(net, *new))
    print("apples", apples_score(net, head, *apples))


if __name__ == "__main__":
    main()
