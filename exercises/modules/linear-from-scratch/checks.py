import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchdojo.checkers import (
    assert_close,
    assert_distribution,
    assert_dtype,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
)


def layers(submission, rng, n, m, bias=True):
    """Their layer and PyTorch's with the same weights."""
    built_in = nn.Linear(n, m, bias=bias)
    with torch.no_grad():
        for parameter in built_in.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
    theirs = submission.Linear(n, m, bias=bias)
    theirs.load_state_dict(built_in.state_dict())
    return theirs, built_in


def test_weight_and_bias_are_parameters(submission):
    """A plain tensor attribute is not trained, saved or moved: wrap it in nn.Parameter. The weight is (out, in)."""
    layer = submission.Linear(3, 5)
    assert_registered_parameters(layer, {"weight": (5, 3), "bias": (5,)})
    for name, value in layer.named_parameters():
        assert_dtype(value, torch.float32, name)
        assert value.requires_grad, f"{name} does not require a gradient"
    assert set(layer.state_dict()) == {"weight", "bias"}, "the state dict holds weight and bias"


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 5), (5, 3), (4, 4)], ids=["1 to 1", "3 to 5", "5 to 3", "4 to 4"])
def test_weighted_sum_plus_bias(submission, rng, n, m):
    """y = x W^T + b. A square weight hides a forgotten transpose: only the values show it."""
    theirs, built_in = layers(submission, rng, n, m)
    x = torch.randn(6, n, generator=rng)
    assert_close(theirs(x), F.linear(x, built_in.weight, built_in.bias))


def test_without_bias(submission, rng):
    """With bias=False the attribute is None, it is no parameter, and nothing is added."""
    theirs, built_in = layers(submission, rng, 3, 2, bias=False)
    assert_registered_parameters(theirs, {"weight": (2, 3)})
    assert theirs.bias is None, "bias is not None"
    x = torch.randn(4, 3, generator=rng)
    assert_close(theirs(x), x @ built_in.weight.T)


@pytest.mark.parametrize("lead", [(), (1,), (0,), (2, 3), (2, 1, 3)], ids=str)
def test_any_leading_dimensions(submission, rng, lead):
    """Only the last dimension is used: a single vector, a batch, a batch of sequences, an empty batch."""
    theirs, built_in = layers(submission, rng, 4, 2)
    x = torch.randn(*lead, 4, generator=rng)
    got = theirs(x)
    assert_shape(got, (*lead, 2))
    assert_close(got, built_in(x))


def test_transposed_inputs(submission, rng):
    """The input may be a view with strides of its own: view() fails there."""
    theirs, built_in = layers(submission, rng, 4, 2)
    x = torch.randn(4, 3, 5, generator=rng).transpose(0, 2)
    assert_close(theirs(x), built_in(x))


def test_gradients_reach_input_weight_and_bias(submission, rng):
    """Use the parameters themselves in forward: .data and .detach() cut them off."""
    theirs, built_in = layers(submission, rng, 3, 2)
    theirs.to(torch.float64), built_in.to(torch.float64)
    x = torch.randn(2, 4, 3, generator=rng, dtype=torch.float64)
    assert_gradients(theirs, built_in, x)
    theirs.zero_grad(), built_in.zero_grad()
    theirs(x).pow(2).sum().backward(), built_in(x).pow(2).sum().backward()
    for name, parameter in built_in.named_parameters():
        gradient = theirs.gradients()[name]
        assert gradient is not None, f"no gradient reached {name}"
        assert_close(gradient, parameter.grad, label=f"the gradient of {name}")


@pytest.mark.parametrize("width", [4, 100])
def test_start_is_scaled_by_the_inputs(submission, width):
    """Uniform between -b and b with b = 1 / sqrt(in_features). An unscaled start multiplies the size of the signal."""
    layer, b = submission.Linear(width, 3000), width**-0.5
    for name in ("weight", "bias"):
        values = getattr(layer, name).detach().flatten()
        assert values.abs().max() <= b + 1e-6, f"{name} leaves [-{b}, {b}]"
        assert_distribution(values, mean=0.0, std=b / 3**0.5, low=-b, high=b)


def test_two_layers_start_differently(submission):
    """Draw from torch's global generator, and do not set its seed yourself."""
    first, second = submission.Linear(3, 4), submission.Linear(3, 4)
    assert not torch.equal(first.weight, second.weight), "two layers have the same weights"
    assert not torch.equal(first.bias, second.bias), "two layers have the same bias"


@pytest.mark.parametrize("width", [1, 2, 4])
def test_another_width_is_refused(submission, rng, width):
    """Compare the last dimension with in_features and raise a ValueError: a width of 1 could be broadcast silently."""
    layer = submission.Linear(3, 2)
    with pytest.raises(ValueError):
        layer(torch.randn(5, width, generator=rng))
