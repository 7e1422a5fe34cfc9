import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from torchdojo.checkers import assert_close, assert_dtype, assert_gradients, assert_no_alias, assert_shape


def tensors(rng, *shapes, dtype=torch.float32):
    return [torch.randn(shape, generator=rng, dtype=dtype) for shape in shapes]


@pytest.mark.parametrize(
    "shapes",
    [[(2,), (3,)], [(2, 3), (2, 1)], [(3, 3), (3, 3)], [(2, 3, 1), (2, 3, 2), (2, 3, 4)], [(1, 2)], [(2, 0), (2, 1)]],
    ids=str,
)
def test_features_side_by_side(submission, rng, shapes):
    """The last dimension grows. Joined along dimension 0 it only raises where the widths differ."""
    parts = tensors(rng, *shapes)
    got = submission.join_features(parts)
    assert_shape(got, (*shapes[0][:-1], sum(shape[-1] for shape in shapes)))
    start = 0
    for part in parts:
        assert_close(got[..., start : start + part.shape[-1]], part, label=f"features {start} and on")
        start += part.shape[-1]


@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (2, 2, 2)], ids=str)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_samples_become_rows(submission, rng, shape, n):
    """A batch has a new dimension in front, also when it holds one sample: cat makes none."""
    samples = tensors(rng, *[shape] * n)
    got = submission.make_batch(samples)
    assert_shape(got, (n, *shape))
    for i, sample in enumerate(samples):
        assert_close(got[i], sample, label=f"sample {i}")


@pytest.mark.parametrize("value", [0.0, -1.5])
@pytest.mark.parametrize(
    "shapes",
    [[(3,)], [(2,), (4,), (1,)], [(3, 2), (1, 2)], [(1, 2, 3), (4, 2, 3)], [(0, 2), (2, 2)], [(2,), (2,)]],
    ids=str,
)
def test_short_sequences_are_padded_behind(submission, rng, shapes, value):
    """Each sequence stands at the front of its row; the value fills the rest, up to the longest."""
    sequences = tensors(rng, *shapes)
    got, _ = submission.pad_batch(sequences, value)
    expected = pad_sequence(sequences, batch_first=True, padding_value=value)
    assert_shape(got, expected.shape, "the batch")
    assert_close(got, expected, label="the batch")


@pytest.mark.parametrize("lengths", [[1], [2, 4, 1], [0, 3], [2, 2], [0, 0]], ids=str)
def test_mask_tells_real_steps(submission, lengths):
    """The mask follows from the lengths, not from the values: a real step may equal the padding."""
    _, mask = submission.pad_batch([torch.zeros(n, 2) for n in lengths])
    expected = torch.zeros(len(lengths), max(lengths), dtype=torch.bool)
    for row, n in zip(expected, lengths):
        row[:n] = True
    assert_dtype(mask, torch.bool, "the mask")
    assert_shape(mask, expected.shape, "the mask")
    assert_close(mask, expected, label="the mask")


def test_padding_is_zero_by_default(submission):
    """Without a value the padding is 0."""
    got, _ = submission.pad_batch([torch.ones(1), torch.ones(2)])
    assert_close(got, torch.tensor([[1.0, 0.0], [1.0, 1.0]]))


@pytest.mark.parametrize("shape", [(1,), (3,), (3, 2), (2, 3, 4), (0, 2), (2, 0)], ids=str)
def test_taking_turns(submission, rng, shape):
    """cat gives all of a, then all of b. Stack them behind dimension 0, so that pairs stand together, and flatten."""
    a, b = tensors(rng, shape, shape)
    got = submission.interleave(a, b)
    assert_shape(got, (2 * shape[0], *shape[1:]))
    assert_close(got[0::2], a, label="every other row, from the first")
    assert_close(got[1::2], b, label="every other row, from the second")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float64, torch.bool], ids=str)
def test_dtypes_are_kept(submission, dtype):
    """New tensors take their dtype from the input: new_full, not torch.zeros."""
    a, b = torch.ones(2, 3, dtype=dtype), torch.ones(1, 3, dtype=dtype)
    assert_dtype(submission.join_features([a, a]), dtype, "the result of join_features")
    assert_dtype(submission.make_batch((a, a)), dtype, "the result of make_batch")
    assert_dtype(submission.pad_batch([a, b])[0], dtype, "the padded batch")
    assert_dtype(submission.interleave(a, a), dtype, "the result of interleave")


def test_gradients_reach_every_tensor(submission, reference, rng):
    """Making a tensor from lists of numbers would cut the graph."""
    a, b, c = tensors(rng, (2, 3), (2, 3), (4, 3), dtype=torch.float64)
    assert_gradients(lambda *t: submission.join_features(t), lambda *t: reference.join_features(t), a, b)
    assert_gradients(lambda *t: submission.make_batch(t), lambda *t: reference.make_batch(t), a, b)
    assert_gradients(lambda *t: submission.pad_batch(t)[0], lambda *t: reference.pad_batch(t)[0], a, c)
    assert_gradients(submission.interleave, reference.interleave, a, b)


def test_results_are_new_memory(submission, rng):
    """A batch of one sample must not be a view of it: who writes to the batch would write to the data set."""
    (a,) = tensors(rng, (2, 3))
    assert_no_alias(submission.join_features([a]), a)
    assert_no_alias(submission.make_batch([a]), a)
    assert_no_alias(submission.pad_batch([a])[0], a)


def test_transposed_inputs(submission, reference, rng):
    """Inputs may be views with strides of their own."""
    a, b = (t.t() for t in tensors(rng, (3, 2), (3, 2)))
    assert_close(submission.join_features([a, b]), reference.join_features([a, b]))
    assert_close(submission.make_batch([a, b]), reference.make_batch([a, b]))
    assert_close(submission.pad_batch([a, b[:1]])[0], reference.pad_batch([a, b[:1]])[0])
    assert_close(submission.interleave(a, b), reference.interleave(a, b))


def test_nothing_to_join(submission):
    """No tensors, no result: raise a ValueError."""
    for call in (submission.join_features, submission.make_batch, submission.pad_batch):
        with pytest.raises(ValueError):
            call([])


@pytest.mark.parametrize(
    ("one", "two"), [((3, 2), (1, 2)), ((1, 2), (3, 2)), ((2, 3), (3, 2)), ((2, 3), (3,)), ((0,), (2, 3))], ids=str
)
def test_shapes_that_do_not_fit(submission, one, two):
    """Compare shapes before joining and raise a ValueError: torch raises a RuntimeError, and sometimes nothing."""
    a, b = torch.ones(one), torch.ones(two)
    for call in (submission.join_features, submission.make_batch):
        with pytest.raises(ValueError):
            call([a, b])
    with pytest.raises(ValueError):
        submission.interleave(a, b)


@pytest.mark.parametrize(("one", "two"), [((3, 2), (3, 1)), ((3, 1), (3, 2)), ((3,), (3, 3))], ids=str)
def test_rows_that_do_not_pair(submission, one, two):
    """As many rows are not enough: a row of one entry would be stretched to the width of the other."""
    with pytest.raises(ValueError):
        submission.interleave(torch.ones(one), torch.ones(two))


@pytest.mark.parametrize(("one", "two"), [((3, 2), (2, 1)), ((3, 2), (3,)), ((3, 1), (2, 4)), ((2,), (2, 2))], ids=str)
def test_steps_that_do_not_fit(submission, one, two):
    """Sequences may differ in length only: a step of another shape would be broadcast into the batch."""
    with pytest.raises(ValueError):
        submission.pad_batch([torch.ones(one), torch.ones(two)])
