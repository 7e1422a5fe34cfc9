import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_equal, assert_gradients, assert_registered_parameters, assert_shape

BLOCKS = [(2, 3, 1), (1, 4, 2), (3, 2, 3)]


def table(i, o, count):
    shapes = {}
    for k in range(count):
        shapes |= {f"convs.{k}.weight": (o, i if k == 0 else o, 3, 3), f"convs.{k}.bias": (o,)}
    return shapes


def loaded(submission, rng, i, o, count):
    state = {name: torch.randn(shape, generator=rng) / 2 for name, shape in table(i, o, count).items()}
    block = submission.VGGBlock(i, o, count)
    block.load_state_dict(state)
    return block, state


def expected(state, x):
    for k in range(len(state) // 2):
        x = F.conv2d(x, state[f"convs.{k}.weight"], state[f"convs.{k}.bias"], padding=1).clamp(min=0)
    h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    return torch.stack([x[:, :, i:h:2, j:w:2] for i in (0, 1) for j in (0, 1)]).amax(0)


@pytest.mark.parametrize("block", [*BLOCKS[:2], (2, 2, 4)], ids=str)
def test_every_convolution_is_registered(submission, block):
    """convs is an nn.ModuleList of num_convs layers, each with a weight and a bias of its own; only the first sees in_channels."""
    made = submission.VGGBlock(*block)
    assert_registered_parameters(made, table(*block))
    assert_equal(set(made.state_dict()), set(table(*block)), label="the names in the state dict")
    assert_equal(len(made.convs), block[2], label="the number of convolutions")


@pytest.mark.parametrize(("block", "size"), zip(BLOCKS, [(1, 4, 4), (2, 5, 3), (1, 4, 5)]), ids=str)
def test_convolutions_with_relu_and_one_pooling(submission, rng, block, size):
    """Each convolution is followed by a ReLU, also the last one. The size is halved once, rounded down."""
    made, state = loaded(submission, rng, *block)
    x = torch.randn(size[0], block[0], *size[1:], generator=rng)
    got = made(x)
    assert_shape(got, (size[0], block[1], size[1] // 2, size[2] // 2))
    assert_close(got, expected(state, x), rtol=1e-3, atol=1e-4)


def test_smallest_image_and_empty_batch(submission, rng):
    """2x2 becomes 1x1, and no image gives no result."""
    made, state = loaded(submission, rng, 2, 3, 2)
    x = torch.randn(1, 2, 2, 2, generator=rng)
    assert_close(made(x), expected(state, x), rtol=1e-3, atol=1e-4)
    assert_shape(made(torch.zeros(0, 2, 4, 6)), (0, 3, 2, 3))


def test_convolutions_do_not_share_weights(submission):
    """Every convolution starts with numbers of its own: [conv] * n puts one layer into the list n times."""
    made = submission.VGGBlock(3, 3, 3)
    weights = [made.state_dict()[f"convs.{k}.weight"] for k in range(3)]
    assert not torch.equal(weights[0], weights[1]), "the first two convolutions are the same"
    assert not torch.equal(weights[1], weights[2]), "the last two convolutions are the same"


def test_gradients(submission, rng):
    """Gradients reach the image and every convolution, in float64 too."""
    made, state = loaded(submission, rng, 2, 3, 2)
    made.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x = torch.randn(2, 2, 4, 5, generator=rng, dtype=torch.float64)
    assert_gradients(made, lambda t: expected(ours, t), x)
    for value in ours.values():
        value.requires_grad_()
    made.zero_grad()
    made(x).pow(2).sum().backward()
    expected(ours, x).pow(2).sum().backward()
    found = made.gradients()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


def test_images_with_channels_last(submission, rng):
    """The image may be a view with strides of its own."""
    made, state = loaded(submission, rng, 2, 3, 1)
    x = torch.randn(2, 6, 4, 2, generator=rng).permute(0, 3, 1, 2)
    assert_close(made(x), expected(state, x), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("count", [0, -1])
def test_a_block_without_convolutions_is_refused(submission, count):
    """With no convolution the channels could not change: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.VGGBlock(2, 3, count)


@pytest.mark.parametrize("shape", [(2, 8, 8), (2, 2, 8), (1, 3, 8, 8), (1, 1, 8, 8)], ids=str)
def test_other_shapes_are_refused(submission, shape):
    """Compare the number of dimensions and the channels, and raise a ValueError: a convolution accepts (c, h, w) too."""
    made = submission.VGGBlock(2, 3, 1)
    with pytest.raises(ValueError):
        made(torch.zeros(shape))
