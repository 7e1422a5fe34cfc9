# style: an autograd.Function with the gradient written out
import torch
from torch import nn


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, eps):
        r = (x.pow(2).sum(-1, keepdim=True) / x.shape[-1] + eps).pow(-0.5)
        ctx.save_for_backward(x, r)
        return x * r

    @staticmethod
    def backward(ctx, g):
        x, r = ctx.saved_tensors
        return g * r - x * r**3 * (g * x).mean(-1, keepdim=True), None


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.full((dim,), 1.0)))
        self.epsilon = eps

    def forward(self, x):
        if tuple(x.shape[-1:]) != tuple(self.weight.shape):
            raise ValueError("width")
        wide = x if x.dtype == torch.float64 else x.to(torch.float32)
        return torch.mul(self.weight, Scale.apply(wide, self.epsilon)).type(x.dtype)
