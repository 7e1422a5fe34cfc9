# style: the freezing by names at the end, set_submodule for the replacement, dict of places
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
    inside = {id(m.base) for m in model.modules() if isinstance(m, LoRALinear)}
    places = {
        path: module
        for path, module in model.named_modules(remove_duplicate=False)
        if path != ""
        and type(module) == nn.Linear
        and id(module) not in inside
        and (targets is None or any(path == t or path.endswith("." + t) for t in targets))
    }
    if len(places) == 0 or rank < 1:
        raise ValueError("no places or no rank")
    layers = {id(layer): LoRALinear(layer, rank, alpha) for layer in set(places.values())}
    for path, layer in places.items():
        owner, _, name = path.rpartition(".")
        model.get_submodule(owner).register_module(name, layers[id(layer)])
    model.requires_grad_(False)
    for module in model.modules():
        if type(module) is LoRALinear:
            module.lora_A.requires_grad_(True)
            module.lora_B.requires_grad_(True)
    return sorted(places)
