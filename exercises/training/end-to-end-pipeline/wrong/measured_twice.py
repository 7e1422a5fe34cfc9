# style: standardises with the old numbers before measuring
# verdict: wrong_answer
# caught by: test_second_fit_measures_afresh
from collections.abc import Callable

import torch
from torch import nn


class Pipeline(nn.Module):
    """Standardises raw rows and gives them to a model.

    features: number of columns.
    """

    def __init__(self, model: nn.Module, features: int) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("std", torch.ones(features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, features), NaN where missing -> what the model gives."""
        z = (x - self.mean) / self.std  # (n, features)
        return self.model(torch.where(x.isnan(), 0.0, z))  # missing: the mean, which is 0 now

    def fit(
        self,
        x: torch.Tensor,
        y: torch.Tensor,
        loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
        epochs: int,
        batch_size: int,
        lr: float,
        val_rows: int,
    ) -> dict[str, list[float]]:
        """Train on all rows but the last val_rows, which are for validation.

        x: (n, features), NaN where missing; y: (n, ...).
        Returns "train_loss" and "val_loss", one float per epoch each.
        """
        if len(x) != len(y):
            raise ValueError("x and y have different numbers of rows")
        if not 1 <= val_rows < len(x):
            raise ValueError("training and validation need at least one row each")
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        split = len(x) - val_rows
        train, val = (x[:split], y[:split]), (x[split:], y[split:])
        self._measure((train[0] - self.mean) / self.std)  # the validation rows have no say
        optimizer = torch.optim.SGD(self.parameters(), lr=lr)
        history: dict[str, list[float]] = {"train_loss": [], "val_loss": []}
        for _ in range(epochs):
            self.train()
            total = 0.0
            for x_batch, y_batch in zip(train[0].split(batch_size), train[1].split(batch_size), strict=True):
                optimizer.zero_grad()
                loss = loss_fn(self(x_batch), y_batch)  # ()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(x_batch)
            history["train_loss"].append(total / split)
            history["val_loss"].append(loss_fn(self.predict(val[0], batch_size), val[1]).item())
        return history

    @torch.no_grad()
    def predict(self, x: torch.Tensor, batch_size: int) -> torch.Tensor:
        """x: (n, features) -> what the model gives, at most batch_size rows at a time."""
        before = self.training
        self.eval()
        outputs = [self(rows) for rows in x.split(batch_size)]  # one empty part if there are no rows
        self.train(before)
        return torch.cat(outputs)  # (n, ...)

    def _measure(self, x: torch.Tensor) -> None:
        present = ~x.isnan()  # (m, features)
        count = present.sum(dim=0).clamp(min=1)  # (features,)
        mean = torch.where(present, x, 0.0).sum(dim=0) / count  # (features,)
        variance = torch.where(present, (x - mean) ** 2, 0.0).sum(dim=0) / count  # (features,)
        self.mean.copy_(mean)
        highest = torch.where(present, x, -torch.inf).amax(dim=0)  # (features,)
        lowest = torch.where(present, x, torch.inf).amin(dim=0)  # (features,)
        self.std.copy_(torch.where(highest > lowest, variance.sqrt(), 1.0))
