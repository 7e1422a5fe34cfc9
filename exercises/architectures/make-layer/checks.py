import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_shape


def seen(layer):
    """What each block of a stage was built with."""
    return [tuple(block.seen) for block in layer]


def test_stage_of_one_block(submission):
    """A single block takes in_channels and the stride."""
    layer = submission.make_layer(submission.support.Plain, 3, 5, 1, 2)
    assert_equal(seen(layer), [(3, 5, 2)], label="(in_channels, planes, stride) of each block")


@pytest.mark.parametrize("count", [2, 4])
def test_only_the_first_block_strides(submission, count):
    """With the stride in every block the image would shrink again and again. All but the first have stride 1."""
    layer = submission.make_layer(submission.support.Plain, 3, 3, count, 2)
    assert_equal(seen(layer), [(3, 3, 2)] + [(3, 3, 1)] * (count - 1), label="(in_channels, planes, stride) of each block")


def test_later_blocks_take_what_the_first_returns(submission):
    """in_channels belongs to the first block alone."""
    layer = submission.make_layer(submission.support.Plain, 3, 5, 3, 1)
    assert_equal(seen(layer), [(3, 5, 1), (5, 5, 1), (5, 5, 1)], label="(in_channels, planes, stride) of each block")


@pytest.mark.parametrize("name", ["Wide", "wide_function"])
def test_expansion_widens_the_input_of_later_blocks(submission, name):
    """A block returns planes * expansion channels: that is what the next one takes. Its planes stay planes."""
    layer = submission.make_layer(getattr(submission.support, name), 4, 2, 3, 2)
    assert_equal(seen(layer), [(4, 2, 2), (6, 2, 1), (6, 2, 1)], label="(in_channels, planes, stride) of each block")


def test_block_without_expansion(submission):
    """Where the attribute is missing, the expansion is 1: a function is a block too."""
    layer = submission.make_layer(submission.support.function, 2, 4, 2)
    assert_equal(seen(layer), [(2, 4, 1), (4, 4, 1)], label="(in_channels, planes, stride) of each block")


def test_default_is_stride_one(submission):
    """Without a stride given, nothing shrinks. All arguments may be given by name."""
    layer = submission.make_layer(block=submission.support.Wide, in_channels=2, planes=3, num_blocks=2)
    assert_equal(seen(layer), [(2, 3, 1), (9, 3, 1)], label="(in_channels, planes, stride) of each block")


def test_stage_is_a_plain_sequential(submission):
    """Return nn.Sequential(*layers): the blocks are its only entries, named 0, 1, 2, not a list inside of it."""
    layer = submission.make_layer(submission.support.Plain, 2, 3, 3)
    assert submission.support.is_plain_sequential(layer), "the stage is not an nn.Sequential"
    assert_equal(len(layer), 3, label="the number of entries")
    names = {f"{k}.conv.{part}" for k in range(3) for part in ("weight", "bias")}
    assert_equal(set(layer.state_dict()), names, label="the names in the state dict")


def test_blocks_share_nothing(submission):
    """Every place in the stage has a block of its own: [block] * n repeats one object, and its weights."""
    layer = submission.make_layer(submission.support.Plain, 3, 3, 3)
    assert layer[1] is not layer[2], "the second and the third block are one object"
    assert layer[0] is not layer[1], "the first and the second block are one object"
    assert not torch.equal(layer[1].conv.weight, layer[2].conv.weight), "two blocks start with the same weights"
    again = submission.make_layer(submission.support.Plain, 3, 3, 3)
    assert again[1] is not layer[1], "a second stage holds the blocks of the first one"


def test_image_passes_through_all_blocks(submission, rng):
    """In order, from first to last."""
    layer = submission.make_layer(submission.support.Wide, 4, 2, 3, 2)
    x = torch.randn(1, 4, 6, 4, generator=rng)
    expected = layer[2](layer[1](layer[0](x)))
    got = layer(x)
    assert_shape(got, (1, 6, 3, 2))
    assert_close(got, expected)
    assert_shape(layer(torch.zeros(0, 4, 6, 4)), (0, 6, 3, 2))


def test_gradients_reach_every_block(submission, rng):
    """Gradients flow through the whole stage, back to the image."""
    layer = submission.make_layer(submission.support.Wide, 2, 8, 3)
    x = torch.randn(2, 2, 5, 5, generator=rng, requires_grad=True)
    layer(x).pow(2).sum().backward()
    assert x.grad is not None, "no gradient reached the image"
    for name, gradient in layer.gradients().items():
        assert gradient is not None, f"no gradient reached {name}"


@pytest.mark.parametrize("count", [0, -1])
def test_a_stage_without_blocks_is_refused(submission, count):
    """Nothing could widen the channels then: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.make_layer(submission.support.Plain, 2, 3, count)
