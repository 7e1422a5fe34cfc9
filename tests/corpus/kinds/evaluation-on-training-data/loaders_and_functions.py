# break: main.val_loader
# where: model(images)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_loaders():
    images = torch.rand(260, 1, 6, 6)
    labels = (images[:, 0, :3].mean(dim=(1, 2)) > images[:, 0, 3:].mean(dim=(1, 2))).long()
    data = TensorDataset(images, labels)
    train_set, val_set = torch.utils.data.random_split(data, [200, 60])
    return DataLoader(train_set, batch_size=25, shuffle=True), DataLoader(val_set, batch_size=30)


def train_one_epoch(model, loader, criterion, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    correct = total = 0
    for images, labels in loader:
        predictions = model(images).argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += labels.numel()
    return correct / total


def main():
    torch.manual_seed(0)
    train_loader, val_loader = make_loaders()
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(4):
        train_one_epoch(model, train_loader, nn.CrossEntropyLoss(), optimizer)
        print(f"epoch {epoch + 1}: accuracy {evaluate(model, val_loader):.3f}")


main()
