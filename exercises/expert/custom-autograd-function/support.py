"""What can only be seen where the graph is."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode


def is_function(value):
    return isinstance(value, type) and issubclass(value, torch.autograd.Function)


def second_order(function, x, beta, upstream):
    """Gradients of the squared gradients: of x, beta and the upstream gradient."""
    x, beta, upstream = (v.detach().clone().requires_grad_() for v in (x, beta, upstream))
    first = torch.autograd.grad(function(x, beta), (x, beta), upstream, create_graph=True)
    return torch.autograd.grad(sum(g.square().sum() for g in first), (x, beta, upstream))


def kept_bytes(function, x, *rest):
    """Bytes that the graph of one call keeps, beyond the storages of the inputs."""
    x = x.detach().clone().requires_grad_()
    rest = [r.detach().clone().requires_grad_() if isinstance(r, torch.Tensor) else r for r in rest]
    inputs = {v.untyped_storage().data_ptr() for v in (x, *rest) if isinstance(v, torch.Tensor)}
    kept = {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        y = function(x, *rest)
    for value in getattr(y.grad_fn, "__dict__", {}).values():
        for part in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(part, torch.Tensor):
                keep(part)
    return sum(storage.nbytes() for address, storage in kept.items() if address not in inputs)


def changed_in_between(function, x, beta, which):
    """The name of what backward raises when an input was changed in place after forward."""
    values = [v.detach().clone().requires_grad_() for v in (x, beta)]
    y = function(*values)
    with torch.no_grad():
        values[which].add_(1.0)
    try:
        y.sum().backward()
    except Exception as error:
        return type(error).__name__
    return "nothing"


class _Calls(TorchDispatchMode):
    number = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.number += 1
        return func(*args, **(kwargs or {}))


def backward_calls(function, x, beta, need_x, need_beta):
    """How many operations backward runs when these gradients are needed."""
    x, beta = x.detach().clone().requires_grad_(need_x), beta.detach().clone().requires_grad_(need_beta)
    y = function(x, beta)
    upstream = torch.ones_like(y)
    with _Calls() as calls:
        torch.autograd.grad(y, [v for v in (x, beta) if v.requires_grad], upstream)
    return calls.number
