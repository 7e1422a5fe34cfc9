import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import (
    assert_close,
    assert_distribution,
    assert_equal,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
)

NETS = [(1, 2, 2, (1,)), (3, 4, 2, (1, 2)), (2, 3, 3, (2, 1, 1))]
each_net = pytest.mark.parametrize("net", NETS, ids=lambda net: f"blocks={net[3]}")


def loaded(submission, reference, rng, net):
    state = support.random_state(support.shapes(*net), rng)
    theirs, ours = submission.SmallResNet(*net), reference.SmallResNet(*net)
    theirs.load_state_dict(state)
    ours.load_state_dict(state)
    return theirs, ours, state


def norm(x, state, name):
    """Batch norm in evaluation mode, written out."""
    part = {key: state[f"{name}.{key}"].view(-1, 1, 1) for key in ("weight", "bias", "running_mean", "running_var")}
    return (x - part["running_mean"]) / (part["running_var"] + 1e-5).sqrt() * part["weight"] + part["bias"]


def expected_features(state, x, blocks):
    """The network in evaluation mode, from its state dict alone."""
    x = norm(F.conv2d(x, state["conv1.weight"], padding=1), state, "bn1").clamp(min=0)
    for s, count in enumerate(blocks):
        for b in range(count):
            name, stride = f"stages.{s}.{b}", 2 if s > 0 and b == 0 else 1
            out = F.conv2d(x, state[f"{name}.conv1.weight"], stride=stride, padding=1)
            out = F.conv2d(norm(out, state, f"{name}.bn1").clamp(min=0), state[f"{name}.conv2.weight"], padding=1)
            if f"{name}.shortcut.0.weight" in state:
                x = norm(F.conv2d(x, state[f"{name}.shortcut.0.weight"], stride=stride), state, f"{name}.shortcut.1")
            x = (norm(out, state, f"{name}.bn2") + x).clamp(min=0)
    return x.flatten(2).mean(2)


@each_net
def test_parameters_have_the_promised_names(submission, net):
    """conv1, bn1, stages.k.i with the block's own names, and fc. The width doubles from stage to stage."""
    theirs, table = submission.SmallResNet(*net), support.shapes(*net)
    learned = {n: s for n, s in table.items() if "running" not in n and "tracked" not in n}
    assert_registered_parameters(theirs, learned)
    assert_equal(set(theirs.state_dict()), set(table), label="the names in the state dict")


def test_defaults(submission):
    """Without further arguments the width is 16 and there are three stages of two blocks."""
    theirs, table = submission.SmallResNet(3, 10), support.shapes(3, 10, 16, (2, 2, 2))
    assert_registered_parameters(theirs, {n: s for n, s in table.items() if "running" not in n and "tracked" not in n})


@each_net
def test_features_in_evaluation_mode(submission, reference, rng, net):
    """Stem with ReLU, all stages in order, the first block of each but the first stage with stride 2, then the mean over space."""
    theirs, _, state = loaded(submission, reference, rng, net)
    x = torch.randn(2, net[0], 6, 5, generator=rng)
    got = theirs.eval().features(x)
    assert_shape(got, (2, net[2] * 2 ** (len(net[3]) - 1)))
    assert_close(got, expected_features(state, x, net[3]), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1, 1), (3, 7, 4), (0, 4, 4)], ids=["one pixel", "7x4", "an empty batch"])
def test_logits_for_images_of_any_size(submission, reference, rng, size):
    """fc is applied to the features, and no softmax to its result. The size of the image is free, and so is the batch."""
    net = NETS[1]
    theirs, _, state = loaded(submission, reference, rng, net)
    x = torch.randn(size[0], 3, *size[1:], generator=rng)
    got = theirs.eval()(x)
    assert_shape(got, (size[0], 4))
    features = expected_features(state, x, net[3])
    assert_close(got, features @ state["fc.weight"].T + state["fc.bias"], rtol=1e-3, atol=1e-4)


def test_values_and_statistics_in_training_mode(submission, reference, rng):
    """One pass moves the statistics of every norm once. Logits are computed in one pass, not features and then all again."""
    theirs, ours, _ = loaded(submission, reference, rng, NETS[1])
    x = torch.randn(4, 3, 6, 6, generator=rng)
    assert_close(theirs.train()(x), ours.train()(x), rtol=1e-2, atol=1e-3)
    state = theirs.state_dict()
    for name, value in ours.state_dict().items():
        assert_close(state[name], value, rtol=1e-3, atol=1e-4, label=name)


def test_gradients(submission, reference, rng):
    """Gradients reach the image and every parameter."""
    theirs, ours, _ = loaded(submission, reference, rng, NETS[1])
    theirs.eval().to(torch.float64), ours.eval().double()
    x = torch.randn(2, 3, 4, 4, generator=rng, dtype=torch.float64)
    assert_gradients(theirs, ours, x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x).pow(2).sum().backward(), ours(x).pow(2).sum().backward()
    found = theirs.gradients()
    for name, parameter in ours.named_parameters():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], parameter.grad, label=f"the gradient of {name}")


def test_convolutions_start_normal(submission):
    """The standard deviation is sqrt(2 / (k * k * out_channels)), in the projections too: mode="fan_out", and k is 1 there."""
    theirs = submission.SmallResNet(16, 2, 16, (1, 1, 1))
    state = theirs.state_dict()
    for name in ("conv1", "stages.0.0.conv2", "stages.1.0.conv1", "stages.2.0.shortcut.0"):
        weight = state[f"{name}.weight"]
        std = (2 / (weight.shape[0] * weight.shape[2] * weight.shape[3])) ** 0.5
        assert_distribution(weight, mean=0.0, std=std, label=f"{name}.weight")
        beyond = (weight.abs() > 2 * std).float().mean()
        assert 0.01 < beyond < 0.1, f"{name}.weight is not drawn from a normal distribution"


def test_blocks_start_as_their_shortcut(submission):
    """bn2.weight is 0 in every block, and only there: in the stem's norm and in the others a zero would kill the signal."""
    theirs = submission.SmallResNet(2, 3, 4, (2, 1))
    for name, value in theirs.state_dict().items():
        if name.endswith(("bn1.weight", "shortcut.1.weight", "bn2.weight")):
            expected = torch.zeros_like(value) if name.endswith("bn2.weight") else torch.ones_like(value)
            assert_close(value, expected, label=name)


def test_images_with_channels_last(submission, reference, rng):
    """The image may be a view with strides of its own: use flatten or mean, not view."""
    theirs, _, state = loaded(submission, reference, rng, NETS[0])
    x = torch.randn(2, 5, 4, 1, generator=rng).permute(0, 3, 1, 2)
    assert_close(theirs.eval().features(x), expected_features(state, x, (1,)), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shape", [(3, 3, 8), (1, 1, 8, 8), (1, 4, 8, 8)], ids=str)
def test_other_shapes_are_refused(submission, shape):
    """Compare the number of dimensions and the channels, and raise a ValueError; features(x) refuses them as well."""
    theirs = submission.SmallResNet(3, 2, 2, (1,)).eval()
    with pytest.raises(ValueError):
        theirs(torch.zeros(shape))
    with pytest.raises(ValueError):
        theirs.features(torch.zeros(shape))


@pytest.mark.parametrize("blocks", [(), (1, 0), (-1,)], ids=str)
def test_empty_stages_are_refused(submission, blocks):
    """A stage without blocks cannot change the channels: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.SmallResNet(3, 2, 2, blocks)
