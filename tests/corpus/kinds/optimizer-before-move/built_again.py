# break: main.optimizer
import torch
from torch.utils.data import DataLoader, TensorDataset


def make_model(width=16):
    return torch.nn.Sequential(torch.nn.Linear(3, width), torch.nn.Tanh(), torch.nn.Linear(width, 2))


def run_epoch(model, loader, optimizer):
    total = 0.0
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def main():
    torch.manual_seed(2)
    x = torch.randn(160, 3)
    loader = DataLoader(TensorDataset(x, (x.sum(1) > 0).long()), batch_size=20, shuffle=True)
    model = make_model(16)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
    for _ in range(5):
        print(f"{run_epoch(model, loader, optimizer):.3f}")


main()
