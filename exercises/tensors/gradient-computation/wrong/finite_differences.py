# style: the difference of two gradients in place of a second derivative
# verdict: wrong_answer
# caught by: test_product_is_exact
import torch


def _leaf(x):
    return x.detach().clone().requires_grad_()


def value_and_grad(f, x):
    with torch.enable_grad():
        x = _leaf(x)
        y = f(x)
        if y.numel() != 1:
            raise ValueError("one")
        g = (
            torch.autograd.grad(y.sum(), x, allow_unused=True, materialize_grads=True)[0]
            if y.requires_grad
            else torch.zeros_like(x)
        )
    return y.detach().reshape(()).clone(), g.detach()


def jacobian(f, x):
    with torch.enable_grad():
        x = _leaf(x)
        y = f(x)
        if not y.requires_grad:
            return torch.zeros(*y.shape, *x.shape, dtype=x.dtype)
        u = torch.zeros_like(y, requires_grad=True)
        rows = [
            torch.autograd.grad(e, x, retain_graph=True, materialize_grads=True, allow_unused=True)[0]
            for e in y.reshape(-1)
        ]
    return torch.stack(rows).reshape(y.shape + x.shape).detach()


def hessian_vector_product(f, x, v):
    with torch.enable_grad():
        x = _leaf(x)
        y = f(x).sum()
        if not y.requires_grad:
            return torch.zeros_like(x).detach()
        e = 1e-5
        h = (value_and_grad(f, x.detach() + e * v)[1] - value_and_grad(f, x.detach() - e * v)[1]) / (2 * e)
    return h.detach()


def round_straight_through(x):
    return x + (x.round() - x).detach()
