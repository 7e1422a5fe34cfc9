"""A random split of a data set that turns and moves its images."""
import torch, torch.nn as nn
from torch.utils.data import Dataset, DataLoader, random_split
torch.manual_seed(0)
class Pics(Dataset):
    def __init__(self, n):
        self.y = torch.randint(0, 3, (n,)); self.x = 0.3 * torch.randn(n, 1, 8, 8)
        for i, c in enumerate(self.y): self.x[i, 0, :, 2 * c] += 1.5
        self.x = self.x * (0.5 + torch.rand(n, 1, 1, 1)) + torch.randn(n, 1, 1, 1)  # exposure
    def __len__(self): return len(self.y)
    def __getitem__(self, i):
        img = self.x[i]
        img = torch.rot90(img, int(torch.randint(0, 4, ())), (1, 2))
        img = torch.roll(img, int(torch.randint(-3, 4, ())), 2) + 0.05 * torch.randn_like(img)
        return img, self.y[i]
train, val = random_split(Pics(400), [320, 80])
tl, vl = DataLoader(train, 32, shuffle=True), DataLoader(val, 40)
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 3)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for ep in range(3):
    for a, b in tl:
        opt.zero_grad(); loss = nn.functional.cross_entropy(net(a), b); loss.backward(); opt.step()
    with torch.no_grad():
        ok = 0
        for a, b in vl:
            ok += (net(a).argmax(1) == b).sum().item()
    print(ep, loss.item(), ok / 80)
