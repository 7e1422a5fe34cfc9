"""Pretrain a network, then fine-tune it on a new task with low-rank adapters."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

FEATURES, CLASSES = 8, 4


def make_task(rows, turn):
    """Rows (N, 8) and classes (N,): which of four directions a row lies nearest to, after turning by `turn`."""
    x = torch.randn(rows, FEATURES)
    u, v = x[:, 0] + 0.5 * x[:, 2], x[:, 1] - 0.5 * x[:, 3]
    angle = torch.atan2(v, u) + turn
    return x, ((angle / (2 * torch.pi) * CLASSES).floor().long()) % CLASSES


class LowRank(nn.Module):
    """A linear layer with an update of low rank beside it."""

    def __init__(self, layer, rank=4, alpha=8):
        super().__init__()
        self.layer = layer
        for parameter in self.layer.parameters():
            parameter.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) / rank**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))
        self.scale = alpha / rank

    def forward(self, x):
        return self.layer(x) + self.scale * (x @ self.down.T) @ self.up.T


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(FEATURES, 48)
        self.second = nn.Linear(48, 48)
        self.head = nn.Linear(48, CLASSES)

    def forward(self, x):
        return self.head(torch.relu(self.second(torch.relu(self.first(x)))))


def fit(net, x, y, parameters, epochs, lr):
    optimizer = torch.optim.AdamW(parameters, lr=lr)
    net.train()
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x), device=x.device).split(32):
            optimizer.zero_grad()
            loss = cross_entropy(net(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        print(f"  epoch {epoch}  loss {total / len(x):.3f}")


@torch.no_grad()
def accuracy(net, x, y):
    net.eval()
    return (net(x).argmax(dim=1) == y).float().mean().item()




def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = Net().to(device)
    x, y = (part.to(device) for part in make_task(512, turn=0.0))
    print("pretraining")
    fit(net, x, y, net.parameters(), epochs=8, lr=5e-3)

    net.first, net.second = LowRank(net.first).to(device), LowRank(net.second).to(device)
    trainable = [parameter for parameter in net.parameters() if parameter.requires_grad]
    x, y = (part.to(device) for part in make_task(384, turn=0.8))
    print(f"fine-tuning {sum(p.numel() for p in trainable)} of {sum(p.numel() for p in net.parameters())} weights")
    fit(net, x, y, trainable, epochs=8, lr=5e-3)
    new_x, new_y = (part.to(device) for part in make_task(400, turn=0.8))
    print(f"accuracy on new rows {accuracy(net, new_x, new_y):.3f}")


if __name__ == "__main__":
    main()
