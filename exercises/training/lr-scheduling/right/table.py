# style: the whole schedule is computed in advance; the state holds everything
import math


def warmup_cosine(step, warmup_steps, total_steps, min_ratio=0.0):
    if not (warmup_steps >= 0 and total_steps >= warmup_steps):
        raise ValueError("lengths")
    rise = [(i + 1) / warmup_steps for i in range(warmup_steps)]
    n = total_steps - warmup_steps
    fall = [0.5 * (1 + min_ratio) + 0.5 * (1 - min_ratio) * math.cos(i * math.pi / n) for i in range(n)]
    table = rise + fall
    return table[step] if step < len(table) else float(min_ratio)


class WarmupCosine:
    def __init__(self, optimizer, warmup_steps, total_steps, min_ratio=0.0):
        self.factors = [warmup_cosine(t, warmup_steps, total_steps, min_ratio) for t in range(total_steps + 1)]
        if not 0 <= warmup_steps <= total_steps:
            raise ValueError("lengths")
        self.groups = lambda: optimizer.param_groups
        self.values = {"t": 0, "base": {str(i): g["lr"] for i, g in enumerate(self.groups())}}
        self._write()

    def _write(self):
        t = min(self.values["t"], len(self.factors) - 1)
        for i, group in enumerate(self.groups()):
            group["lr"] = self.values["base"][str(i)] * self.factors[t]

    def step(self):
        self.values["t"] += 1
        self._write()

    def get_last_lr(self):
        return [float(group["lr"]) for group in self.groups()]

    def state_dict(self):
        return {"t": self.values["t"], "base": dict(self.values["base"])}

    def load_state_dict(self, state):
        self.values = {"t": state["t"], "base": dict(state["base"])}
        self._write()
