# style: calls the function once at the inputs to see what it gives
import torch


def _value(function, xs):
    y = function(*xs)
    if not isinstance(y, torch.Tensor) or y.numel() != 1:
        raise ValueError("one number")
    return y


def _copies(inputs):
    return [x.detach().to(torch.float64, copy=True).contiguous() for x in inputs]


@torch.no_grad()
def numerical_gradients(function, inputs, eps=1e-6):
    base = _copies(inputs)
    out = [torch.zeros_like(b) for b in base]
    _value(function, _copies(base))
    for i, b in enumerate(base):
        for j in range(b.numel()):
            v = []
            for sgn in (1, -1):
                xs = _copies(base)
                xs[i].view(-1)[j] += sgn * eps
                v.append(float(_value(function, xs)))
            out[i].view(-1)[j] = (v[0] - v[1]) / (2 * eps)
    return out


def check_gradients(function, inputs, eps=1e-6, atol=1e-5, rtol=1e-3):
    measured = numerical_gradients(function, inputs, eps)
    with torch.enable_grad():
        xs = [c.requires_grad_() for c in _copies(inputs)]
        y = _value(function, xs)
        if xs and y.requires_grad:
            auto = torch.autograd.grad(y.sum(), xs, allow_unused=True, materialize_grads=True)
        else:
            auto = [torch.zeros_like(x) for x in xs]
    bad = []
    for i, (a, m) in enumerate(zip(auto, measured)):
        ok = torch.isfinite(a) & ((a - m).abs() <= atol + rtol * m.abs())
        for pos in (~ok).nonzero().tolist():
            pos = tuple(pos)
            bad.append((i, pos, a[pos].item(), m[pos].item()))
    return bad
