# break: Loop.run.self.optimizer.step
# where: loss.backward()
import torch
from torch import nn


class Module(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, 12), nn.GELU(), nn.Linear(12, 1))

    def training_step(self, batch):
        x, y = batch
        return ((self.layers(x).squeeze(1) - y) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=3e-3)


class Loop:
    def __init__(self, module, callbacks=()):
        self.module, self.callbacks = module, callbacks
        self.optimizer = module.configure_optimizers()

    def call(self, name, *args):
        for callback in self.callbacks:
            getattr(callback, name)(self, *args)

    def run(self, batches, epochs):
        for epoch in range(epochs):
            for batch in batches:
                loss = self.module.training_step(batch)
                loss.backward()
                self.optimizer.step()
                self.module.zero_grad()
                self.call("on_batch_end", loss.item())


class Printer:
    def __init__(self):
        self.values = []

    def on_batch_end(self, loop, value):
        self.values.append(value)


torch.manual_seed(0)
x = torch.randn(160, 6)
y = x[:, 0] - x[:, 1].abs()
printer = Printer()
Loop(Module(), [printer]).run(list(zip(x.split(16), y.split(16))), epochs=3)
print(printer.values[0], printer.values[-1])
