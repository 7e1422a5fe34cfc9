"""A module with training_step and validation_step, and a small trainer that calls the hooks."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class LitModule(nn.Module):
    def training_step(self, batch, batch_idx):
        raise NotImplementedError

    def validation_step(self, batch, batch_idx):
        pass

    def configure_optimizers(self):
        raise NotImplementedError

    def on_train_epoch_end(self):
        pass


class Classifier(LitModule):
    def __init__(self, n_in, n_out, lr):
        super().__init__()
        self.lr = lr
        self.layers = nn.Sequential(nn.Linear(n_in, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, n_out))
        self.history = []

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.history.append(loss.item())
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        return {"hits": (self(x).argmax(1) == y).sum(), "size": len(y)}

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=self.lr)
        return optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)

    def on_train_epoch_end(self):
        print(f"train loss {sum(self.history) / len(self.history):.4f}")
        self.history.clear()


class Trainer:
    def __init__(self, max_epochs):
        self.max_epochs = max_epochs

    def fit(self, module, train_loader, val_loader):
        optimizer, scheduler = module.configure_optimizers()
        self.validate(module, val_loader)
        for _ in range(self.max_epochs):
            module.train()
            for i, batch in enumerate(train_loader):
                def closure():
                    optimizer.zero_grad()
                    loss = module.training_step(batch, i)
                    loss.backward()
                    return loss
                optimizer.step(closure)
            module.on_train_epoch_end()
            scheduler.step()
            self.validate(module, val_loader)

    @torch.no_grad()
    def validate(self, module, loader):
        module.eval()
        outputs = [module.validation_step(batch, i) for i, batch in enumerate(loader)]
        print(f"val acc {sum(o['hits'].item() for o in outputs) / sum(o['size'] for o in outputs):.3f}")


if __name__ == "__main__":
    torch.manual_seed(32)
    X = torch.randn(320, 8)
    Y = X[:, :3].argmax(1)
    Trainer(4).fit(
        Classifier(8, 3, 1e-2),
        DataLoader(TensorDataset(X[:256], Y[:256]), batch_size=32, shuffle=True),
        DataLoader(TensorDataset(X[256:], Y[256:]), batch_size=64),
    )
