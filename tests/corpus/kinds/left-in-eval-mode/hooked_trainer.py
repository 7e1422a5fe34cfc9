# break: Loop.validation_epoch
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split


class Regressor(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(4, 24), torch.nn.Linear(24, 24)])
        self.norms = torch.nn.ModuleList([torch.nn.BatchNorm1d(24), torch.nn.BatchNorm1d(24)])
        self.head = torch.nn.Linear(24, 1)

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = torch.relu(norm(layer(x)))
        return self.head(x).squeeze(-1)


class Loop:
    def __init__(self, model, data):
        self.model = model
        self.train_set, self.valid_set = random_split(data, [192, 64])

    def configure_optimizers(self):
        return torch.optim.AdamW(self.model.parameters(), lr=1e-2)

    def training_step(self, batch):
        return F.mse_loss(self.model(batch[0]), batch[1])

    def validation_epoch(self):
        was_training = self.model.training
        self.model.eval()
        with torch.inference_mode():
            errors = [F.l1_loss(self.model(x), y).item() for x, y in DataLoader(self.valid_set, batch_size=32)]
        self.model.train(was_training)
        return sum(errors) / len(errors)

    def run(self, epochs):
        optimizer = self.configure_optimizers()
        for _ in range(epochs):
            for batch in DataLoader(self.train_set, batch_size=32, shuffle=True):
                optimizer.zero_grad()
                self.training_step(batch).backward()
                optimizer.step()
            print(f"{self.validation_epoch():.3f}")


torch.manual_seed(3)
x = torch.randn(256, 4)
Loop(Regressor(), TensorDataset(x, x[:, 0] * x[:, 1] + x[:, 2])).run(5)
