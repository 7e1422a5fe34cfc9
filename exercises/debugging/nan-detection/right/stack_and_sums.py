# style: pytree leaves, hooks in an ExitStack, state dict kept whole, gradients by backward on swapped .grad
from contextlib import ExitStack

import torch
from torch.utils._pytree import tree_leaves


def good(*values):
    return all(torch.isfinite(t).all() for t in tree_leaves(values) if isinstance(t, torch.Tensor))


def find_bad(model, x, loss_fn):
    static = [("input", "", x)]
    static += [("parameter", n, p) for n, p in model.named_parameters()]
    static += [("buffer", n, b) for n, b in model.named_buffers()]
    for kind, name, value in static:
        if not good(value):
            return kind, name
    found = []
    grads = [(p, p.grad) for p in model.parameters()]
    with ExitStack() as stack:
        for part in model.modules():
            for n, t in part.named_buffers(recurse=False):
                stack.callback(setattr, part, n, t.clone())
        for p, g in grads:
            stack.callback(setattr, p, "grad", g)
            p.grad = None
        for name, module in model.named_modules():

            def hook(module, args, kwargs, output, name=name):
                if not found and good(args, kwargs) and not good(output):
                    found.append(("forward", name))

            stack.callback(module.register_forward_hook(hook, with_kwargs=True).remove)
        with torch.set_grad_enabled(True):
            loss = loss_fn(model(x.detach()))
            if found:
                return found[0]
            if not good(loss):
                return "loss", ""
            if loss.requires_grad:
                loss.backward()
        for name, p in model.named_parameters():
            if not good(p.grad):
                return "gradient", name
    return None
