# style: a subclass of torch's LRScheduler with get_lr and a load that writes the rates
import math

from torch.optim.lr_scheduler import LRScheduler


def warmup_cosine(step, warmup_steps, total_steps, min_ratio=0.0):
    if warmup_steps < 0 or warmup_steps > total_steps:
        raise ValueError((warmup_steps, total_steps))
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    decay = max(total_steps - warmup_steps, 1)
    progress = min((step - warmup_steps) / decay, 1.0) if step < total_steps else 1.0
    return float(min_ratio + (1 - min_ratio) * math.cos(math.pi / 2 * progress) ** 2)


class WarmupCosine(LRScheduler):
    def __init__(self, optimizer, warmup_steps, total_steps, min_ratio=0.0):
        self.plan = [warmup_steps, total_steps, min_ratio]
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
        super().__init__(optimizer)

    def get_lr(self):
        return [base * warmup_cosine(self.last_epoch, *self.plan) for base in self.base_lrs]

    def state_dict(self):
        return {"last_epoch": self.last_epoch, "base_lrs": [float(base) for base in self.base_lrs]}

    def load_state_dict(self, state):
        self.last_epoch = state["last_epoch"]
        self.base_lrs = list(state["base_lrs"])
        self._last_lr = self.get_lr()
        for group, rate in zip(self.optimizer.param_groups, self._last_lr):
            group["lr"] = rate
