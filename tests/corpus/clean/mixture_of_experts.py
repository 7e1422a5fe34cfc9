"""Two of six experts a row, and a loss that keeps their load even."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)


class MoE(nn.Module):
    def __init__(self, d, n_experts=6, k=2):
        super().__init__()
        self.k, self.router = k, nn.Linear(d, n_experts, bias=False)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(d, 32), nn.SiLU(), nn.Linear(32, d)) for _ in range(n_experts))

    def forward(self, x):
        probs = self.router(x).softmax(-1)
        w, idx = probs.topk(self.k, -1)
        w = w / w.sum(-1, keepdim=True)
        y = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            rows, slot = (idx == e).nonzero(as_tuple=True)
            if rows.numel():
                y.index_add_(0, rows, expert(x[rows]) * w[rows, slot, None])
        load = F.one_hot(idx, len(self.experts)).float().sum((0, 1)) / idx.numel()
        self.aux = len(self.experts) * (load.detach() * probs.mean(0)).sum()
        return y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp, self.moe, self.norm, self.out = nn.Linear(5, 16), MoE(16), nn.RMSNorm(16), nn.Linear(16, 1)
    def forward(self, x):
        h = self.inp(x)
        h = h + self.moe(self.norm(h))
        return self.out(h).squeeze(-1)


X = torch.rand(600, 5) * 2 - 1
Y = torch.where(X[:, 0] > 0, 2 * X[:, 1], -3 * X[:, 2]) + X[:, 3] ** 2
mu, sd = Y[:500].mean(), Y[:500].std()
net = Net()
opt = torch.optim.AdamW(net.parameters(), 1e-2, weight_decay=0.0)
for step in range(150):
    i = torch.randint(500, (50,))
    pred = net(X[i])
    loss = F.mse_loss(pred, (Y[i] - mu) / sd) + 0.01 * net.moe.aux
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 49:
        with torch.no_grad():
            print(step, loss.item(), (net(X[500:]) * sd + mu - Y[500:]).abs().mean().item())
