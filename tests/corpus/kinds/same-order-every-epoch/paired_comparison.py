import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
signal = torch.randn(96, 4)
answer = signal.sum(dim=1, keepdim=True).tanh()
results = {}
for rate in (0.01, 0.03, 0.1):
    torch.manual_seed(11)
    shuffling = torch.Generator().manual_seed(5)
    loader = DataLoader(TensorDataset(signal, answer), batch_size=16, shuffle=True, generator=shuffling)
    model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for x, y in loader:
        loss = (model(x) - y).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    results[rate] = loss.item()
print(results)
