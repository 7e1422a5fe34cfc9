# style: averages over what beta was broadcast to
# verdict: wrong_answer
# caught by: test_gradients_of_swish
import torch


class Swish(torch.autograd.Function):
    """x * sigmoid(beta * x) for x of any shape and a beta that broadcasts to it."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
        """Returns the shape of x."""
        try:
            shape = torch.broadcast_shapes(x.shape, beta.shape)
        except RuntimeError as error:
            raise ValueError("beta does not broadcast to x") from error
        if shape != x.shape:
            raise ValueError(f"beta of shape {tuple(beta.shape)} would make x larger")
        ctx.save_for_backward(x, beta)
        return x * torch.sigmoid(beta * x)  # shape of x

    @staticmethod
    def backward(ctx, upstream: torch.Tensor):
        """upstream: the shape of x. Returns the gradients of x and beta."""
        x, beta = ctx.saved_tensors
        s = torch.sigmoid(beta * x)  # shape of x
        slope = s * (1 - s)  # shape of x
        grad_x = grad_beta = None
        if ctx.needs_input_grad[0]:
            grad_x = upstream * (s + beta * x * slope)  # shape of x
        if ctx.needs_input_grad[1]:
            grad_beta = (upstream * x * x * slope).sum_to_size(beta.shape) * beta.numel() / max(x.numel(), 1)  # shape of beta
        return grad_x, grad_beta


class FakeQuantise(torch.autograd.Function):
    """Round to scale * {low, ..., high}; the gradient passes straight through inside the range."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, scale: float, low: int, high: int) -> torch.Tensor:
        """Returns the shape of x."""
        if scale <= 0:
            raise ValueError(f"scale must be positive, not {scale}")
        if low > high:
            raise ValueError(f"low {low} is above high {high}")
        steps = x / scale  # shape of x
        ctx.save_for_backward((steps >= low) & (steps <= high))  # shape of x, bool
        return scale * steps.round().clamp(low, high)  # shape of x

    @staticmethod
    def backward(ctx, upstream: torch.Tensor):
        """upstream: the shape of x. Returns the gradient of x, and None for each number."""
        (inside,) = ctx.saved_tensors
        return upstream * inside, None, None, None  # shape of x
