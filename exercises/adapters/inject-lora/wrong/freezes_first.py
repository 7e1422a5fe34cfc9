# style: freezes before it knows whether there is anything to do
# verdict: wrong_answer
# caught by: test_refused_calls_change_nothing
import torch
from torch import nn


class LoRALinear(nn.Module):
    """base(x) + alpha / rank * x A^T B^T. Ready to use."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"the rank must be at least 1, not {rank}")
        self.base = base
        self.scale = alpha / rank
        out_features, in_features = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(rank, in_features, **like) * in_features**-0.5)  # (rank, in)
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank, **like))  # (out, rank)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in). Returns (..., out)."""
        return self.base(x) + self.scale * (x @ self.lora_A.T) @ self.lora_B.T  # (..., out)


def inject_lora(model: nn.Module, rank: int, alpha: float, targets: list[str] | None = None) -> list[str]:
    """Replaces linear layers of the model in place, freezes the rest, and returns the names of the places."""
    for m in model.modules():
        if not isinstance(m, LoRALinear):
            for p in m.parameters(recurse=False):
                p.requires_grad_(False)
    places = []
    for path, module in model.named_modules(remove_duplicate=False):
        parent, _, name = path.rpartition(".")
        wanted = targets is None or name in targets
        if path and wanted and type(module) is nn.Linear and not isinstance(model.get_submodule(parent), LoRALinear):
            places.append((path, module))
    if not places:
        raise ValueError(f"no linear layer to replace among the targets {targets}")
    wrapped = {}  # one LoRA layer for each layer, however many places it has
    for _, layer in places:
        if layer not in wrapped:
            wrapped[layer] = LoRALinear(layer, rank, alpha)
    for module in model.modules():
        if not isinstance(module, LoRALinear):  # its own parameters are lora_A and lora_B
            for parameter in module.parameters(recurse=False):
                parameter.requires_grad_(False)
    for path, layer in places:
        parent, _, name = path.rpartition(".")
        setattr(model.get_submodule(parent), name, wrapped[layer])
    return sorted(path for path, _ in places)
