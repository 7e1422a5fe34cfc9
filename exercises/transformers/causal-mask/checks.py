import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_finite, assert_gradients, assert_shape


def by_hand(queries, keys, window=None):
    """The mask, one entry at a time."""
    first = keys - queries
    rows = [
        [j <= first + i and (window is None or first + i - j < window) for j in range(keys)] for i in range(queries)
    ]
    return torch.tensor(rows, dtype=torch.bool).reshape(queries, keys)


def weights_by_hand(scores, keep=None, window=None):
    """The softmax of each row over its allowed keys alone."""
    mask = by_hand(*scores.shape[-2:], window)
    if keep is not None:
        mask = mask & keep.reshape(len(scores), 1, 1, -1)
    allowed = torch.where(mask, scores, -torch.inf)
    return allowed.softmax(-1).nan_to_num(0.0)


@pytest.mark.parametrize("length", [1, 2, 5, 0])
def test_each_position_sees_itself_and_the_past(submission, length):
    """True is "may look": the lower triangle with its diagonal. Queries are rows, keys are columns."""
    got = submission.causal_mask(length)
    assert_dtype(got, torch.bool, "the mask")
    assert_equal(got, by_hand(length, length), label="the mask")


@pytest.mark.parametrize(("queries", "keys"), [(1, 4), (2, 5), (3, 4), (0, 3)], ids=str)
def test_queries_are_the_last_positions(submission, queries, keys):
    """With more keys than queries the first query stands at position keys - queries, not at 0."""
    assert_equal(submission.causal_mask(queries, keys), by_hand(queries, keys), label="the mask")


@pytest.mark.parametrize(("queries", "keys", "window"), [(4, 4, 1), (4, 4, 2), (2, 5, 3), (3, 5, 9)], ids=str)
def test_window_counts_the_position_itself(submission, queries, keys, window):
    """A window of w holds the position itself and the w - 1 before it. A window of 1 leaves the diagonal."""
    expected = by_hand(queries, keys, window)
    assert_equal(submission.causal_mask(queries, keys, window=window), expected, label="the mask")


