"""A run that is interrupted and goes on: everything that belongs to it is in the checkpoint."""

import io

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def make_data(rows=640):
    """Points (rows, 3) and labels (rows,): inside or outside of a ball, the inner ones first."""
    points = torch.randn(rows, 3)
    labels = (points.norm(dim=1) > 1.54).long()
    order = labels.argsort()
    return points[order], labels[order]


class BallNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.05), nn.Linear(32, 32), nn.ReLU()
        )
        self.out = nn.Linear(32, 2)

    def forward(self, points):
        return self.out(self.layers(points))


class Run:
    """What a checkpoint holds."""

    def __init__(self, epochs, device):
        self.device = device
        self.model = BallNet().to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=epochs)
        self.epoch = 0

    def save(self):
        file = io.BytesIO()
        parts = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "epoch": self.epoch,
        }
        torch.save(parts, file)
        return file.getvalue()

    def load(self, data):
        parts = torch.load(io.BytesIO(data), map_location=self.device)
        self.model.load_state_dict(parts["model"])
        self.optimizer.load_state_dict(parts["optimizer"])
        self.schedule.load_state_dict(parts["schedule"])
        self.epoch = parts["epoch"]

    def train_until(self, epoch, loader):
        while self.epoch < epoch:
            self.model.train()
            losses = []
            for points, labels in loader:
                points, labels = points.to(self.device), labels.to(self.device)
                loss = F.cross_entropy(self.model(points), labels)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                losses.append(loss.item())
            self.schedule.step()
            self.epoch += 1
            print(f"epoch {self.epoch}  loss {sum(losses) / len(losses):.3f}")

    @torch.no_grad()
    def accuracy(self, points, labels):
        self.model.eval()
        return (self.model(points.to(self.device)).argmax(dim=1).cpu() == labels).float().mean().item()


def main(epochs=10):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DataLoader(TensorDataset(*make_data()), batch_size=32, shuffle=True)
    held_out = make_data(200)

    first = Run(epochs, device)
    first.train_until(epochs // 2, loader)
    saved = first.save()
    print(f"interrupted: accuracy {first.accuracy(*held_out):.3f}")

    second = Run(epochs, device)
    second.load(saved)
    second.train_until(epochs, loader)
    print(f"finished: accuracy {second.accuracy(*held_out):.3f}")


if __name__ == "__main__":
    main()
