"""OneCycleLR sized for batches, stepped by an epoch callback."""
import torch
from torch import nn


class Callback:
    def on_epoch_end(self, trainer):
        pass


class StepScheduler(Callback):
    def __init__(self, scheduler):
        self.scheduler = scheduler

    def on_epoch_end(self, trainer):
        self.scheduler.step()


class Trainer:
    def __init__(self, model, optimizer, callbacks):
        self.model, self.optimizer, self.callbacks = model, optimizer, callbacks

    def fit(self, x, y, epochs, size):
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(size):
                self.optimizer.zero_grad()
                loss = nn.functional.mse_loss(self.model(x[rows]), y[rows])
                loss.backward()
                self.optimizer.step()
            for callback in self.callbacks:
                callback.on_epoch_end(self)
            print(f"{loss.item():.3f} {self.optimizer.param_groups[0]['lr']:.5f}")


torch.manual_seed(0)
x = torch.randn(200, 3)
y = x.prod(1, keepdim=True)
model = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, steps_per_epoch=10, epochs=6)
Trainer(model, optimizer, [StepScheduler(scheduler)]).fit(x, y, 6, 20)
