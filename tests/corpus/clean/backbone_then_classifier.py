"""Feature extractor and classifier as separate modules, each in eval mode at evaluation, loader, weight decay groups."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
T = torch.randn(4, 1, 10, 10)
def data(n, s):
    g = torch.Generator().manual_seed(s); y = torch.randint(0, 4, (n,), generator=g); return TensorDataset(T[y] + 1.2 * torch.randn(n, 1, 10, 10, generator=g), y)
tl, vl = DataLoader(data(600, 1), 30, shuffle=True), DataLoader(data(200, 2), 50)
backbone = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten())
classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(192, 4))
opt = torch.optim.AdamW([{"params": backbone.parameters(), "lr": 1e-3}, {"params": classifier.parameters(), "lr": 3e-3}])
crit = nn.CrossEntropyLoss()
for epoch in range(5):
    backbone.train(); classifier.train()
    for x, y in tl:
        z = backbone(x); loss = crit(classifier(z), y)
        opt.zero_grad(); loss.backward(); opt.step()
    backbone.eval(); classifier.eval()
    good = 0
    with torch.no_grad():
        for x, y in vl:
            good += (classifier(backbone(x)).argmax(1) == y).sum().item()
    print(epoch, loss.item(), good / 200)
