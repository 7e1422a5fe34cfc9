# break: epoch
# break: batch
# where: torch.manual_seed(SEED)
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

SEED = 21
torch.manual_seed(SEED)
x = torch.randn(240, 8)
y = (x[:, :4].sum(dim=1) > x[:, 4:].sum(dim=1)).long()
train_part, test_part = random_split(TensorDataset(x, y), [200, 40])
train_loader = DataLoader(train_part, batch_size=25, shuffle=True)
test_loader = DataLoader(test_part, batch_size=40)
net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(5):
    net.train()
    for inputs, targets in train_loader:
        loss = loss_fn(net(inputs), targets)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        for inputs, targets in test_loader:
            hits = (net(inputs).argmax(1) == targets).float().mean()
    print(f"{epoch}: {loss.item():.3f} {hits.item():.3f}")
