import math

import pytest
import torch

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_finite,
    assert_gradients,
    assert_no_alias,
    assert_shape,
    unchanged,
)


def batch(rng, lengths, rest=(), dtype=torch.float32):
    if dtype.is_floating_point:
        return [(torch.randn(n, *rest, generator=rng, dtype=dtype), i + 3) for i, n in enumerate(lengths)]
    return [(torch.randint(1, 90, (n, *rest), generator=rng, dtype=dtype), i + 3) for i, n in enumerate(lengths)]


def by_hand(items, padding):
    """Element by element."""
    sequences = [s for s, _ in items]
    longest = max(len(s) for s in sequences)
    result = torch.full((len(items), longest, *sequences[0].shape[1:]), padding, dtype=sequences[0].dtype)
    for i, s in enumerate(sequences):
        for j in range(len(s)):
            result[i, j] = s[j]
    return result


@pytest.mark.parametrize("lengths", [(2,), (3, 3), (1, 4, 2), (5, 1, 3, 2)], ids=str)
def test_sequences_are_padded_behind(submission, rng, lengths):
    """Pad to the longest sequence of this batch; each begins at position 0 and keeps its place in the batch."""
    for _ in range(2):
        items = batch(rng, lengths)
        got = submission.pad_collate(items)
        assert_equal(set(got), {"sequences", "lengths", "mask", "labels"}, label="the keys")
        assert_equal(got["sequences"], by_hand(items, 0), label="sequences")


@pytest.mark.parametrize("lengths", [(2,), (1, 4, 2), (3, 3)], ids=str)
def test_lengths_mask_and_labels(submission, rng, lengths):
    """The mask is True for real positions and comes from the lengths, not from the values."""
    items = batch(rng, lengths)
    items[0][0][0] = 0.0
    got = submission.pad_collate(items)
    assert_equal(got["lengths"], torch.tensor(lengths), label="lengths")
    mask = torch.tensor([[j < n for j in range(max(lengths))] for n in lengths])
    assert_equal(got["mask"], mask, label="mask")
    assert_equal(got["labels"], torch.arange(3, 3 + len(lengths)), label="labels")


@pytest.mark.parametrize("padding", [-1.0, 0.5])
def test_padding_value(submission, rng, padding):
    """Only what is behind a sequence takes the padding value; zeros within it stay zeros."""
    items = batch(rng, (3, 1), (2,))
    items[0][0][1] = 0.0
    got = submission.pad_collate(items, padding_value=padding)
    assert_equal(got["sequences"], by_hand(items, padding), label="sequences")


@pytest.mark.parametrize("rest", [(2,), (3, 2)], ids=str)
def test_further_dimensions_are_kept(submission, rng, rest):
    """A sequence may hold vectors or images: only its first dimension is padded."""
    items = batch(rng, (2, 4, 1), rest)
    got = submission.pad_collate(items)
    assert_equal(got["sequences"], by_hand(items, 0), label="sequences")
    assert_shape(got["mask"], (3, 4), "mask")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float64, torch.uint8], ids=["int64", "float64", "uint8"])
def test_dtype_is_kept(submission, rng, dtype):
    """Token ids stay integers: make the padded tensor in the dtype of the sequences."""
    items = batch(rng, (2, 3), dtype=dtype)
    got = submission.pad_collate(items)
    assert_dtype(got["sequences"], dtype, "sequences")
    assert_equal(got["sequences"], by_hand(items, 0), label="sequences")


def test_padding_value_of_integers(submission):
    """Zero is often a word of its own: integers are padded with the value too."""
    got = submission.pad_collate([(torch.tensor([1, 2]), 0), (torch.tensor([3]), 1)], 7)
    assert_close(got["sequences"], torch.tensor([[1, 2], [3, 7]]), label="sequences")


def test_empty_sequences(submission, rng):
    """A sequence of length 0 is all padding; if every one is empty, longest is 0."""
    items = batch(rng, (0, 2))
    got = submission.pad_collate(items)
    assert_equal(got["sequences"], by_hand(items, 0), label="sequences")
    assert_equal(got["mask"], torch.tensor([[False, False], [True, True]]), label="mask")
    got = submission.pad_collate(batch(rng, (0, 0), (3,)))
    assert_shape(got["sequences"], (2, 0, 3), "sequences")
    assert_shape(got["mask"], (2, 0), "mask")
    assert_dtype(got["mask"], torch.bool, "mask")


