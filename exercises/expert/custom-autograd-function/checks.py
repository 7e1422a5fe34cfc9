import math

import pytest
import torch

import support
from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_finite,
    assert_gradients,
    assert_shape,
    assert_true_gradients,
    unchanged,
)

SHAPES = [((1,), ()), ((3,), (1,)), ((2, 3), (3,)), ((2, 3, 4), (3, 1)), ((2, 3), (2, 3))]


def plain_swish(x, beta):
    return x / (1 + torch.exp(-beta * x))


def plain_quantise(x, scale, low, high):
    """One element after the other."""
    values = [min(max(round(v / scale), low), high) * scale for v in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)


def test_both_are_functions(submission):
    """Both names are subclasses of torch.autograd.Function."""
    for name in ("Swish", "FakeQuantise"):
        assert submission.support.is_function(getattr(submission, name)), f"{name} is no subclass of autograd.Function"


@pytest.mark.parametrize(("shape", "wide"), SHAPES, ids=str)
def test_swish(submission, rng, shape, wide):
    """x times the sigmoid of beta times x, with beta broadcast over x."""
    x, beta = 2 * torch.randn(shape, generator=rng), torch.randn(wide, generator=rng)
    got = submission.Swish.apply(x, beta)
    assert_shape(got, shape, "the result")
    assert_close(got, plain_swish(x, beta), label="the result")


@pytest.mark.parametrize(("shape", "wide"), SHAPES, ids=str)
def test_gradients_of_swish(submission, rng, shape, wide):
    """beta's gradient is summed over everything beta was broadcast to, and has beta's shape. Multiply by the upstream gradient."""
    x, beta = torch.randn(shape, generator=rng, dtype=torch.float64), torch.randn(wide, generator=rng, dtype=torch.float64)
    assert_gradients(submission.Swish.apply, plain_swish, x, beta)


def test_gradients_of_swish_against_differences(submission, rng):
    """The derivatives as differences: nudge each entry a little and see how the result moves."""
    x, beta = torch.randn(2, 3, generator=rng, dtype=torch.float64), torch.randn(3, generator=rng, dtype=torch.float64)
    assert_true_gradients(submission.Swish.apply, x, beta)


@pytest.mark.parametrize(("shape", "wide"), [((2,), ()), ((2, 3), (3,))], ids=str)
def test_swish_can_be_differentiated_twice(submission, rng, shape, wide):
    """Write backward from differentiable operations on saved tensors: no detach, no once_differentiable, no numbers kept from forward."""
    x, beta = torch.randn(shape, generator=rng, dtype=torch.float64), torch.randn(wide, generator=rng, dtype=torch.float64)
    upstream = torch.randn(shape, generator=rng, dtype=torch.float64)
    got = submission.support.second_order(submission.Swish.apply, x, beta, upstream)
    expected = support.second_order(plain_swish, x, beta, upstream)
    for name, mine, other in zip(("x", "beta", "the upstream gradient"), got, expected, strict=True):
        assert_close(mine, other, label=f"the second derivative by {name}", rtol=1e-6, atol=1e-8)


def test_swish_keeps_its_inputs_only(submission, rng):
    """The sigmoid can be computed again in backward: keeping it would cost as much memory as x."""
    x, beta = torch.randn(8, 16, generator=rng), torch.randn(16, generator=rng)
    kept = submission.support.kept_bytes(submission.Swish.apply, x, beta)
    assert kept == 0, f"the graph keeps {kept} bytes besides x and beta, which have {x.nbytes} and {beta.nbytes}"


@pytest.mark.parametrize("which", [0, 1], ids=["x", "beta"])
def test_changes_in_place_are_noticed(submission, rng, which):
    """save_for_backward remembers the version of a tensor; an attribute of ctx does not, and gives wrong gradients in silence."""
    x, beta = torch.randn(2, 3, generator=rng), torch.randn(3, generator=rng)
    raised = submission.support.changed_in_between(submission.Swish.apply, x, beta, which)
    assert raised == "RuntimeError", f"backward should have raised autograd's RuntimeError; it raised {raised}"


def test_gradients_nobody_needs(submission, rng):
    """Ask ctx.needs_input_grad before you compute a gradient."""
    x, beta = torch.randn(2, 3, generator=rng), torch.randn(3, generator=rng)
    both = submission.support.backward_calls(submission.Swish.apply, x, beta, True, True)
    for name, needs in (("x", (True, False)), ("beta", (False, True))):
        alone = submission.support.backward_calls(submission.Swish.apply, x, beta, *needs)
        assert alone < both, f"{alone} operations for the gradient of {name} alone, {both} for both"


def test_large_values_of_swish(submission):
    """exp(10000) is infinite, and infinity over infinity is NaN: use torch.sigmoid."""
    x = torch.tensor([1e4, -1e4, 1e4, -1e4, 0.0], requires_grad=True)
    beta = torch.tensor([1.0, 1.0, -1.0, 1e4, 1e4], requires_grad=True)
    y = submission.Swish.apply(x, beta)
    assert_close(y.detach(), torch.tensor([1e4, 0.0, 0.0, 0.0, 0.0]), label="the result")
    gx, gb = torch.autograd.grad(y.sum(), (x, beta))
    assert_close(gx, torch.tensor([1.0, 0.0, 0.0, 0.0, 0.5]), label="the gradient of x")
    assert_close(gb, torch.zeros(5), label="the gradient of beta")


