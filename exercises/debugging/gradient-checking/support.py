"""Functions to be checked, right and wrong ones."""

import torch


class Watched:
    """A function that notes what it is called with."""

    def __init__(self):
        self.calls = []
        self.values = []

    def __call__(self, *inputs):
        self.calls.append([(x.dtype, x.is_contiguous(), torch.is_grad_enabled()) for x in inputs])
        self.values.append([x.detach().clone() for x in inputs])
        return sum((x * x).sum() for x in inputs)


class Peeks:
    """Looks at the caller's tensor while it is called."""

    def __init__(self, tensor):
        self.tensor, self.before = tensor, tensor.clone()
        self.moved = 0

    def __call__(self, x):
        self.moved += not torch.equal(self.tensor, self.before)
        return (x * x).sum()


def dot(a, b):
    return (a * b).sum()


def cubes(a, b):
    return (a**3).sum() + (2 * b).sin().sum() * 0.5


def product(a, b):
    return (a @ b).square().mean()


def first_only(a, b):
    return (a * a).sum()


def of_steps(a):
    """Its slope at 1 with eps = 0.5 tells how the difference is taken."""
    return (a**3).sum()


def constant(a):
    return torch.ones(1, dtype=torch.float64)


def unpacked(a, b):
    """Wants views: fails on what is not contiguous."""
    return (a.view(-1) * a.view(-1)).sum() + b.view(-1).sum()


def no_inputs():
    return torch.tensor(3.0)


def vector(a):
    return a * 2


def number(a):
    return 3.0


def nothing(a):
    return a[:0]


def one_in_brackets(a):
    return a.sum().square().reshape(1, 1)


class _Double(torch.autograd.Function):
    """A square whose backward is wrong by a given factor where a mask says so."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x, factor)
        return x * x

    @staticmethod
    def backward(ctx, gradient):
        x, factor = ctx.saved_tensors
        return gradient * 2 * x * factor, None


class Wrong:
    """Sum of squares of the input with this number; its gradient is multiplied by `factor`."""

    def __init__(self, factor, which=0):
        self.factor, self.which = factor, which

    def __call__(self, *inputs):
        total = sum((x * x).sum() for i, x in enumerate(inputs) if i != self.which)
        return total + _Double.apply(inputs[self.which], self.factor.to(torch.float64)).sum()


class Slope(torch.autograd.Function):
    """Sum of the input; backward gives whatever it is told."""

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(slope)
        return x.sum()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0], None


class Sloped:
    def __init__(self, slope):
        self.slope = slope.double()

    def __call__(self, x):
        return Slope.apply(x, self.slope)


class Cliff:
    """Infinite on one side: the measured slope is infinite, and so is what autograd gives."""

    def __call__(self, x):
        return Slope.apply(x, torch.full_like(x, torch.inf)) + torch.where(x > 0, torch.inf, 0.0).sum().detach()
