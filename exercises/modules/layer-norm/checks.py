import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchdojo.checkers import (
    assert_close,
    assert_finite,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
)


def layers(submission, rng, shape, eps=1e-5):
    """Their layer and PyTorch's with the same weights."""
    built_in = nn.LayerNorm(shape, eps=eps)
    with torch.no_grad():
        for parameter in built_in.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
    theirs = submission.LayerNorm(shape, eps=eps)
    theirs.load_state_dict(built_in.state_dict())
    return theirs, built_in


@pytest.mark.parametrize("shape", [4, (4,), (2, 3)], ids=str)
def test_weight_and_bias_start_as_ones_and_zeros(submission, shape):
    """weight and bias are parameters of the normalised shape; an int n means (n,)."""
    layer = submission.LayerNorm(shape)
    full = (shape,) if isinstance(shape, int) else shape
    assert_registered_parameters(layer, {"weight": full, "bias": full})
    assert_close(layer.weight, torch.ones(full), label="weight")
    assert_close(layer.bias, torch.zeros(full), label="bias")
    submission.LayerNorm(shape).load_state_dict({"weight": torch.zeros(full), "bias": torch.ones(full)})
    assert_close(layer.weight, torch.ones(full), label="weight, after a second layer was given other values")


@pytest.mark.parametrize("lead", [(), (1,), (5,), (2, 3)], ids=str)
def test_each_sample_by_itself(submission, rng, lead):
    """Mean and variance are those of one sample over its last dimension: batch and positions must not be mixed in."""
    layer = submission.LayerNorm(6, eps=1e-9)
    x = 3 * torch.randn(*lead, 6, generator=rng) + 2
    got = layer(x)
    assert_shape(got, x.shape)
    assert_close(got.mean(-1), torch.zeros(lead), label="the mean of each sample", atol=1e-5)
    assert_close(got.var(-1, correction=0), torch.ones(lead), label="the variance of each sample, dividing by n")


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)], ids=str)
def test_several_dimensions_at_once(submission, rng, shape):
    """With (3, 4) the twelve values share one mean and one variance: take the mean over both dimensions together."""
    theirs, _ = layers(submission, rng, shape)
    x = torch.randn(2, 3, *shape, generator=rng)
    assert_close(theirs(x), F.layer_norm(x, shape, theirs.weight, theirs.bias))


@pytest.mark.parametrize("eps", [1e-5, 0.1, 2.0])
def test_eps_under_the_root(submission, rng, eps):
    """Divide by sqrt(variance + eps). Adding eps to the standard deviation is something else."""
    theirs, built_in = layers(submission, rng, 5, eps)
    x = 0.02 * torch.randn(4, 5, generator=rng)
    assert_close(theirs(x), built_in(x))


def test_default_eps(submission):
    """eps is 1e-5 unless it is given."""
    x = torch.tensor([[0.001, -0.001]])
    assert_close(submission.LayerNorm(2)(x), F.layer_norm(x, (2,)))


def test_values_far_from_zero(submission, rng):
    """The mean of squares minus the square of the mean loses all digits here: subtract the mean first, then square."""
    x = torch.randn(3, 16, generator=rng) + 5000
    got = submission.LayerNorm(16)(x)
    assert_close(got, F.layer_norm(x.double(), (16,)).float(), rtol=1e-2, atol=1e-2)


def test_sample_of_equal_values(submission, rng):
    """The variance is 0: the result is the bias. The root of 0 has no finite slope, so eps has to be inside of it."""
    theirs, built_in = layers(submission, rng, 4)
    x = torch.full((2, 4), 3.0, requires_grad=True)
    got = theirs(x)
    assert_close(got, built_in.bias.expand(2, 4))
    (gradient,) = torch.autograd.grad(got.square().sum(), x)
    assert_finite(gradient, "the gradient")


@pytest.mark.parametrize("shape", [(4,), (2, 3)], ids=str)
def test_gradients_reach_input_weight_and_bias(submission, rng, shape):
    """Mean and variance depend on x, and their part of the gradient belongs to it: nothing may be detached."""
    theirs, built_in = layers(submission, rng, shape)
    theirs.to(torch.float64), built_in.to(torch.float64)
    x = torch.randn(3, *shape, generator=rng, dtype=torch.float64)
    assert_gradients(theirs, built_in, x)
    theirs.zero_grad(), built_in.zero_grad()
    theirs(x).pow(2).sum().backward(), built_in(x).pow(2).sum().backward()
    for name, parameter in built_in.named_parameters():
        assert_close(theirs.gradients()[name], parameter.grad, label=f"the gradient of {name}")


def test_modes_do_not_differ(submission, rng):
    """There are no running statistics: train() and eval() agree, and so do a sample alone and in a batch."""
    theirs, _ = layers(submission, rng, 4)
    x, y = torch.randn(3, 4, generator=rng), 10 + torch.randn(3, 4, generator=rng)
    theirs.train()
    theirs(y)
    first = theirs(x)
    theirs.eval()
    assert_close(theirs(x), first, label="the result in eval()")
    assert_close(theirs(x[:1]), first[:1], label="the result of the first sample alone")


def test_transposed_inputs(submission, rng):
    """The input may be a view with strides of its own."""
    theirs, built_in = layers(submission, rng, (3, 4))
    x = torch.randn(4, 3, 2, generator=rng).transpose(0, 2)
    assert_close(theirs(x), built_in(x))


@pytest.mark.parametrize(
    ("shape", "x"), [((4,), (2, 3)), ((4,), (2, 1)), ((3, 4), (2, 4, 3)), ((3, 4), (2, 1, 4)), ((3, 4), (4,))], ids=str
)
def test_another_shape_is_refused(submission, shape, x):
    """Compare the last dimensions of x with normalized_shape and raise a ValueError: broadcasting would hide it."""
    layer = submission.LayerNorm(shape)
    with pytest.raises(ValueError):
        layer(torch.ones(x))
