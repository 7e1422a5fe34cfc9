# style: nanmean, whole-step indices, buffers replaced instead of written
import torch
from torch import nn


class Pipeline(nn.Module):
    def __init__(self, model, features):
        super().__init__()
        self.model = model
        for name, value in (("mean", 0.0), ("std", 1.0)):
            self.register_buffer(name, torch.ones(features) * value)

    def forward(self, x):
        return self.model(torch.nan_to_num((x - self.mean) / self.std, nan=0.0, posinf=torch.inf, neginf=-torch.inf))

    def fit(self, x, y, loss_fn, epochs, batch_size, lr, val_rows):
        cut = len(x) - val_rows
        if len(y) != len(x) or cut < 1 or val_rows < 1 or batch_size < 1:
            raise ValueError("bad sizes")
        seen = x[:cut]
        mean = seen.nanmean(0)
        std = ((seen - mean) ** 2).nanmean(0).sqrt()
        flat = (seen.nan_to_num(nan=torch.inf).amin(0) >= seen.nan_to_num(nan=-torch.inf).amax(0))
        self.mean = torch.where(mean.isnan(), torch.zeros_like(mean), mean)
        self.std = torch.where(std.isnan() | flat, torch.ones_like(std), std)
        sgd = torch.optim.SGD(list(self.parameters()), lr)
        train_loss, val_loss = [], []
        for _ in range(epochs):
            self.train(True)
            losses = torch.zeros(cut, dtype=torch.float64)
            for rows in torch.arange(cut).split(batch_size):
                loss = loss_fn(self(x[rows]), y[rows])
                grads = torch.autograd.grad(loss, sgd.param_groups[0]["params"])
                for p, g in zip(self.parameters(), grads, strict=True):
                    p.grad = g
                sgd.step()
                losses[rows] = loss.item()
            train_loss.append(losses.mean().item())
            self.eval()
            with torch.no_grad():
                val_loss.append(float(loss_fn(self(x[cut:]), y[cut:])))
        return {"val_loss": val_loss, "train_loss": train_loss}

    def predict(self, x, batch_size):
        was_training = self.training
        self.eval()
        with torch.no_grad():
            parts = [self(x[i : i + batch_size]) for i in range(0, len(x), batch_size)] or [self(x)]
        self.train(was_training)
        return torch.vstack(parts)
