# style: backward records the formula again and asks autograd, keeping the graph when it is itself recorded
import torch


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        if beta.ndim > x.ndim or any(b != 1 and b != a for a, b in zip(x.shape[x.ndim - beta.ndim :], beta.shape)):
            raise ValueError("beta")
        ctx.save_for_backward(x, beta)
        return x.mul(beta.mul(x).sigmoid())

    @staticmethod
    def backward(ctx, upstream):
        recorded = torch.is_grad_enabled()
        inputs = ctx.saved_tensors
        with torch.enable_grad():
            if recorded:
                x, beta = (v.view_as(v) if v.requires_grad else v.detach().requires_grad_() for v in inputs)
            else:
                x, beta = (v.detach().requires_grad_(n) for v, n in zip(inputs, ctx.needs_input_grad))
            y = x * torch.sigmoid(beta * x)
            wanted = [v for v, n in zip((x, beta), ctx.needs_input_grad) if n]
            found = iter(torch.autograd.grad(y, wanted, upstream, create_graph=recorded))
        return tuple(next(found) if n else None for n in ctx.needs_input_grad)


class FakeQuantise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, low, high):
        if scale <= 0.0:
            raise ValueError("scale")
        if high - low < 0:
            raise ValueError("range")
        position = torch.div(x, scale)
        ctx.save_for_backward(position.clamp(low, high).eq(position).to(torch.uint8))
        return position.round_().clamp_(low, high).mul_(scale)

    @staticmethod
    def backward(ctx, upstream):
        return torch.where(ctx.saved_tensors[0] > 0, upstream, torch.zeros_like(upstream)), *[None] * 3
