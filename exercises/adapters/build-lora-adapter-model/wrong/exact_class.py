# style: attaches to the exact class nn.Linear
# verdict: runtime_error
# caught by: test_subclasses_of_linear_count
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


def build_lora_adapter_model(
    base: nn.Module,
    lora_targets: list[str],
    adapter_targets: dict[str, int],
    rank: int,
    alpha: float,
    bottleneck: int,
) -> nn.Module:
    """A copy of the base, frozen, with LoRA layers and adapters attached."""
    if not lora_targets and not adapter_targets:
        raise ValueError("nothing to attach")
    model = copy.deepcopy(base).requires_grad_(False)
    missing = {("lora", name) for name in lora_targets} | {("adapter", name) for name in adapter_targets}
    places = []  # (parent, name) of every module, taken down before anything is attached
    for parent in model.modules():
        places += [(parent, name) for name, _ in parent.named_children()]
    for parent, name in places:
        module = getattr(parent, name)
        if name in lora_targets and type(module) is nn.Linear:
            module = LoRALinear(module, rank, alpha)
            missing.discard(("lora", name))
        if name in adapter_targets:
            module = Adapted(module, adapter_targets[name], bottleneck)
            missing.discard(("adapter", name))
        setattr(parent, name, module)
    if missing:
        raise ValueError(f"no place for {sorted(missing)}")
    return model.train(base.training)


def tuned_state_dict(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copies of all parameters that require gradients, by name."""
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """(trainable, total), each parameter once."""
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(n for n, learns in sizes if learns), sum(n for n, _ in sizes)
