# style: takes a best value of 0 for none
# verdict: wrong_answer
# caught by: test_negative_values
import torch
from torch import nn


class EarlyStopping:
    """Says when to stop, and keeps the best state of the model.

    best: the best value so far as a float, None before the first improvement.
    """

    def __init__(self, patience: int, min_delta: float = 0.0, mode: str = "min"):
        if patience < 1:
            raise ValueError("patience must be at least 1")
        if min_delta < 0:
            raise ValueError("min_delta must not be negative")
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be min or max, not {mode!r}")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best: float | None = None
        self._bad_steps = 0
        self._state: dict[str, torch.Tensor] = {}

    def _improves(self, value: float) -> bool:
        if not self.best:
            return value == value  # anything but NaN
        if self.mode == "min":
            return value < self.best - self.min_delta  # False for NaN
        return value > self.best + self.min_delta

    def step(self, value: float | torch.Tensor, model: nn.Module) -> bool:
        """Take note of one value; True when it is time to stop."""
        value = float(value)
        if self._improves(value):
            self.best = value
            self._bad_steps = 0
            self._state = {name: t.clone() for name, t in model.state_dict().items()}  # copies
        else:
            self._bad_steps += 1
        return self._bad_steps >= self.patience

    def restore(self, model: nn.Module) -> None:
        """Load the kept state into the model."""
        if not self.best:
            raise RuntimeError("there was no improvement yet, so there is nothing to restore")
        model.load_state_dict(self._state)  # copies the values into the model's own tensors