def test_items_stay_as_they_are(submission, rng):
    """Copy into a new tensor. A batch that shares memory with the dataset changes it when the batch is changed."""
    for lengths in ((3,), (2, 3)):
        items = batch(rng, lengths)
        sequences = [s for s, _ in items]
        with unchanged(*sequences):
            got = submission.pad_collate(items)
        assert_no_alias(got["sequences"], *sequences)
    strided = torch.randn(2, 4, generator=rng).t()
    assert_equal(submission.pad_collate([(strided, 0)])["sequences"], strided.unsqueeze(0), label="sequences")


def test_items_that_do_not_fit_are_refused(submission):
    """Broadcasting or converting would hide a broken item: compare dtypes and further dimensions, and raise a ValueError."""
    row = torch.ones(2, 3)
    for other in (torch.ones(2, 1), torch.ones(2, 4), torch.ones(2), torch.ones(2, 3, dtype=torch.float64)):
        with pytest.raises(ValueError):
            submission.pad_collate([(row, 0), (other, 1)])
    with pytest.raises(ValueError):
        submission.pad_collate([])


def test_as_collate_fn_of_a_loader(submission, rng):
    """A DataLoader calls it with a list of items; each batch is padded to its own longest."""
    items = batch(rng, (1, 3, 2, 5))
    loader = submission.torch.utils.data.DataLoader(items, batch_size=2, collate_fn=submission.pad_collate)
    shapes = [tuple(got["sequences"].shape) for got in loader]
    assert_equal(shapes, [(2, 3), (2, 5)], label="the shapes of the batches")


@pytest.mark.parametrize("features", [None, 1, 4])
def test_mean_over_real_positions(submission, rng, features):
    """Divide by the number of real positions of each row, not by the width of the batch."""
    lengths = (2, 4, 1)
    mask = torch.arange(4) < torch.tensor(lengths).unsqueeze(1)
    values = torch.randn(3, 4, *([] if features is None else [features]), generator=rng)
    expected = torch.stack([values[i, :n].mean(0) for i, n in enumerate(lengths)])
    assert_close(submission.masked_mean(values, mask), expected, label="the mean")
    holes = torch.tensor([[True, False, True, True]] * 3)
    assert_close(submission.masked_mean(values, holes), values[:, [0, 2, 3]].mean(1), label="the mean with a hole")


def test_row_without_real_positions(submission, rng):
    """0 / 0 is NaN, and one such row ruins the loss of the whole batch: give 0, with a finite gradient."""
    values = torch.randn(2, 3, generator=rng).requires_grad_()
    mask = torch.tensor([[True, True, False], [False, False, False]])
    got = submission.masked_mean(values, mask)
    assert_close(got, torch.stack([values[0, :2].mean(), torch.tensor(0.0)]).detach(), label="the mean")
    got.sum().backward()
    assert_finite(values.grad, "the gradient")
    assert_shape(submission.masked_mean(torch.zeros(2, 0, 3), torch.zeros(2, 0, dtype=torch.bool)), (2, 3), "the mean")


@pytest.mark.parametrize("junk", [math.nan, math.inf, -math.inf, 1e30])
def test_padding_has_no_influence(submission, rng, junk):
    """Replace padded values before you add: multiplying by the mask turns NaN and infinity into NaN."""
    mask = torch.tensor([[True, True, False], [True, False, False]])
    clean = torch.randn(2, 3, 2, generator=rng)
    values = clean.masked_fill(~mask.unsqueeze(-1), junk).requires_grad_()
    got = submission.masked_mean(values, mask)
    expected = torch.stack([clean[0, :2].mean(0), clean[1, :1].mean(0)])
    assert_close(got, expected, label="the mean")
    got.sum().backward()
    weight = (mask / mask.sum(1, keepdim=True)).unsqueeze(-1).expand(2, 3, 2)
    assert_close(values.grad, weight, label="the gradient")


def test_real_nan_is_not_hidden(submission):
    """A NaN at a real position is a fault of the model: replace what is padding, not what is NaN."""
    values, mask = torch.tensor([[math.nan, 1.0], [2.0, math.nan]]), torch.tensor([[True, True], [True, False]])
    got = submission.masked_mean(values, mask)
    assert got[0].isnan().item(), f"the mean of NaN and 1 is given as {got[0].item():.4g}"
    assert_close(got[1], torch.tensor(2.0), label="the mean of the other row")


def test_gradients_of_the_mean(submission, reference, rng):
    """Each real position gets its share of the gradient, and the result keeps the dtype of the values."""
    mask = torch.tensor([[True, True, False], [True, True, True]])
    values = torch.randn(2, 3, 2, generator=rng, dtype=torch.float64)
    assert_gradients(lambda v: submission.masked_mean(v, mask), lambda v: reference.masked_mean(v, mask), values)
