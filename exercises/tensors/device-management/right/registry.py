# style: tree_map of torch, factors by cumprod, buffers made by Tensor.float and copied
import torch
import torch.nn as nn
from torch.utils._pytree import tree_map


def pick_device(wanted=None):
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if wanted is None:
        return torch.device("cuda") if cuda else torch.device("mps") if mps else torch.device("cpu")
    wanted = torch.device(wanted)
    if wanted.type == "cuda" and not cuda or wanted.type == "mps" and not mps:
        raise ValueError(wanted)
    return wanted


def move_to(batch, device, non_blocking=False):
    def move(leaf):
        return leaf.to(device=device, non_blocking=non_blocking) if torch.is_tensor(leaf) else leaf

    return tree_map(move, batch)


def fade(x, rate):
    factors = torch.full_like(x[..., :1].reshape(-1)[:1].expand(x.shape[-1]), rate) if x.numel() else x.new_ones(x.shape[-1])
    factors = torch.cat([factors.new_ones(1), factors]).cumprod(0)[: x.shape[-1]]
    return torch.mul(x, factors)


class Standardize(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean = nn.Buffer(torch.tensor([float(m) for m in mean]))
        self.std = nn.Buffer(torch.tensor([float(s) for s in std]))

    def forward(self, x):
        swapped = x.transpose(1, -1)
        return ((swapped - self.mean) / self.std).transpose(1, -1)
