"""One batch is learned by heart as a check, gradients of inputs show independence, then the real run."""
import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

def make_net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv1d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(8, 16, 5, padding=2), nn.ReLU(),
                         nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 3))

torch.manual_seed(0)
t = torch.linspace(0, 1, 32)
y = torch.arange(450) % 3
f = (y + 1).float()[:, None] * 2
x = torch.sin(2 * torch.pi * f * t + torch.rand(450, 1) * 6.28)[:, None] + 0.3 * torch.randn(450, 1, 32)
train, val = random_split(TensorDataset(x, y), [360, 90])
loader = DataLoader(train, 36, shuffle=True)

net = make_net()
xb, yb = next(iter(loader))
with torch.no_grad():
    init_loss = F.cross_entropy(net(xb), yb)
assert abs(init_loss.item() - torch.log(torch.tensor(3.)).item()) < 0.3, init_loss
opt = torch.optim.Adam(net.parameters(), 1e-2)
for i in range(60):
    loss = F.cross_entropy(net(xb), yb)
    opt.zero_grad(set_to_none=True); loss.backward(); opt.step()
print('one batch', loss.item())

# backprop to the input chart the dependencies: only sample 3 may have a gradient
net.eval()
probe = xb.clone().requires_grad_()
net(probe)[3].sum().backward()
assert probe.grad.abs().sum((1, 2)).nonzero().flatten().tolist() == [3]
net.zero_grad()

net = make_net()
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(5):
    net.train()
    for xb, yb in loader:
        logits = net(xb)
        loss = F.cross_entropy(logits, yb)
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        net.eval()
        vx, vy = torch.stack([v[0] for v in val]), torch.stack([v[1] for v in val])
        tx, ty = xb, yb     # train accuracy on the last batch, just to watch overfitting
        print(epoch, loss.item(), (net(tx).argmax(1) == ty).float().mean().item(), (net(vx).argmax(1) == vy).float().mean().item())
