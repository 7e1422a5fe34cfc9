# style: returns its living dict as the state
# verdict: wrong_answer
# caught by: test_saved_state_does_not_move
import math

import torch


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, min_ratio: float = 0.0) -> float:
    """The factor of the base learning rate at a step."""
    if not 0 <= warmup_steps <= total_steps:
        raise ValueError("warmup_steps must be between 0 and total_steps")
    if step >= total_steps:  # first: then neither division below is by zero
        return min_ratio
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = (step - warmup_steps) / (total_steps - warmup_steps)  # from 0 to 1
    return min_ratio + (1 - min_ratio) / 2 * (1 + math.cos(math.pi * progress))


class WarmupCosine:
    """Sets the learning rate of every group of an optimizer, step by step."""

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        warmup_steps: int,
        total_steps: int,
        min_ratio: float = 0.0,
    ):
        self.optimizer = optimizer
        self.lengths = (warmup_steps, total_steps, min_ratio)
        self.base_lrs = [group["lr"] for group in optimizer.param_groups]  # read once, before they change
        self.state = {"current": 0, "base_lrs": self.base_lrs}
        self._apply()

    def _apply(self) -> None:
        factor = warmup_cosine(self.state["current"], *self.lengths)
        for group, base in zip(self.optimizer.param_groups, self.base_lrs):
            group["lr"] = base * factor

    def step(self) -> None:
        """Go on to the next step; to be called after optimizer.step()."""
        self.state["current"] += 1
        self._apply()

    def get_last_lr(self) -> list[float]:
        """The current rate of every group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict:
        """All that is needed to go on later."""
        return self.state

    def load_state_dict(self, state: dict) -> None:
        """Go to the saved step; the optimizer's rates are right afterwards."""
        self.state = state
        self.base_lrs = list(state["base_lrs"])
        self._apply()
