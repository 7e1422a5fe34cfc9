import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape


def pairs(rng, lead=(6,), width=3, dtype=torch.float32):
    """Pairs at distances from near 0 to well above 1, and which of them are of the same kind."""
    x1 = torch.randn(*lead, width, generator=rng, dtype=dtype)
    apart = F.normalize(torch.randn(*lead, width, generator=rng, dtype=dtype), dim=-1)
    count = x1[..., 0].numel()
    distance = torch.linspace(0.15, 1.9, count, dtype=dtype).reshape(lead)
    same = (torch.arange(count) % 2 == 0).reshape(lead)
    return x1, x1 + apart * distance[..., None], same, distance


def test_equal_pairs_pay_half_their_squared_distance(submission, rng):
    """For same = 1 the cost is d squared over 2: squared, and halved, summed over the features."""
    x1, x2, _, distance = pairs(rng)
    got = submission.contrastive_loss(x1, x2, torch.ones(6, dtype=torch.bool), reduction="none")
    assert_close(got, distance**2 / 2)


@pytest.mark.parametrize("margin", [1.0, 0.4, 3.0])
def test_different_pairs_pay_up_to_the_margin(submission, rng, margin):
    """For same = 0 the cost is max(0, margin - d) squared over 2: d and not d squared is compared, and the cut comes before the square."""
    x1, x2, _, distance = pairs(rng)
    got = submission.contrastive_loss(x1, x2, torch.zeros(6, dtype=torch.bool), margin, "none")
    assert_close(got, (margin - distance).clamp(min=0) ** 2 / 2)


@pytest.mark.parametrize("lead", [(), (1,), (4,), (2, 3), (0,)], ids=str)
def test_one_loss_per_pair(submission, rng, lead):
    """`same` chooses the cost pair by pair. The last dimension holds the features; those before it stay."""
    x1, x2, same, distance = pairs(rng, lead)
    got = submission.contrastive_loss(x1, x2, same, reduction="none")
    assert_shape(got, lead)
    assert_close(got, torch.where(same, distance**2, (1 - distance).clamp(min=0) ** 2) / 2)


@pytest.mark.parametrize("reduction", ["mean", "sum", None], ids=["mean", "sum", "default"])
def test_reduction(submission, reference, rng, reduction):
    """ "mean" is over all pairs of both kinds together, and the default. Margin 1 is the default too."""
    x1, x2, same, _ = pairs(rng, (2, 4))
    more = {} if reduction is None else {"reduction": reduction}
    each = reference.contrastive_loss(x1, x2, same, 1.0, "none")
    expected = each.sum() if reduction == "sum" else each.sum() / 8
    assert_close(submission.contrastive_loss(x1, x2, same, **more), expected)


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.float32, torch.float64], ids=str)
def test_same_of_another_dtype(submission, rng, dtype):
    """`same` may hold integers or floats. The result keeps the dtype of the embeddings."""
    x1, x2, same, _ = pairs(rng)
    got = submission.contrastive_loss(x1, x2, same.to(dtype), reduction="none")
    assert_dtype(got, torch.float32)
    assert_close(got, submission.contrastive_loss(x1, x2, same, reduction="none"))


def test_tiny_distances_stay_exact(submission):
    """A constant that is added to every difference, or inside the root, shifts small distances: treat 0 apart instead."""
    x1 = torch.zeros(2, 3, dtype=torch.float64)
    x2 = torch.full((2, 3), 1e-6, dtype=torch.float64)
    got = submission.contrastive_loss(x1, x2, torch.tensor([True, False]), 1.0, "none")
    distance = 3**0.5 * 1e-6
    assert_close(
        got, torch.tensor([distance**2 / 2, (1 - distance) ** 2 / 2], dtype=torch.float64), rtol=1e-7, atol=1e-18
    )


def test_gradients_reach_both_embeddings(submission, reference, rng):
    """Both members of a pair move, in both kinds of pairs."""
    x1, x2, same, _ = pairs(rng, (2, 4), dtype=torch.float64)
    assert_gradients(
        lambda a, b: submission.contrastive_loss(a, b, same, 1.2),
        lambda a, b: reference.contrastive_loss(a, b, same, 1.2),
        x1,
        x2,
    )


@pytest.mark.parametrize("same", [1, 0], ids=["same", "different"])
def test_pairs_at_distance_zero(submission, same):
    """The square root has an infinite slope at 0, and infinity times 0 is NaN: check the gradient of two equal embeddings."""
    x1 = torch.tensor([[1.0, -2.0], [0.0, 3.0]], requires_grad=True)
    x2 = torch.tensor([[1.0, -2.0], [0.0, 3.0]], requires_grad=True)
    got = submission.contrastive_loss(x1, x2, torch.full((2,), same), 2.0, "none")
    assert_close(got, torch.full((2,), 0.0 if same else 2.0), atol=1e-3)
    got.sum().backward()
    assert_finite(x1.grad, "the gradient of x1")
    assert_finite(x2.grad, "the gradient of x2")


def test_distance_zero_is_exact(submission):
    """A floor of 1e-6 under the distance costs digits: a pair of different kind at distance 0 costs half the margin squared."""
    x = torch.ones(3, 2, dtype=torch.float64)
    got = submission.contrastive_loss(x, x.clone(), torch.zeros(3), 2.0, "none")
    assert_close(got, torch.full((3,), 2.0, dtype=torch.float64))


def test_transposed_inputs(submission, reference, rng):
    """The embeddings may be views with strides of their own."""
    x1, x2 = torch.randn(3, 5, generator=rng).t(), torch.randn(3, 5, generator=rng).t()
    same = torch.tensor([1, 0, 0, 1, 0])
    assert_close(submission.contrastive_loss(x1, x2, same, 3.0), reference.contrastive_loss(x1, x2, same, 3.0))


@pytest.mark.parametrize("shape", [(4, 1), (1,), (3,), (), (1, 4)], ids=str)
def test_shapes_that_do_not_fit_are_refused(submission, rng, shape):
    """(N,) against (N, 1) broadcasts to a table of N times N pairs without a word: compare the shapes and raise a ValueError."""
    x = torch.randn(4, 3, generator=rng)
    with pytest.raises(ValueError):
        submission.contrastive_loss(x, x + 1, torch.ones(shape))


@pytest.mark.parametrize("shape", [(1, 3), (3,), (4, 1), (2, 4, 3)], ids=str)
def test_embeddings_of_different_shapes_are_refused(submission, rng, shape):
    """One embedding against a whole batch broadcasts without a word, too: compare x1 with x2."""
    x1, x2 = torch.randn(4, 3, generator=rng), torch.randn(shape, generator=rng)
    with pytest.raises(ValueError):
        submission.contrastive_loss(x1, x2, torch.ones(4))


@pytest.mark.parametrize("reduction", ["average", "", None])
def test_unknown_reductions_are_refused(submission, rng, reduction):
    """A misspelt reduction must not pass silently: raise a ValueError."""
    x = torch.randn(2, 3, generator=rng)
    with pytest.raises(ValueError):
        submission.contrastive_loss(x, x + 1, torch.ones(2), reduction=reduction)
