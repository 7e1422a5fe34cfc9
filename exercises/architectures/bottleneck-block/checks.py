import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import (
    assert_close,
    assert_equal,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
    unchanged,
)

BLOCKS = [(4, 1, 1), (2, 2, 1), (8, 2, 2), (3, 1, 2)]
NAMES = ["4 channels, 1 plane", "2 channels, 2 planes", "8 channels, 2 planes, stride 2", "3 channels, 1 plane, stride 2"]
each_block = pytest.mark.parametrize("block", BLOCKS, ids=NAMES)


def table(i, p, stride):
    return support.shapes(i, p, stride != 1 or i != 4 * p)


def loaded(submission, reference, rng, block):
    state = support.random_state(table(*block), rng)
    theirs, ours = submission.Bottleneck(*block), reference.Bottleneck(*block)
    ours.load_state_dict(state)
    theirs.load_state_dict(state)
    return theirs, ours, state


def norm(x, state, name):
    """Batch norm in evaluation mode, written out."""
    part = {key: state[f"{name}.{key}"].view(-1, 1, 1) for key in ("weight", "bias", "running_mean", "running_var")}
    return (x - part["running_mean"]) / (part["running_var"] + 1e-5).sqrt() * part["weight"] + part["bias"]


def expected(state, x, stride):
    """The block in evaluation mode; 1x1 convolutions as products over the channels."""
    mix = lambda t, name: torch.einsum("nchw,oc->nohw", t, state[name][:, :, 0, 0])
    out = norm(mix(x, "conv1.weight"), state, "bn1").clamp(min=0)
    out = norm(F.conv2d(out, state["conv2.weight"], stride=stride, padding=1), state, "bn2").clamp(min=0)
    out = norm(mix(out, "conv3.weight"), state, "bn3")
    if "downsample.0.weight" in state:
        x = norm(mix(x[:, :, ::stride, ::stride], "downsample.0.weight"), state, "downsample.1")
    return (out + x).clamp(min=0)


@each_block
def test_parameters_have_the_promised_names(submission, block):
    """Three convolutions without bias, three norms, and downsample only where the stride is not 1 or in_channels is not planes * 4."""
    theirs = submission.Bottleneck(*block)
    learned = {n: s for n, s in table(*block).items() if "running" not in n and "tracked" not in n}
    assert_registered_parameters(theirs, learned)
    assert_equal(set(theirs.state_dict()), set(table(*block)), label="the names in the state dict")


def test_class_knows_its_expansion(submission):
    """Code that builds networks asks the class itself, before any block exists."""
    assert submission.Bottleneck.expansion == 4


@each_block
def test_values_in_evaluation_mode(submission, reference, rng, block):
    """conv1, bn1, ReLU; conv2 with the stride, bn2, ReLU; conv3, bn3; add the shortcut of the input; ReLU."""
    theirs, _, state = loaded(submission, reference, rng, block)
    x = torch.randn(2, block[0], 5, 4, generator=rng)
    got = theirs.eval()(x)
    assert_shape(got, (2, 4 * block[1], -(-5 // block[2]), -(-4 // block[2])))
    assert_close(got, expected(state, x, block[2]), rtol=1e-3, atol=1e-4)


def test_default_is_stride_one(submission, rng):
    """Called without a stride, the block keeps height and width."""
    assert_shape(submission.Bottleneck(4, 1).eval()(torch.zeros(1, 4, 5, 3)), (1, 4, 5, 3))


@pytest.mark.parametrize("size", [(1, 1, 1), (0, 4, 4)], ids=["one pixel", "an empty batch"])
def test_small_inputs(submission, reference, rng, size):
    """An image of one pixel and a batch without images pass in evaluation mode."""
    theirs, _, state = loaded(submission, reference, rng, (3, 1, 2))
    x = torch.randn(size[0], 3, *size[1:], generator=rng)
    assert_close(theirs.eval()(x), expected(state, x, 2), rtol=1e-3, atol=1e-4)


def test_shortcut_carries_the_input(submission, reference, rng):
    """With a branch of zeros nothing is left but ReLU of the input: neither norm nor ReLU touches it before the sum."""
    theirs, _, state = loaded(submission, reference, rng, (4, 1, 1))
    theirs.load_state_dict({**state, "bn3.weight": torch.zeros(4), "bn3.bias": -torch.ones(4)})
    x = torch.randn(1, 4, 4, 4, generator=rng)
    assert_close(theirs.eval()(x), (x - 1).clamp(min=0))


@pytest.mark.parametrize("block", [(4, 1, 1), (3, 2, 2)], ids=["no projection", "projection"])
def test_values_and_statistics_in_training_mode(submission, reference, rng, block):
    """Each norm is applied once per call, so its running statistics move once, and no norm serves twice."""
    theirs, ours, _ = loaded(submission, reference, rng, block)
    x = torch.randn(3, block[0], 4, 4, generator=rng)
    assert_close(theirs.train()(x), ours.train()(x), rtol=1e-3, atol=1e-4)
    state = theirs.state_dict()
    for name, value in ours.state_dict().items():
        assert_close(state[name], value, label=name)


@pytest.mark.parametrize("block", [(4, 1, 1), (3, 1, 2)], ids=["no projection", "projection"])
def test_gradients(submission, reference, rng, block):
    """Gradients reach the input on both ways, and every convolution and norm."""
    theirs, ours, _ = loaded(submission, reference, rng, block)
    theirs.eval().to(torch.float64), ours.eval().double()
    x = torch.randn(2, block[0], 3, 3, generator=rng, dtype=torch.float64)
    assert_gradients(theirs, ours, x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x).pow(2).sum().backward(), ours(x).pow(2).sum().backward()
    found = theirs.gradients()
    for name, parameter in ours.named_parameters():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], parameter.grad, label=f"the gradient of {name}")


def test_input_stays_as_it_is(submission, reference, rng):
    """A ReLU in place on x changes what the shortcut and the caller still need. x may be a view with strides of its own."""
    theirs, _, state = loaded(submission, reference, rng, (4, 1, 1))
    x = torch.randn(1, 4, 3, 4, generator=rng).permute(0, 3, 1, 2)
    with torch.no_grad(), unchanged(x):
        got = theirs.eval()(x)
    assert_close(got, expected(state, x, 1), rtol=1e-3, atol=1e-4)
