import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train_loop(dataloader, model, loss_fn, optimizer):
    model.train()
    running = None
    for batch, (x, y) in enumerate(dataloader):
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        running = loss.item() if running is None else 0.9 * running + 0.1 * loss.item()
        if batch % 4 == 0:
            print(f"loss: {loss.item():>7f} smoothed: {running:>7f}")


def test_loop(dataloader, model, loss_fn):
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for x, y in dataloader:
            pred = model(x)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= len(dataloader)
    correct /= len(dataloader.dataset)
    print(f"Test Error: Accuracy: {(100 * correct):>0.1f}%, Avg loss: {test_loss:>8f}")


torch.manual_seed(0)
x = torch.randn(610, 8)
y = x[:, :4].argmax(dim=1)
training = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=32, shuffle=True)
testing = DataLoader(TensorDataset(x[400:], y[400:]), batch_size=32)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for _ in range(4):
    train_loop(training, model, loss_fn, optimizer)
    test_loop(testing, model, loss_fn)