@pytest.mark.parametrize(("shape", "wide"), [((3,), (2,)), ((3,), (2, 3)), ((1, 3), (2, 1)), ((3,), (1, 3))], ids=str)
def test_beta_must_fit_x(submission, rng, shape, wide):
    """The result has the shape of x: a beta with more dimensions, or larger ones, raises a ValueError."""
    with pytest.raises(ValueError):
        submission.Swish.apply(torch.randn(shape, generator=rng), torch.randn(wide, generator=rng))


@pytest.mark.parametrize(
    ("scale", "low", "high"), [(1.0, -3, 3), (0.5, -2, 1), (0.25, 0, 15), (1.0, 2, 2), (3.0, -1, 1)], ids=str
)
def test_quantised_values(submission, rng, scale, low, high):
    """Divide, round, clamp to low and high, and multiply again, in this order."""
    x = 3 * torch.randn(3, 4, generator=rng, dtype=torch.float64)
    x[0] = torch.tensor([0.5, 1.5, -2.5, 0.0], dtype=torch.float64) * scale
    assert_close(submission.FakeQuantise.apply(x, scale, low, high), plain_quantise(x, scale, low, high), label="the result")


@pytest.mark.parametrize(("scale", "low", "high"), [(1.0, -3, 3), (0.5, -2, 1), (2.0, 1, 3)], ids=str)
def test_gradients_pass_straight_through(submission, rng, scale, low, high):
    """The upstream gradient passes where low <= x / scale <= high, both ends included. A value just outside rounds to the end, but gets 0."""
    steps = torch.tensor([low - 5, low - 0.25, low, low + 0.25, high - 0.25, high, high + 0.25, high + 5])
    x = (steps * scale).requires_grad_()
    upstream = torch.randn(8, generator=rng)
    y = submission.FakeQuantise.apply(x, scale, low, high)
    (got,) = torch.autograd.grad(y, x, upstream)
    expected = [g if low <= s <= high else 0.0 for g, s in zip(upstream.tolist(), steps.tolist(), strict=True)]
    assert_close(got, torch.tensor(expected), label="the gradient of x")


def test_quantiser_keeps_one_byte_per_element(submission, rng):
    """Backward needs one yes or no per element: a bool mask takes a byte, a float mask four, and x itself is not needed any more."""
    x = torch.randn(8, 16, generator=rng)
    scratch = submission.keep(x)
    with submission.counting() as counted:
        submission.FakeQuantise.apply(scratch.clone().requires_grad_(), 0.5, -2, 2)
    kept = submission.support.kept_bytes(submission.FakeQuantise.apply, x, 0.5, -2, 2)
    assert kept <= x.numel(), f"the graph keeps {kept} bytes for {x.numel()} elements"
    assert counted.saved_bytes <= x.numel(), f"the graph keeps {counted.saved_bytes} bytes for {x.numel()} elements"


@pytest.mark.parametrize(("scale", "low", "high"), [(0.0, -1, 1), (-0.5, -1, 1), (1.0, 2, 1)], ids=str)
def test_impossible_grids_are_refused(submission, rng, scale, low, high):
    """A grid needs a positive scale and a low that is not above high: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.FakeQuantise.apply(torch.randn(3, generator=rng), scale, low, high)


def test_views_and_empty_tensors(submission, rng):
    """Inputs may be transposed or empty, and are not changed."""
    x, beta = torch.randn(3, 4, generator=rng), torch.randn(3, generator=rng)
    with unchanged(x, beta):
        assert_close(submission.Swish.apply(x.t(), beta), plain_swish(x.t(), beta), label="swish")
        got = submission.FakeQuantise.apply(x.t(), 0.5, -2, 2)
    assert_close(got, plain_quantise(x.t(), 0.5, -2, 2), label="the quantised x")
    nothing, beta = torch.zeros(0, 3, requires_grad=True), beta.requires_grad_()
    for y in (submission.Swish.apply(nothing, beta), submission.FakeQuantise.apply(nothing, 0.5, 0, 2)):
        assert_shape(y, (0, 3), "the result for an empty tensor")
        y.sum().backward()
    assert_close(beta.grad, torch.zeros(3), label="the gradient of beta for an empty x")


def test_dtypes(submission, rng):
    """float32 stays float32 and float64 stays float64, in results and gradients."""
    for dtype in (torch.float32, torch.float64):
        x, beta = (torch.randn(2, 3, generator=rng).to(dtype).requires_grad_() for _ in range(2))
        y = submission.Swish.apply(x, beta) + submission.FakeQuantise.apply(x, math.pi, -1, 1)
        assert_dtype(y, dtype, "the result")
        y.sum().backward()
        for name, value in (("x", x), ("beta", beta)):
            assert_dtype(value.grad, dtype, f"the gradient of {name}")
            assert_finite(value.grad, f"the gradient of {name}")
