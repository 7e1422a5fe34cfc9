"""Two moons, told apart in a small framework of hooks."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Callback:
    def on_fit_start(self, trainer): ...

    def on_step_end(self, trainer): ...

    def on_epoch_end(self, trainer): ...


class WarmUp(Callback):
    """A warm-up along a line."""

    def __init__(self, updates):
        self.updates = updates

    def on_fit_start(self, trainer):
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            trainer.optimizer, lambda update: min(1.0, (update + 1) / self.updates)
        )

    def on_step_end(self, trainer):
        self.schedule.step()


class Printer(Callback):
    def on_epoch_end(self, trainer):
        print(f"epoch {trainer.epoch}  loss {trainer.mean_loss:.3f}  accuracy {trainer.accuracy():.3f}")


class Trainer:
    def __init__(self, module, callbacks, micro_batches=2, epochs=6):
        self.module, self.callbacks = module, callbacks
        self.micro_batches, self.epochs = micro_batches, epochs
        self.device = "cuda" if torch.cuda.is_available() else "cpu"

    def call(self, hook):
        for callback in self.callbacks:
            getattr(callback, hook)(self)

    def fit(self):
        self.module.to(self.device)
        self.optimizer = self.module.configure_optimizer()
        self.call("on_fit_start")
        loader = self.module.train_loader()
        for self.epoch in range(self.epochs):
            self.module.train()
            losses = []
            self.optimizer.zero_grad()
            for number, batch in enumerate(loader, start=1):
                with torch.autocast(self.device, dtype=torch.bfloat16):
                    loss = self.module.training_step([part.to(self.device) for part in batch])
                (loss / self.micro_batches).backward()
                losses.append(loss.detach().item())
                if number % self.micro_batches == 0:
                    nn.utils.clip_grad_norm_(self.module.parameters(), 5.0)
                    self.optimizer.step()
                    self.optimizer.zero_grad()
                    self.call("on_step_end")
            self.mean_loss = sum(losses) / len(losses)
            self.call("on_epoch_end")

    @torch.no_grad()
    def accuracy(self):
        self.module.eval()
        right = count = 0
        for points, sides in self.module.val_loader():
            right += (self.module(points.to(self.device)).argmax(-1).cpu() == sides).sum().item()
            count += len(sides)
        return right / count


def make_moons(rows=512):
    """Points (rows, 2) on two interleaving half circles, and the side of each (rows,); sides in two blocks."""
    angle = math.pi * torch.rand(rows)
    side = (torch.arange(rows) >= rows // 2).long()
    x = torch.where(side == 0, angle.cos(), 1 - angle.cos())
    y = torch.where(side == 0, angle.sin(), 0.5 - angle.sin())
    return torch.stack([x, y], dim=1) + 0.1 * torch.randn(rows, 2), side


class Moons(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 32), nn.LayerNorm(32), nn.GELU(), nn.Linear(32, 32), nn.GELU())
        self.head = nn.Linear(32, 2)
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.02)

    def forward(self, points):
        return self.head(self.body(points))

    def training_step(self, batch):
        points, sides = batch
        return self.criterion(self(points), sides)

    def configure_optimizer(self):
        return torch.optim.AdamW(self.parameters(), lr=0.01)

    def train_loader(self):
        return DataLoader(TensorDataset(*make_moons()), batch_size=16, shuffle=True)

    def val_loader(self):
        return DataLoader(TensorDataset(*make_moons(160)), batch_size=80)


if __name__ == "__main__":
    Trainer(Moons(), [WarmUp(20), Printer()]).fit()
