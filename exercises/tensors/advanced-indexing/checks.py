import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_gradients, assert_shape

LEADS = pytest.mark.parametrize("lead", [(3,), (), (2, 3), (0,), (1,)], ids=str)


@LEADS
def test_one_entry_per_row(submission, rng, lead):
    """x[:, index] takes all these columns of every row. Pair each row with its own column, or use gather."""
    x, index = torch.randn(*lead, 4, generator=rng), torch.randint(4, lead, generator=rng)
    got = submission.pick(x, index)
    assert_shape(got, lead)
    assert_close(got, (x * torch.nn.functional.one_hot(index, 4)).sum(-1))


@pytest.mark.parametrize(("b", "t", "d"), [(1, 1, 1), (3, 5, 2), (4, 4, 4), (0, 3, 2)], ids=str)
def test_last_step_of_each_sample(submission, rng, b, t, d):
    """Sample b ends at step lengths[b] - 1. Index both together: x[:, lengths - 1] has a dimension too many."""
    x, lengths = torch.randn(b, t, d, generator=rng), torch.randint(1, t + 1, (b,), generator=rng)
    got = submission.last_valid(x, lengths)
    assert_shape(got, (b, d))
    expected = torch.stack([row[n - 1] for row, n in zip(x, lengths.tolist())]) if b else x.new_zeros(0, d)
    assert_close(got, expected)


@LEADS
@pytest.mark.parametrize("k", [1, 2, 5])
def test_largest_entries_stay_in_place(submission, rng, lead, k):
    """topk gives values and places, sorted by size: the values have to go back to their places, row by row."""
    x = torch.randn(*lead, 5, generator=rng)
    got = submission.keep_top_k(x, k)
    rank = (x.unsqueeze(-1) < x.unsqueeze(-2)).sum(-1)
    assert_close(got, torch.where(rank < k, x, float("-inf")))


@pytest.mark.parametrize("fill", [0.0, -7.0])
def test_everything_else_becomes_the_fill(submission, rng, fill):
    """The fill value replaces entries, whatever their sign: do not multiply by a mask or add to it."""
    x = torch.randn(3, 6, generator=rng)
    rank = (x.unsqueeze(-1) < x.unsqueeze(-2)).sum(-1)
    assert_close(submission.keep_top_k(x, 2, fill=fill), torch.where(rank < 2, x, fill))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_ties_count(submission, k):
    """Comparing with the k-th largest value keeps all that equal it. Exactly k entries stay."""
    x = torch.tensor([[1.0, 2.0, 2.0, 2.0], [3.0, 3.0, 3.0, 3.0]])
    got = submission.keep_top_k(x, k)
    kept = got > float("-inf")
    assert_close(kept.sum(-1), torch.tensor([k, k]), label="the number of entries kept in each row")
    assert_close(got[kept], x[kept], label="the entries kept")
    assert k == 1 or (got[0] == 2).sum() == k, "in [1, 2, 2, 2] the 1 was kept before a 2"


@pytest.mark.parametrize("shape", [(6,), (6, 2), (6, 2, 3), (0, 2), (1, 1)], ids=str)
def test_groups_are_summed(submission, rng, shape):
    """out[groups] += x writes every group once, with the last row. index_add (or a one-hot product) adds them all."""
    x, groups = torch.randn(shape, generator=rng), torch.randint(3, shape[:1], generator=rng)
    expected = torch.zeros(4, *shape[1:])
    for row, g in zip(x, groups.tolist()):
        expected[g] += row
    got = submission.sum_by_group(x, groups, 4)
    assert_shape(got, expected.shape)
    assert_close(got, expected)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int64], ids=str)
def test_results_keep_the_dtype(submission, rng, dtype):
    """New tensors take their dtype from x: new_zeros, full_like."""
    x, index = torch.randn(4, 3, generator=rng).to(dtype), torch.tensor([2, 0, 1, 1])
    assert_dtype(submission.pick(x, index), dtype, "the result of pick")
    assert_dtype(submission.keep_top_k(x, 2, fill=-9), dtype, "the result of keep_top_k")
    assert_dtype(submission.sum_by_group(x, index, 3), dtype, "the result of sum_by_group")
    assert_dtype(submission.last_valid(x[None], index[:1]), dtype, "the result of last_valid")


def test_gradients_go_where_the_entries_were(submission, reference, rng):
    """All four are differentiable in x: copying numbers with .item() or under no_grad cuts the graph."""
    x = torch.randn(4, 3, generator=rng, dtype=torch.float64)
    index = torch.tensor([2, 0, 1, 1])
    assert_gradients(lambda t: submission.pick(t, index), lambda t: reference.pick(t, index), x)
    assert_gradients(lambda t: submission.keep_top_k(t, 2, 0.5), lambda t: reference.keep_top_k(t, 2, 0.5), x)
    assert_gradients(lambda t: submission.sum_by_group(t, index, 3), lambda t: reference.sum_by_group(t, index, 3), x)
    x, lengths = x.reshape(2, 3, 2), torch.tensor([3, 1])
    assert_gradients(lambda t: submission.last_valid(t, lengths), lambda t: reference.last_valid(t, lengths), x)


def test_transposed_inputs(submission, reference, rng):
    """Inputs may be views with strides of their own."""
    x, index = torch.randn(3, 4, generator=rng).t(), torch.tensor([2, 0, 1, 1])
    assert_close(submission.pick(x, index), reference.pick(x, index))
    assert_close(submission.keep_top_k(x, 2), reference.keep_top_k(x, 2))
    assert_close(submission.sum_by_group(x, index, 3), reference.sum_by_group(x, index, 3))
    steps = torch.randn(5, 4, 2, generator=rng).transpose(0, 1)
    assert_close(submission.last_valid(steps, index + 1), reference.last_valid(steps, index + 1))


@pytest.mark.parametrize("bad", [-1, 3])
def test_indices_out_of_range_are_refused(submission, bad):
    """A negative index counts from the back without a word. Compare with both ends and raise a ValueError."""
    x, index = torch.ones(2, 3), torch.tensor([0, bad])
    with pytest.raises(ValueError):
        submission.pick(x, index)
    with pytest.raises(ValueError):
        submission.sum_by_group(x, index, 3)
    with pytest.raises(ValueError):
        submission.last_valid(torch.ones(2, 3, 1), index + 1)


@pytest.mark.parametrize("k", [0, -1, 4])
def test_impossible_k_is_refused(submission, k):
    """k is from 1 to the length of a row: raise a ValueError otherwise."""
    with pytest.raises(ValueError):
        submission.keep_top_k(torch.ones(2, 3), k)


def test_no_loops(submission):
    """The number of tensor operations must not grow with any size: not with rows, leading dimensions or groups."""
    used = []
    for n in (2, 40):
        x, index = torch.ones(n, 5), torch.ones(n, dtype=torch.int64)
        with submission.counting() as counted:
            submission.pick(x, index)
            submission.pick(x.expand(n, n, 5), index.expand(n, n))
            submission.keep_top_k(x.expand(n, n, 5), 2)
            submission.sum_by_group(x, index, n)
            submission.last_valid(x[:, :, None], index)
        used.append(sum(counted.calls.values()))
    assert used[0] == used[1], f"{used[0]} operations for sizes of 2, {used[1]} for sizes of 40"
