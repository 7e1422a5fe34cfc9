# SimSiam pretraining followed by VICReg fine tuning of the same backbone, then kNN evaluation
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import Dataset, DataLoader


class TwoViews(Dataset):
    def __init__(self, data, transform):
        self.data, self.transform = data, transform

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        x = self.data[index]
        return self.transform(x), self.transform(x)


class SimSiam(nn.Module):
    def __init__(self, d_in, dim=24, pred_dim=8):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(d_in, dim, bias=False), nn.BatchNorm1d(dim), nn.ReLU(inplace=True),
            nn.Linear(dim, dim, bias=False), nn.BatchNorm1d(dim, affine=False),
        )
        self.predictor = nn.Sequential(
            nn.Linear(dim, pred_dim, bias=False), nn.BatchNorm1d(pred_dim), nn.ReLU(inplace=True), nn.Linear(pred_dim, dim)
        )

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        return self.predictor(z1), self.predictor(z2), z1.detach(), z2.detach()


def off_diagonal(x):
    n, m = x.shape
    return x.flatten()[:-1].view(n - 1, n + 1)[:, 1:].flatten()


def vicreg(a, b):
    repr_loss = F.mse_loss(a, b)
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    std_loss = F.relu(1 - (a.var(dim=0) + 1e-4).sqrt()).mean() / 2 + F.relu(1 - (b.var(dim=0) + 1e-4).sqrt()).mean() / 2
    cov_a, cov_b = a.T @ a / (len(a) - 1), b.T @ b / (len(b) - 1)
    cov_loss = off_diagonal(cov_a).pow(2).sum() / a.shape[1] + off_diagonal(cov_b).pow(2).sum() / b.shape[1]
    return 25 * repr_loss + 25 * std_loss + cov_loss


torch.manual_seed(8)
group = torch.randint(0, 3, (180,))
data = torch.randn(3, 10)[group] * 3 + torch.randn(180, 10) * 0.4
loader = DataLoader(TwoViews(data, lambda x: x + 0.3 * torch.randn(10)), batch_size=30, shuffle=True, drop_last=True)

model = SimSiam(10)
criterion = nn.CosineSimilarity(dim=1)
optimizer = torch.optim.SGD(model.parameters(), 0.05, momentum=0.9, weight_decay=1e-4)
for epoch in range(4):
    for x1, x2 in loader:
        p1, p2, z1, z2 = model(x1, x2)
        loss = -(criterion(p1, z2).mean() + criterion(p2, z1).mean()) * 0.5
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("simsiam", round(loss.item(), 3))

optimizer = torch.optim.AdamW(model.encoder.parameters(), lr=1e-3)
for epoch in range(4):
    for x1, x2 in loader:
        loss = vicreg(model.encoder(x1), model.encoder(x2))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("vicreg", round(loss.item(), 3))

model.eval()
with torch.no_grad():
    feats = F.normalize(model.encoder(data), dim=1)
    sims = feats[150:] @ feats[:150].T
    votes = group[:150][sims.topk(5, dim=1).indices].mode(dim=1).values
print("knn", (votes == group[150:]).float().mean().item())
