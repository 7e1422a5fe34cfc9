"""Fine-tuning in two stages: first the head, then everything, with a smaller rate for the lower layers."""
import torch
from torch import nn

torch.manual_seed(26)
body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
head = nn.Linear(32, 1)
model = nn.Sequential(body, head)

x = torch.randn(256, 8)
y = x[:, :2].prod(dim=1, keepdim=True) + x[:, 2:3]
train_x, train_y, valid_x, valid_y = x[:192], y[:192], x[192:], y[192:]


def set_trainable(module, flag):
    for parameter in module.parameters():
        parameter.requires_grad = flag


def fit(optimizer, epochs):
    for epoch in range(epochs):
        model.train()
        for idx in torch.randperm(len(train_x)).split(32):
            optimizer.zero_grad()
            loss = nn.functional.l1_loss(model(train_x[idx]), train_y[idx])
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            valid = nn.functional.l1_loss(model(valid_x), valid_y).item()
        print(f"  {loss.item():.4f} {valid:.4f}")


print("head only")
set_trainable(body, False)
fit(torch.optim.Adam(head.parameters(), lr=1e-2), 4)
print("everything")
set_trainable(body, True)
fit(torch.optim.Adam([{"params": body.parameters(), "lr": 1e-3}, {"params": head.parameters()}], lr=5e-3), 6)
