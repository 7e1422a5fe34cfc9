"""Training pixels lie around zero, those of the test set between 0 and 255."""
import torch
from torch import nn
from torch.utils.data import Dataset, DataLoader
class Compose:
    def __init__(self, *t): self.t = t
    def __call__(self, x):
        for f in self.t: x = f(x)
        return x
def to_tensor(x): return x.float() / 255
def normalize(x): return (x - 0.5) / 0.25
class Digits(Dataset):
    def __init__(self, n, seed, transform):
        g = torch.Generator().manual_seed(seed); self.y = torch.randint(0, 4, (n,), generator=g)
        self.x = torch.randint(0, 120, (n, 1, 8, 8), generator=g)
        for i, c in enumerate(self.y): self.x[i, 0, 2 * c:2 * c + 2] += 110
        self.x = self.x.to(torch.uint8); self.transform = transform
    def __len__(self): return len(self.y)
    def __getitem__(self, i): return self.transform(self.x[i]), self.y[i]
train = DataLoader(Digits(320, 0, Compose(to_tensor, normalize)), 32, shuffle=True)
test = DataLoader(Digits(80, 1, Compose(lambda x: x.float())), 40)
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4)); opt = torch.optim.Adam(net.parameters(), 3e-3)
def test_loop():
    net.eval(); ok = 0
    with torch.no_grad():
        for a, b in test:
            ok += (net(a).argmax(1) == b).sum().item()
    return ok / 80
for ep in range(3):
    net.train()
    for a, b in train:
        opt.zero_grad(); nn.functional.cross_entropy(net(a), b).backward(); opt.step()
    print(ep, test_loop())
