"""Self-supervised rotation pretext on the same images, then labels: same rows, other targets, imbalanced second task."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
T = torch.randn(3, 1, 8, 8)
g = torch.Generator().manual_seed(5)
Y = torch.multinomial(torch.tensor([0.8, 0.12, 0.08]), 900, replacement=True, generator=g); X = T[Y] + 0.8 * torch.randn(900, 1, 8, 8, generator=g)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(12, 16, 3, padding=1), nn.ReLU(), nn.Flatten())
        self.rot, self.cls = nn.Linear(256, 4), nn.Linear(256, 3)
net = Net()
opt = torch.optim.Adam([*net.f.parameters(), *net.rot.parameters()], 3e-3)
for epoch in range(4):
    for ix in torch.randperm(700).split(28):
        k = torch.randint(0, 4, (len(ix),)); x = torch.stack([torch.rot90(im, int(r), (1, 2)) for im, r in zip(X[ix], k)])
        opt.zero_grad(); loss = F.cross_entropy(net.rot(net.f(x)), k); loss.backward(); opt.step()
    print("pretext", epoch, loss.item())
opt = torch.optim.Adam([*net.f.parameters(), *net.cls.parameters()], 1e-3)
for epoch in range(4):
    for ix in torch.randperm(700).split(28):
        opt.zero_grad(); loss = F.cross_entropy(net.cls(net.f(X[ix])), Y[ix]); loss.backward(); opt.step()
    with torch.no_grad():
        p = net.cls(net.f(X[700:])).argmax(1)
    print("main", epoch, loss.item(), [(p[Y[700:] == c] == c).float().mean().item() for c in range(3)])
