# style: einsum, the bias added last, merged weight as a new parameter
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float):
        super().__init__()
        if rank < 1:
            raise ValueError("rank")
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        self.base = base
        self.alpha = alpha
        w = base.weight
        self.lora_B = nn.Parameter(torch.zeros(w.size(0), rank).to(w))
        self.lora_A = nn.Parameter(torch.normal(0.0, w.size(1) ** -0.5, (rank, w.size(1))).to(w))

    def forward(self, x):
        inner = torch.einsum("...i,ri->...r", x, self.lora_A)
        out = torch.einsum("...i,oi->...o", x, self.base.weight)
        out = out + torch.einsum("...r,or->...o", inner, self.lora_B) * self.alpha / self.lora_A.shape[0]
        return out if self.base.bias is None else out + self.base.bias

    def merge(self):
        new = nn.Linear(self.base.in_features, self.base.out_features, bias=self.base.bias is not None)
        delta = torch.einsum("or,ri->oi", self.lora_B, self.lora_A) * self.alpha / self.lora_A.shape[0]
        new.weight = nn.Parameter((self.base.weight + delta).detach())
        if self.base.bias is not None:
            new.bias = nn.Parameter(self.base.bias.detach().clone())
        return new
