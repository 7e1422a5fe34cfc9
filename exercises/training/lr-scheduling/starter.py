import math

import torch


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, min_ratio: float = 0.0) -> float:
    """The factor of the base learning rate at a step."""
    raise NotImplementedError


class WarmupCosine:
    """Sets the learning rate of every group of an optimizer, step by step."""

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        warmup_steps: int,
        total_steps: int,
        min_ratio: float = 0.0,
    ):
        raise NotImplementedError

    def step(self) -> None:
        """Go on to the next step; to be called after optimizer.step()."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The current rate of every group."""
        raise NotImplementedError

    def state_dict(self) -> dict:
        """All that is needed to go on later."""
        raise NotImplementedError

    def load_state_dict(self, state: dict) -> None:
        """Go to the saved step; the optimizer's rates are right afterwards."""
        raise NotImplementedError
