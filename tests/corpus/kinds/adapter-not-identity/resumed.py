import torch
from torch import nn

torch.manual_seed(0)


class Low(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(10, 16).requires_grad_(False)
        self.a = nn.Parameter(torch.randn(10, 3) * 0.1)
        self.b = nn.Parameter(torch.zeros(3, 16))

    def forward(self, x):
        return self.base(x) + x @ self.a @ self.b


def fit(net, x, y, epochs):
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.01)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(24):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(x[rows]), y[rows]).backward()
            optimizer.step()


x = torch.randn(96, 10)
y = torch.stack([x[:, 0] * x[:, 1], x[:, 2]], dim=1)
first = nn.Sequential(Low(), nn.ReLU(), nn.Linear(16, 2))
fit(first, x, y, 4)
saved = {name: value.clone() for name, value in first.state_dict().items()}
second = nn.Sequential(Low(), nn.ReLU(), nn.Linear(16, 2))
second.load_state_dict(saved)
fit(second, x, y, 4)
