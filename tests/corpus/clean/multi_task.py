"""One trunk, two heads: a class and a number, losses weighted by learned uncertainties."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(27)


class Houses(Dataset):
    def __init__(self, n):
        self.x = torch.randn(n, 6)
        self.kind = self.x[:, :3].argmax(dim=1)
        self.price = self.x[:, 3:].sum(dim=1) + 0.1 * torch.randn(n)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return {"x": self.x[i], "kind": self.kind[i], "price": self.price[i]}


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 32), nn.ReLU())
        self.kind = nn.Linear(32, 3)
        self.price = nn.Linear(32, 1)
        self.log_vars = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        h = self.trunk(x)
        return {"kind": self.kind(h), "price": self.price(h).squeeze(-1)}

    def loss(self, out, batch):
        parts = torch.stack([F.cross_entropy(out["kind"], batch["kind"]), F.mse_loss(out["price"], batch["price"])])
        return (torch.exp(-self.log_vars) * parts + self.log_vars).sum(), parts.detach()


train_loader = DataLoader(Houses(320), batch_size=32, shuffle=True)
valid_loader = DataLoader(Houses(96), batch_size=96)
model = MultiTask()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(5):
    model.train()
    for batch in train_loader:
        optimizer.zero_grad()
        loss, parts = model.loss(model(batch["x"]), batch)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for batch in valid_loader:
            out = model(batch["x"])
            accuracy = (out["kind"].argmax(1) == batch["kind"]).float().mean()
            error = (out["price"] - batch["price"]).abs().mean()
    print(f"{epoch} {parts.tolist()} accuracy {accuracy:.3f} error {error:.3f}")
