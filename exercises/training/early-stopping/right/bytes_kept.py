# style: the state is kept as saved bytes, the comparison is an operator chosen once
import io
import operator

import torch


class EarlyStopping:
    best = None

    def __init__(self, patience, min_delta=0.0, mode="min"):
        if mode == "min":
            self.better, self.margin = operator.lt, -min_delta
        elif mode == "max":
            self.better, self.margin = operator.gt, min_delta
        else:
            raise ValueError(mode)
        if patience <= 0:
            raise ValueError(patience)
        if min_delta < 0:
            raise ValueError(min_delta)
        self.left = self.patience = patience
        self.file = None

    def step(self, value, model):
        if isinstance(value, torch.Tensor):
            value = value.detach().item()
        if value != value or (self.best is not None and not self.better(value, self.best + self.margin)):
            self.left -= 1
            return self.left <= 0
        self.best, self.left = float(value), self.patience
        self.file = io.BytesIO()
        torch.save(model.state_dict(), self.file)
        return False

    def restore(self, model):
        if self.file is None:
            raise RuntimeError("no state")
        self.file.seek(0)
        model.load_state_dict(torch.load(self.file))