@pytest.mark.parametrize(("arguments"), [(3, 2), (1, 0), (3, 3, 0), (2, 4, -1)], ids=str)
def test_impossible_sizes_are_refused(submission, arguments):
    """Fewer keys than queries, or a window without room for the position itself: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.causal_mask(*arguments)


@pytest.mark.parametrize(("queries", "keys"), [(3, 4), (1, 4)], ids=str)
def test_mask_belongs_to_the_caller(submission, queries, keys):
    """The caller may write to a mask: one that is kept for the next call changes with it, and of an expanded one all rows change at once."""
    first, second = submission.support.written_to(submission.causal_mask, queries, keys)
    changed = by_hand(queries, keys)
    changed[0, 0] = False
    assert_equal(first, changed, label="the mask of which one entry was written")
    assert_equal(second, by_hand(queries, keys), label="the second mask")


@pytest.mark.parametrize("shape", [(1, 1, 3, 3), (2, 3, 4, 4), (2, 2, 2, 5)], ids=str)
def test_weights_are_a_softmax_over_the_past(submission, rng, shape):
    """Mask the scores before the softmax over the keys, so that each row of weights sums to 1."""
    scores = 2 * torch.randn(shape, generator=rng)
    got = submission.causal_softmax(scores)
    assert_shape(got, shape, "the weights")
    assert_close(got, weights_by_hand(scores), label="the weights")
    assert not got[..., ~by_hand(*shape[-2:])].any(), "a later position has a weight that is not exactly 0"


@pytest.mark.parametrize("window", [1, 2, 3])
def test_window_narrows_the_weights(submission, rng, window):
    """The window is handed on to the mask, with fewer queries than keys too."""
    scores = torch.randn(2, 2, 3, 5, generator=rng)
    assert_close(
        submission.causal_softmax(scores, window=window), weights_by_hand(scores, None, window), label="the weights"
    )


@pytest.mark.parametrize("batch", [1, 2, 3], ids=["one sample", "as many samples as heads", "three samples"])
def test_padding_of_each_sample(submission, rng, batch):
    """keep is (B, Lk): it needs dimensions for heads and queries, or sample i is taken for head i or query i."""
    scores = torch.randn(batch, 2, 3, 3, generator=rng)
    keep = torch.ones(3, 3, dtype=torch.bool)
    keep[0, 2], keep[1, 1:] = False, False
    assert_close(
        submission.causal_softmax(scores, keep[:batch]), weights_by_hand(scores, keep[:batch]), label="the weights"
    )


def test_padding_on_the_left(submission, rng):
    """The first queries see nothing but padding. A softmax over minus infinities is NaN; these rows are 0, and so is their gradient."""
    scores = torch.randn(2, 2, 4, 4, generator=rng).requires_grad_()
    keep = torch.tensor([[False, False, True, True], [True, True, True, True]])
    got = submission.causal_softmax(scores, keep, window=2)
    assert_finite(got, "the weights")
    assert_close(got, weights_by_hand(scores.detach(), keep, 2), label="the weights")
    assert not got[0, :, :2].any(), "a query that sees only padding has a weight"
    (gradient,) = torch.autograd.grad(got.square().sum(), scores)
    assert_finite(gradient, "the gradient")


@pytest.mark.parametrize("score", [1e30, float("inf")], ids=["1e30", "infinity"])
def test_hidden_scores_do_not_matter(submission, score):
    """The score of a later position may be anything: replace it, for adding or multiplying leaves a trace of it."""
    scores = torch.full((1, 1, 3, 3), -1e12)
    scores[0, 0, :, 0] += 1e12 * torch.tensor([0.0, 1.0, 0.0])
    scores = scores.masked_fill(~by_hand(3, 3), score)
    got = submission.causal_softmax(scores)
    assert_finite(got, "the weights")
    assert_close(got, weights_by_hand(scores), label="the weights")


def test_gradients_reach_the_scores(submission, reference, rng):
    """Scores of allowed positions get the gradient of a softmax, hidden ones get 0."""
    scores = torch.randn(2, 2, 3, 4, generator=rng, dtype=torch.float64)
    keep = torch.tensor([[False, True, True, True], [True, True, True, False]])
    assert_gradients(
        lambda s: submission.causal_softmax(s, keep, 3), lambda s: reference.causal_softmax(s, keep, 3), scores
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_dtype_of_the_scores_is_kept(submission, rng, dtype):
    """The weights have the dtype of the scores. -1e9 does not exist in float16."""
    scores = torch.randn(1, 2, 3, 3, generator=rng).to(dtype)
    got = submission.causal_softmax(scores)
    assert_dtype(got, dtype, "the weights")
    assert_close(got.double(), weights_by_hand(scores.double()), label="the weights", rtol=0.03, atol=0.03)


def test_views_and_empty_batches(submission, rng):
    """Scores and keep may be views with strides of their own, and a batch of no samples is a batch."""
    scores = torch.randn(4, 3, 2, 5, generator=rng).permute(2, 0, 1, 3)
    keep = torch.rand(5, 2, generator=rng).t() < 0.7
    assert_close(submission.causal_softmax(scores, keep), weights_by_hand(scores, keep), label="the weights")
    assert_shape(submission.causal_softmax(torch.zeros(0, 2, 3, 3), torch.zeros(0, 3, dtype=torch.bool)), (0, 2, 3, 3))


@pytest.mark.parametrize("shape", [(1, 4), (2, 3), (2, 1), (4,)], ids=str)
def test_keep_of_another_shape_is_refused(submission, shape):
    """keep has to be (B, Lk) exactly: compare the shapes and raise a ValueError, for broadcasting would hide the mistake."""
    with pytest.raises(ValueError):
        submission.causal_softmax(torch.zeros(2, 1, 3, 4), torch.ones(shape, dtype=torch.bool))


def test_mask_is_made_where_the_scores_are(submission):
    """Hand device= to what makes the mask, and scores.device to causal_mask."""
    assert submission.support.device_of_mask(submission.causal_mask) == "meta", "device is not heeded"
    assert submission.support.device_of_weights(submission.causal_softmax) == "meta"
