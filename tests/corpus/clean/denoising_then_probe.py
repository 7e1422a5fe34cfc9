"""Denoising autoencoder: the noise is the task, in evaluation too; then a linear probe on frozen codes."""
import torch
from torch import nn
torch.manual_seed(0)
basis = torch.randn(4, 24)
def make(n): 
    z = torch.randn(n, 4); return z @ basis / 2, (z[:, 0] * z[:, 1] > 0).long()
xtr, ytr = make(800); xte, yte = make(200)
enc = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 8)); dec = nn.Sequential(nn.ReLU(), nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 24))
opt = torch.optim.Adam([{"params": enc.parameters()}, {"params": dec.parameters()}], 3e-3)
for epoch in range(6):
    enc.train(); dec.train()
    for ix in torch.randperm(800).split(40):
        x = xtr[ix]
        loss = (dec(enc(x + 0.5 * torch.randn_like(x))) - x).square().mean()
        opt.zero_grad(); loss.backward(); opt.step()
    enc.eval(); dec.eval()
    with torch.no_grad():
        err = sum((dec(enc(x + 0.5 * torch.randn_like(x))) - x).square().mean(1).sum().item() for x in xte.split(50)) / 200
    print(epoch, loss.item(), "denoising error", err)
probe = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 2))
po = torch.optim.Adam(probe.parameters(), 1e-2)
with torch.no_grad():
    ctr, cte = enc(xtr), enc(xte)
for epoch in range(6):
    for ix in torch.randperm(800).split(40):
        loss = nn.functional.cross_entropy(probe(ctr[ix]), ytr[ix])
        po.zero_grad(); loss.backward(); po.step()
    with torch.no_grad():
        print("probe", epoch, (probe(cte).argmax(1) == yte).float().mean().item())
