# style: everything in terms of a score that should fall; the index of the best step instead of a counter
import copy
import math


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0, mode="min"):
        signs = {"min": 1.0, "max": -1.0}
        if patience < 1 or min_delta < 0 or mode not in signs:
            raise ValueError((patience, min_delta, mode))
        self.patience, self.min_delta, self.sign = patience, min_delta, signs[mode]
        self.score = math.inf
        self.calls = self.reset_at = 0
        self.kept = None

    @property
    def best(self):
        return None if self.kept is None else self.sign * self.score

    def step(self, value, model):
        self.calls += 1
        score = self.sign * float(value)
        first = self.kept is None and not math.isnan(score)
        if first or score < self.score - self.min_delta:
            self.score = score
            self.reset_at = self.calls
            self.kept = copy.deepcopy(model.state_dict())
        return self.calls - self.reset_at >= self.patience

    def restore(self, model):
        if self.kept is None:
            raise RuntimeError("nothing kept")
        model.load_state_dict(copy.deepcopy(self.kept))
