# break: fit.scheduler
# where: scheduler.step()
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def fit(model, loader, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    for epoch in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        scheduler.step()
        print(epoch, loss.item())


torch.manual_seed(0)
x = torch.randn(128, 4)
fit(nn.Linear(4, 4), DataLoader(TensorDataset(x, x.roll(1, 1)), batch_size=16, shuffle=True), epochs=8)
