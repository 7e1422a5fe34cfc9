# where: m.load_state_dict(ck['model'])
"""The file holds the optimizer, and only the weights are taken out of it."""
import io, torch, torch.nn as nn
torch.manual_seed(0)
x = torch.randn(400, 6); y = x.pow(2).sum(1, keepdim=True)
def build(): m = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)); return m, torch.optim.Adam(m.parameters(), 1e-2)
def epoch(m, o):
    for i in torch.randperm(400).split(40):
        o.zero_grad(); l = nn.functional.mse_loss(m(x[i]), y[i]); l.backward(); o.step()
    return l.item()
m, o = build()
for e in range(4): print(e, epoch(m, o))
f = io.BytesIO(); torch.save({'epoch': 4, 'model': m.state_dict(), 'optimizer': o.state_dict()}, f); f.seek(0)
m, o = build()
ck = torch.load(f)
m.load_state_dict(ck['model'])
for e in range(ck['epoch'], 8): print(e, epoch(m, o))
