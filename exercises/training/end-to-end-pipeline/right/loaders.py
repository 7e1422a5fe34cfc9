# style: TensorDataset and DataLoader, statistics column by column, validation in its own loop
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Pipeline(nn.Module):
    def __init__(self, model, features):
        super().__init__()
        self.register_buffer("std", torch.full((features,), 1.0))
        self.register_buffer("mean", torch.full((features,), 0.0))
        self.model = model

    def forward(self, x):
        x = torch.where(torch.isnan(x), self.mean, x)
        return self.model(x.sub(self.mean).div(self.std))

    def fit(self, x, y, loss_fn, epochs, batch_size, lr, val_rows):
        n = x.shape[0]
        if y.shape[0] != n or val_rows <= 0 or val_rows >= n or batch_size <= 0:
            raise ValueError("sizes")
        train, val = TensorDataset(x[:-val_rows], y[:-val_rows]), TensorDataset(x[-val_rows:], y[-val_rows:])
        for column in range(x.shape[1]):
            values = train.tensors[0][:, column]
            values = values[values == values]
            self.mean[column] = values.mean() if len(values) else 0
            varies = len(values) > 0 and bool((values != values[0]).any())
            self.std[column] = values.std(correction=0) if varies else 1
        optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)
        out = {"train_loss": [], "val_loss": []}
        for _ in range(epochs):
            for key, data in (("train_loss", train), ("val_loss", val)):
                self.train(key == "train_loss")
                pairs = []
                with torch.set_grad_enabled(self.training):
                    for xb, yb in DataLoader(data, batch_size=batch_size):
                        loss = loss_fn(self(xb), yb)
                        if self.training:
                            self.zero_grad()
                            loss.backward()
                            optimizer.step()
                        pairs.append((loss.item(), len(xb)))
                out[key].append(sum(a * b for a, b in pairs) / len(data))
        return out

    def predict(self, x, batch_size):
        mode = self.training
        self.train(False)
        try:
            with torch.no_grad():
                if len(x) == 0:
                    return self(x)
                return torch.cat([self(rows) for (rows,) in DataLoader(TensorDataset(x), batch_size)])
        finally:
            self.train(mode)
