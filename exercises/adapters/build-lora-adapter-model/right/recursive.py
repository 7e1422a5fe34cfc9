# style: rebuilds from the leaves up by recursion, attached parts are marked by type
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


def attach(module, lora, adapters, rank, alpha, bottleneck, found):
    for name, child in module._modules.items():
        if child is None:
            continue
        attach(child, lora, adapters, rank, alpha, bottleneck, found)
        if name in lora and isinstance(child, nn.Linear):
            found.append("lora " + name)
            child = LoRALinear(child, rank, alpha)
        if name in adapters:
            found.append("adapter " + name)
            child = Adapted(child, adapters[name], bottleneck)
        child.training = module.training
        module._modules[name] = child


def build_lora_adapter_model(base, lora_targets, adapter_targets, rank, alpha, bottleneck):
    due = ["lora " + name for name in lora_targets] + ["adapter " + name for name in adapter_targets]
    if len(due) == 0:
        raise ValueError("nothing to attach")
    model = copy.deepcopy(base)
    for parameter in model.parameters():
        parameter.requires_grad = False
    found = []
    attach(model, set(lora_targets), dict(adapter_targets), rank, alpha, bottleneck, found)
    if not set(due) <= set(found):
        raise ValueError(f"not found: {set(due) - set(found)}")
    return model.train() if base.training else model.eval()


def tuned_state_dict(model):
    learns = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    return {name: value.clone() for name, value in model.state_dict().items() if name in learns}


def count_parameters(model):
    seen, trainable, total = set(), 0, 0
    for parameter in model.parameters():
        if id(parameter) in seen:
            continue
        seen.add(id(parameter))
        total += parameter.numel()
        trainable += parameter.numel() * parameter.requires_grad
    return trainable, total
