# style: F.linear for both matrices, scale applied to x, merge through a deep copy
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha):
        super().__init__()
        if rank <= 0:
            raise ValueError("rank")
        self.rank, self.alpha = rank, alpha
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.lora_A = nn.Parameter(base.weight.new_empty(rank, base.in_features))
        nn.init.uniform_(self.lora_A, -math.sqrt(3 / base.in_features), math.sqrt(3 / base.in_features))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + F.linear(F.linear(x * (self.alpha / self.rank), self.lora_A), self.lora_B)

    def merge(self):
        merged = copy.deepcopy(self.base)
        merged.weight.data += (self.alpha / self.rank) * (self.lora_B.data @ self.lora_A.data)
        return merged
