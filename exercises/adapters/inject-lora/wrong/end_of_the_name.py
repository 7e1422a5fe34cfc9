# style: compares the end of the name
# verdict: wrong_answer
# caught by: test_end_of_a_name_is_not_the_name
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


def inject_lora(model, rank, alpha, targets=None):
    if rank < 1:
        raise ValueError("rank")
    places = []

    def walk(m, prefix):
        for n, c in m._modules.items():
            if c is None:
                continue
            path = f"{prefix}{n}"
            if type(c) is nn.Linear and (targets is None or any(n.endswith(t) for t in targets)):
                places.append((path, m, n, c))
            elif not isinstance(c, LoRALinear):
                walk(c, path + ".")

    if isinstance(model, LoRALinear):
        raise ValueError("no place")
    walk(model, "")
    if not places:
        raise ValueError("no place")
    for mod in list(model.modules()):
        for n, p in mod.named_parameters(recurse=False):
            p.requires_grad_(isinstance(mod, LoRALinear) and n.startswith("lora_"))
    new = {}
    for path, parent, n, layer in places:
        if layer not in new:
            new[layer] = LoRALinear(layer, rank, alpha)
        layer.requires_grad_(False)
        setattr(parent, n, new[layer])
    return sorted(p for p, *_ in places)
