"""Clean and noisy test accuracy side by side, no adversary."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
W = torch.randn(20, 3)
def make(n, s):
    g = torch.Generator().manual_seed(s); x = torch.randn(n, 20, generator=g); return x, (x @ W).argmax(1)
xtr, ytr = make(600, 1); xte, yte = make(200, 2)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 3))
opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(6):
    net.train()
    for ix in torch.randperm(600).split(30):
        opt.zero_grad(); F.cross_entropy(net(xtr[ix]), ytr[ix]).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        clean = (net(xte).argmax(1) == yte).float().mean().item()
        noisy = (net(xte + 0.3 * torch.randn_like(xte)).argmax(1) == yte).float().mean().item()
    print(epoch, "clean", clean, "noisy", noisy)
