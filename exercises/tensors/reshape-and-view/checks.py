import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_alias, assert_close, assert_dtype, assert_equal, assert_gradients, assert_shape


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (4, 2, 3), (2, 1, 3), (1, 1), (2, 0, 3), (0,), (3, 2, 0)], ids=str)
def test_strides_of_a_new_tensor(submission, shape):
    """One step along a dimension jumps over all numbers behind it: the product of the sizes to its right."""
    assert_equal(submission.contiguous_strides(shape), torch.empty(shape).stride(), label="the strides")


@pytest.mark.parametrize(
    ("shape", "stride"),
    [
        ((), ()),
        ((3,), (1,)),
        ((3,), (2,)),
        ((2, 3), (3, 1)),
        ((2, 3), (1, 2)),
        ((3, 3), (1, 3)),
        ((2, 3), (4, 1)),
        ((2, 3), (0, 1)),
        ((2, 2, 2), (4, 2, 1)),
        ((2, 2, 2), (8, 2, 1)),
    ],
    ids=str,
)
def test_contiguous_or_not(submission, shape, stride):
    """Compare with the strides that a new tensor would have: a transposed, a sliced and an expanded one differ."""
    got = submission.is_contiguous(shape, stride)
    assert_equal(got, torch.empty_strided(shape, stride).is_contiguous(), label="the answer")


@pytest.mark.parametrize(
    ("shape", "stride"),
    [((1,), (7,)), ((1, 3), (99, 1)), ((2, 1), (1, 5)), ((2, 1, 3), (3, 0, 1)), ((1, 3), (3, 2)), ((2, 1), (2, 1))],
    ids=str,
)
def test_dimensions_of_size_one_do_not_matter(submission, shape, stride):
    """Nobody ever takes a step along a dimension of size 1: its stride may be anything."""
    got = submission.is_contiguous(shape, stride)
    assert_equal(got, torch.empty_strided(shape, stride).is_contiguous(), label="the answer")


@pytest.mark.parametrize(("shape", "stride"), [((0,), (5,)), ((2, 0), (7, 3)), ((3, 0, 2), (1, 1, 9))], ids=str)
def test_nothing_is_contiguous(submission, shape, stride):
    """A tensor without elements has nothing that could lie in the wrong order."""
    assert_equal(submission.is_contiguous(shape, stride), True, label="the answer")


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (3,), (1, 1), (0, 3), (2, 0), (2, 3, 0), (0, 0)], ids=str)
def test_leading_dimensions_are_joined(submission, rng, shape):
    """(N, D), with N the product of all sizes but the last. reshape(-1, 0) is ambiguous: work N out yourself."""
    x = torch.randn(shape, generator=rng)
    got = submission.as_rows(x)
    assert_shape(got, (x[..., 0].numel() if x.numel() else torch.empty(shape[:-1]).numel(), shape[-1]))
    assert_close(got.flatten(), x.flatten())


def test_rows_share_memory_where_possible(submission, rng):
    """reshape gives a view whenever the strides allow one: contiguous().view, or a clone, copies too much."""
    x = torch.randn(2, 3, 4, generator=rng)
    assert_alias(submission.as_rows(x), x)
    narrow = x[..., :2]
    assert_alias(submission.as_rows(narrow), narrow)


def test_rows_of_any_layout(submission, rng):
    """view raises after a transpose: there a copy is needed."""
    x = torch.randn(2, 3, 4, generator=rng)
    for layout in (x.transpose(0, 1), x.permute(2, 0, 1), x[:, ::2]):
        assert_close(
            submission.as_rows(layout), layout.clone(memory_format=torch.contiguous_format).view(-1, layout.shape[-1])
        )


def test_a_number_has_no_rows(submission):
    """There is no last dimension to keep: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.as_rows(torch.tensor(1.0))


IMAGES = pytest.mark.parametrize(
    ("shape", "p"),
    [((1, 1, 2, 4), 2), ((2, 3, 4, 6), 2), ((1, 2, 3, 3), 3), ((2, 2, 2, 3), 1), ((0, 1, 4, 2), 2)],
    ids=str,
)


@IMAGES
def test_images_are_cut_into_patches(submission, rng, shape, p):
    """Split H into (H/p, p) and W into (W/p, p), bring the patch numbers to the front by permute, then join."""
    images = torch.randn(shape, generator=rng)
    b, c, h, w = shape
    got = submission.patchify(images, p)
    assert_shape(got, (b, h // p * (w // p), c * p * p))
    assert_close(got, F.unfold(images, p, stride=p).transpose(1, 2) if b else got)


@IMAGES
def test_patches_become_images_again(submission, rng, shape, p):
    """The same steps backwards: split, permute by the inverse order, join."""
    b, c, h, w = shape
    patches = torch.randn(b, h // p * (w // p), c * p * p, generator=rng)
    got = submission.unpatchify(patches, p, c, h, w)
    assert_shape(got, shape)
    assert_close(got, F.fold(patches.transpose(1, 2), (h, w), p, stride=p) if b else got)


def test_patches_of_any_layout_and_dtype(submission, rng):
    """Images often arrive as (B, H, W, C) permuted, and as uint8."""
    images = torch.randint(256, (2, 4, 6, 3), generator=rng, dtype=torch.uint8).permute(0, 3, 1, 2)
    expected = F.unfold(images.float(), 2, stride=2).transpose(1, 2).to(torch.uint8)
    got = submission.patchify(images, 2)
    assert_dtype(got, torch.uint8)
    assert_close(got, expected)
    spread = expected.repeat_interleave(2, 1)[:, ::2]
    assert_close(submission.unpatchify(spread, 2, 3, 4, 6), images.contiguous())


def test_gradients(submission, reference, rng):
    """Views and copies are differentiable: do not go through NumPy or lists."""
    images = torch.randn(2, 3, 4, 2, generator=rng, dtype=torch.float64)
    assert_gradients(lambda x: submission.patchify(x, 2), lambda x: reference.patchify(x, 2), images)
    assert_gradients(submission.as_rows, reference.as_rows, images.transpose(1, 2))
    patches = torch.randn(2, 2, 12, generator=rng, dtype=torch.float64)
    assert_gradients(
        lambda x: submission.unpatchify(x, 2, 3, 4, 2), lambda x: reference.unpatchify(x, 2, 3, 4, 2), patches
    )


@pytest.mark.parametrize(("h", "w"), [(3, 4), (4, 3), (1, 2), (4, 5)])
def test_sizes_that_p_does_not_divide(submission, h, w):
    """H // p drops the rest of the image without a word: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.patchify(torch.ones(2, 1, h, w), 2)
    with pytest.raises(ValueError):
        submission.unpatchify(torch.ones(2, (h // 2) * (w // 2), 4), 2, 1, h, w)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 4, 3), (4, 2, 8), (2, 8, 4), (2, 2, 8)], ids=str)
def test_patches_that_do_not_fit(submission, shape):
    """A reshape with the right number of elements would mix patches, channels or samples: compare the shape."""
    with pytest.raises(ValueError):
        submission.unpatchify(torch.ones(shape), 2, 2, 4, 4)
