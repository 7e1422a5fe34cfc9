"""Dropout left on to sample predictions; then a temperature is fitted to held-out scores."""
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(4)
y = torch.randint(0, 3, (700,))
x = torch.tensor([[0., 0], [1.5, 0], [0, 1.5]])[y] + torch.randn(700, 2) * 0.7
mk = lambda a, b, s: DataLoader(TensorDataset(x[a:b], y[a:b]), 50, shuffle=s)
train, calib, test = mk(0, 500, True), mk(500, 600, False), mk(600, 700, False)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.d, self.b = nn.Linear(2, 64), nn.Dropout(0.3), nn.Linear(64, 3)
    def forward(self, x): return self.b(self.d(F.relu(self.a(x))))


net = Net()
opt = torch.optim.Adam(net.parameters(), 1e-2)
for ep in range(6):
    net.train()
    for a, b in train:
        opt.zero_grad(); F.cross_entropy(net(a), b).backward(); opt.step()


def mc_predict(a, n=20):
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        return torch.stack([net(a).softmax(-1) for _ in range(n)]).mean(0)


hits = ent = 0
for a, b in test:
    p = mc_predict(a)
    hits += (p.argmax(-1) == b).sum().item()
    ent += -(p * p.clamp_min(1e-9).log()).sum(-1).sum().item()
print("mc dropout", hits / 100, ent / 100)

net.eval()
with torch.no_grad():
    logits = torch.cat([net(a) for a, _ in calib]); labs = torch.cat([b for _, b in calib])
temperature = nn.Parameter(torch.ones(1) * 1.5)
lb = torch.optim.LBFGS([temperature], lr=0.05, max_iter=40)


def eval_():
    lb.zero_grad()
    loss = F.cross_entropy(logits / temperature, labs)
    loss.backward()
    return loss


lb.step(eval_)
print("T", temperature.item())
with torch.no_grad():
    ece = 0
    for a, b in test:
        conf, pred = (net(a) / temperature).softmax(1).max(1)
        ece += ((pred == b).float() - conf).sum().item()
print(ece / 100)
