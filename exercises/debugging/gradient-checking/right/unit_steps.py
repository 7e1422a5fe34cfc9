# style: builds shifted inputs by adding steps, one row of an identity matrix at a time
import torch


def one(result):
    if torch.is_tensor(result) and result.numel() == 1:
        return result.reshape(())
    raise ValueError("not a scalar")


def numerical_gradients(function, inputs, eps=1e-6):
    base = [x.detach().double().contiguous().clone() for x in inputs]
    slopes = []
    for k, x in enumerate(base):
        found = []
        for step in torch.eye(x.numel(), dtype=torch.float64) * eps:
            both = []
            for sign in (1, -1):
                moved = [b.clone() for b in base]
                moved[k] = x + sign * step.reshape(x.shape)
                with torch.no_grad():
                    both.append(one(function(*moved)).double())
            found.append((both[0] - both[1]) / (2 * eps))
        slopes.append(torch.stack(found).reshape(x.shape) if found else torch.zeros_like(x))
    return slopes


def check_gradients(function, inputs, eps=1e-6, atol=1e-5, rtol=1e-3):
    measured = numerical_gradients(function, inputs, eps)
    leaves = [x.detach().double().contiguous().clone().requires_grad_() for x in inputs]
    with torch.enable_grad():
        y = one(function(*leaves))
        if y.requires_grad:
            y.backward()
    out = []
    for k, (leaf, m) in enumerate(zip(leaves, measured, strict=True)):
        a = torch.zeros_like(m) if leaf.grad is None else leaf.grad
        bad = ~((a - m).abs() - rtol * m.abs() <= atol) | a.isnan() | a.isinf()
        out += [(k, tuple(int(i) for i in p), float(a[tuple(p)]), float(m[tuple(p)])) for p in bad.nonzero()]
    return out
