import torch
from torch import nn

torch.manual_seed(0)


def freeze_norms(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.eval()
            module.requires_grad_(False)


def accuracy(model, x, y):
    mode = model.training
    model.eval()
    with torch.no_grad():
        right = (model(x).argmax(1) == y).float().mean().item()
    model.train(mode)
    return right


body = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU())
model = nn.Sequential(body, nn.Linear(32, 3))
x = torch.randn(256, 6) * 2 + 1
y = x[:, :3].argmax(1)
loss_of = nn.CrossEntropyLoss()

# Everything trains, then the statistics are settled and the norms stay as they are.
for phase, rate in (("warm", 1e-2), ("settled", 1e-3)):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
    for epoch in range(3):
        model.train()
        if phase == "settled":
            freeze_norms(model)
        for rows in torch.randperm(256).split(32):
            optimizer.zero_grad()
            loss_of(model(x[rows]), y[rows]).backward()
            optimizer.step()
        if phase == "settled":
            freeze_norms(model)
        print(phase, accuracy(model, x, y))
    if phase == "warm":
        freeze_norms(model)

# The last polish is done with the model as it will be used.
model.eval()
optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=1e-3)
for rows in torch.randperm(256).split(64):
    optimizer.zero_grad()
    loss_of(model(x[rows]), y[rows]).backward()
    optimizer.step()
