# style: moves everything that has a method to
# verdict: wrong_answer
# caught by: test_what_is_no_tensor_stays
import torch
from torch import nn


def pick_device(wanted=None):
    have = {"cuda": lambda: torch.cuda.is_available(), "mps": lambda: torch.backends.mps.is_available()}
    if wanted is None:
        return torch.device(next((n for n, f in have.items() if f()), "cpu"))
    d = torch.device(wanted)
    if d.type in have and not have[d.type]():
        raise ValueError(f"{d} is not available")
    return d


def move_to(batch, device, non_blocking=False):
    go = lambda v: move_to(v, device, non_blocking)
    match batch:
        case torch.Tensor():
            return batch.to(device, non_blocking=non_blocking)
        case _ if hasattr(batch, "to"):
            return batch.to(device)
        case dict():
            import copy

            new = copy.copy(batch)
            for k in batch:
                new[k] = go(batch[k])
            return new
        case tuple() if hasattr(batch, "_make"):
            return batch._make(map(go, batch))
        case list() | tuple():
            return type(batch)(map(go, batch))
    return batch


def fade(x, rate):
    t = torch.arange(x.shape[-1], device=x.device)
    return x * torch.pow(float(rate), t.to(x.dtype))


class Standardize(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        for n, v in (("mean", mean), ("std", std)):
            self.register_buffer(n, torch.as_tensor(v, dtype=torch.float32).detach().clone())

    def forward(self, x):
        return ((x.transpose(1, -1) - self.mean) / self.std).transpose(1, -1)
