import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(300, 6)
fraud = (x[:, 0] + 0.5 * torch.randn(300) > 1.2).float()
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1), nn.Flatten(0))
criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(60):
    rows = torch.randint(0, 200, (32,))
    loss = criterion(model(x[rows]), fraud[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    logits = model(x[200:])
for line in (-1.2, 0.0, 0.9):
    flagged = logits > line
    print(line, "flagged", flagged.sum().item(), "found", (flagged & fraud[200:].bool()).sum().item())
print("at 0.3:", ((torch.sigmoid(logits) > 0.3).float() == fraud[200:]).float().mean().item())
