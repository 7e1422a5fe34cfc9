# style: a term of 0 times x makes everything depend on x; rows filled into a table
import torch


def own_leaf(x):
    return x.clone().detach().requires_grad_(True)


def value_and_grad(f, x):
    leaf = own_leaf(x)
    y = f(leaf) + 0 * leaf.sum()
    if y.numel() != 1:
        raise ValueError(y.shape)
    (g,) = torch.autograd.grad(y.squeeze(), [leaf])
    return y.detach().squeeze(), g


def jacobian(f, x):
    leaf = own_leaf(x)
    y = f(leaf) + 0 * leaf.sum()
    out = torch.zeros(y.numel(), *x.shape, dtype=x.dtype)
    for i in range(y.numel()):
        pick = torch.zeros_like(y).flatten()
        pick[i] = 1
        out[i] = torch.autograd.grad(y, leaf, pick.reshape(y.shape), retain_graph=True)[0]
    return out.reshape(tuple(y.shape) + tuple(x.shape))


def hessian_vector_product(f, x, v):
    leaf = own_leaf(x)
    y = f(leaf) + 0 * (leaf**2).sum()
    (g,) = torch.autograd.grad(y.sum(), leaf, create_graph=True)
    (out,) = torch.autograd.grad(g, leaf, grad_outputs=v.detach())
    return out


def round_straight_through(x):
    with torch.no_grad():
        error = torch.round(x) - x
    return x + error
