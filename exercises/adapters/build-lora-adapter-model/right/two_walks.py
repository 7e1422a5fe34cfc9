# style: two walks by dotted names, longest first; freezing by the names of what is attached
import copy

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    """base(x) + alpha / rank * x A^T B^T. Ready to use."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        out_features, in_features = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(rank, in_features, **like) * in_features**-0.5)  # (rank, in)
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank, **like))  # (out, rank)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in). Returns (..., out)."""
        return self.base(x) + self.scale * (x @ self.lora_A.T) @ self.lora_B.T  # (..., out)


class Adapted(nn.Module):
    """h + up(GELU(down(h))) with h = base(...). Ready to use."""

    def __init__(self, base: nn.Module, dim: int, bottleneck: int) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Linear(dim, bottleneck)
        self.up = nn.Linear(bottleneck, dim)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, *args, **kwargs) -> torch.Tensor:
        """Arguments of the base. Returns (..., dim)."""
        h = self.base(*args, **kwargs)  # (..., dim)
        return h + self.up(F.gelu(self.down(h)))  # (..., dim)


def replace(model, path, make):
    owner, _, name = path.rpartition(".")
    parent = model.get_submodule(owner)
    parent.register_module(name, make(parent.get_submodule(name)))


def last(path):
    return path.split(".")[-1]


def build_lora_adapter_model(base, lora_targets, adapter_targets, rank, alpha, bottleneck):
    names = [path for path, _ in base.named_modules() if path]
    linear = [path for path in names if last(path) in lora_targets and isinstance(base.get_submodule(path), nn.Linear)]
    behind = [path for path in names if last(path) in adapter_targets]
    if {last(p) for p in linear} != set(lora_targets) or {last(p) for p in behind} != set(adapter_targets):
        raise ValueError("a name without a place")
    if not linear + behind:
        raise ValueError("nothing to attach")
    model = copy.deepcopy(base)
    old = {id(p) for p in model.parameters()}
    for path in linear:
        replace(model, path, lambda layer: LoRALinear(layer, rank, alpha))
    for path in sorted(behind, key=lambda p: -p.count(".")):
        replace(model, path, lambda part: Adapted(part, adapter_targets[last(path)], bottleneck))
    for parameter in model.parameters():
        parameter.requires_grad_(id(parameter) not in old)
    model.train(mode=base.training)
    return model


def tuned_state_dict(model):
    with torch.no_grad():
        return dict((name, torch.clone(p)) for name, p in model.named_parameters() if p.requires_grad)


def count_parameters(model):
    count = lambda learns: sum(p.numel() for p in set(model.parameters()) if learns or p.requires_grad)
    return count(False), count(True)
