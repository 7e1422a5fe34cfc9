# break: MultiTask.heads
# break: MultiTask.body
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiTask(nn.Module):
    """One body, a regression head for each quantity."""

    def __init__(self, tasks):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(5, 32),
            nn.Tanh(),
            nn.Linear(32, 32),
            nn.Tanh(),
        )
        self.heads = nn.ModuleDict({task: nn.Linear(32, 1) for task in tasks})

    def forward(self, x):
        features = self.body(x)
        return {task: head(features).squeeze(-1) for task, head in self.heads.items()}


class Trainer:
    def __init__(self, model, lr=3e-3):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)

    def training_step(self, batch):
        x, targets = batch
        predictions = self.model(x)
        return sum(F.mse_loss(predictions[task], targets[task]) for task in targets)

    def fit(self, batches, epochs):
        for _ in range(epochs):
            total = 0.0
            for batch in batches:
                loss = self.training_step(batch)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                total += loss.item()
            print(f"{total / len(batches):.4f}")


def make_batches(count, size):
    for _ in range(count):
        x = torch.randn(size, 5)
        yield x, {"sum": x.sum(1), "peak": x.max(1).values}


if __name__ == "__main__":
    torch.manual_seed(1)
    Trainer(MultiTask(["sum", "peak"])).fit(list(make_batches(20, 32)), epochs=4)
