import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_equal, assert_gradients, assert_registered_parameters, assert_shape, unchanged

BLOCKS = [(2, 2, 1), (2, 3, 1), (3, 3, 2), (2, 4, 2)]


def filled(submission, reference, rng, i, o, stride):
    state = support.random_state(support.shapes(i, o, stride != 1 or i != o), rng)
    theirs, ours = submission.ConvResidualBlock(i, o, stride), reference.ConvResidualBlock(i, o, stride)
    ours.load_state_dict(state)
    theirs.load_state_dict(state)
    return theirs, ours, state


def norm(x, state, name):
    """Batch norm in evaluation mode, written out."""
    part = {key: state[f"{name}.{key}"].view(-1, 1, 1) for key in ("weight", "bias", "running_mean", "running_var")}
    return (x - part["running_mean"]) / (part["running_var"] + 1e-5).sqrt() * part["weight"] + part["bias"]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_parameters_have_the_promised_names(submission, block):
    """conv1, bn1, conv2, bn2, without biases in the convolutions; shortcut.0 and shortcut.1 only where the shapes differ."""
    i, o, stride = block
    table = support.shapes(i, o, stride != 1 or i != o)
    theirs = submission.ConvResidualBlock(i, o, stride)
    assert_registered_parameters(theirs, {n: s for n, s in table.items() if "running" not in n and "tracked" not in n})
    assert_equal(set(theirs.state_dict()), set(table), label="the names in the state dict")


@pytest.mark.parametrize("block", BLOCKS, ids=str)
@pytest.mark.parametrize("size", [(4, 4), (5, 3), (1, 1)], ids=["4x4", "5x3", "1x1"])
def test_output_shape(submission, block, size):
    """The stride divides height and width once, rounded up, on both paths."""
    i, o, stride = block
    got = submission.ConvResidualBlock(i, o, stride).eval()(torch.zeros(2, i, *size))
    assert_shape(got, (2, o, -(-size[0] // stride), -(-size[1] // stride)))
    if stride == 1:
        assert_shape(submission.ConvResidualBlock(i, o).eval()(torch.zeros(1, i, *size)), (1, o, *size))


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_values_in_evaluation_mode(submission, reference, rng, block):
    """Main path: conv1, bn1, ReLU, conv2, bn2. Add the shortcut of the *input*, then the last ReLU."""
    theirs, _, state = filled(submission, reference, rng, *block)
    x = torch.randn(2, block[0], 5, 4, generator=rng)
    out = F.relu(norm(F.conv2d(x, state["conv1.weight"], stride=block[2], padding=1), state, "bn1"))
    out = norm(F.conv2d(out, state["conv2.weight"], padding=1), state, "bn2")
    way = x
    if "shortcut.0.weight" in state:
        way = norm(F.conv2d(x, state["shortcut.0.weight"], stride=block[2]), state, "shortcut.1")
    assert_close(theirs.eval()(x), F.relu(out + way), rtol=1e-3)


def test_shortcut_carries_the_input(submission, reference, rng):
    """With a main path of zeros nothing is left but ReLU of the input: the ReLU comes after the sum, and the input is not normed."""
    theirs, _, state = filled(submission, reference, rng, 3, 3, 1)
    theirs.load_state_dict({**state, "bn2.weight": torch.zeros(3), "bn2.bias": torch.zeros(3)})
    x = torch.randn(1, 3, 4, 4, generator=rng)
    assert_close(theirs.eval()(x), x.clamp(min=0))


@pytest.mark.parametrize("block", [(2, 2, 1), (2, 4, 2)], ids=str)
def test_values_and_statistics_in_training_mode(submission, reference, rng, block):
    """Each batch norm is applied once per call, so its running statistics move once, and no norm serves twice."""
    theirs, ours, _ = filled(submission, reference, rng, *block)
    x = torch.randn(3, block[0], 4, 4, generator=rng)
    assert_close(theirs.train()(x), ours.train()(x), rtol=1e-3)
    for name, value in ours.state_dict().items():
        assert_close(theirs.state_dict()[name], value, label=name)


@pytest.mark.parametrize("block", [(2, 2, 1), (2, 3, 2)], ids=str)
def test_gradients(submission, reference, rng, block):
    """Gradients reach the input on both paths."""
    theirs, ours, _ = filled(submission, reference, rng, *block)
    theirs.eval(), ours.eval()
    theirs.to(torch.float64), ours.double()
    assert_gradients(theirs, ours, torch.randn(2, block[0], 3, 3, generator=rng, dtype=torch.float64))


def test_input_stays_as_it_is(submission, reference, rng):
    """`out += x` is harmless, but a ReLU in place on x, or x += out, changes what the caller still needs."""
    theirs, ours, _ = filled(submission, reference, rng, 2, 2, 1)
    x = torch.randn(1, 2, 4, 4, generator=rng)
    with torch.no_grad(), unchanged(x):
        theirs.eval()(x)
    strided = torch.randn(1, 4, 4, 2, generator=rng).permute(0, 3, 1, 2)
    assert_close(theirs.eval()(strided), ours.eval()(strided), rtol=1e-3)
