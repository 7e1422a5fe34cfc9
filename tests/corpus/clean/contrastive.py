"""SimCLR in small: two noisy views of each row, NT-Xent over the batch, a linear probe on frozen features."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(8)


class TwoViews(Dataset):
    def __init__(self, x, noise=0.3):
        self.x, self.noise = x, noise

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        row = self.x[index]
        return row + self.noise * torch.randn_like(row), row + self.noise * torch.randn_like(row)


def nt_xent(a, b, temperature=0.5):
    z = F.normalize(torch.cat([a, b]), dim=1)
    similarity = z @ z.T / temperature
    similarity.fill_diagonal_(float("-inf"))
    n = len(a)
    targets = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(similarity, targets)


centres = torch.randn(5, 16) * 2
labels = torch.randint(5, (320,))
rows = centres[labels] + torch.randn(320, 16)

encoder = nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16))
projector = nn.Sequential(nn.ReLU(), nn.Linear(16, 8))
params = list(encoder.parameters()) + list(projector.parameters())
optimizer = torch.optim.Adam(params, lr=3e-3)
loader = DataLoader(TwoViews(rows), batch_size=64, shuffle=True, drop_last=True)

encoder.train()
for epoch in range(5):
    for first, second in loader:
        loss = nt_xent(projector(encoder(first)), projector(encoder(second)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch} contrastive loss {loss.item():.3f}")

encoder.eval()
with torch.no_grad():
    features = encoder(rows)
probe = nn.Linear(16, 5)
probe_opt = torch.optim.SGD(probe.parameters(), lr=0.1)
train, held = slice(0, 240), slice(240, 320)
for _ in range(40):
    probe_opt.zero_grad()
    probe_loss = F.cross_entropy(probe(features[train]), labels[train])
    probe_loss.backward()
    probe_opt.step()
with torch.no_grad():
    print("probe accuracy", (probe(features[held]).argmax(1) == labels[held]).float().mean().item())
