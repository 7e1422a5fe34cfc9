import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape, unchanged


def batch(rng, shape=(5, 4), dtype=torch.float32):
    logits = 2 * torch.randn(shape, generator=rng, dtype=dtype)
    return logits, torch.randint(shape[1], (shape[0], *shape[2:]), generator=rng)


@pytest.mark.parametrize("shape", [(1,), (5,), (), (2, 3), (0,)], ids=str)
@pytest.mark.parametrize(("classes", "smoothing"), [(4, 0.1), (2, 0.5), (7, 0.0), (3, 1.0), (1, 0.3)])
def test_smoothed_labels(submission, rng, shape, classes, smoothing):
    """Every class gets smoothing / K, the label too: it ends at 1 - smoothing + smoothing / K, and each row sums to 1."""
    targets = torch.randint(classes, shape, generator=rng)
    got = submission.smooth_labels(targets, classes, smoothing)
    expected = (1 - smoothing) * (targets[..., None] == torch.arange(classes)).float() + smoothing / classes
    assert_shape(got, (*shape, classes))
    assert_close(got, expected)


def test_smoothing_is_a_tenth_by_default(submission, rng):
    """Called without a number, both functions smooth by 0.1; the loss is a mean."""
    logits, targets = batch(rng)
    assert_close(submission.smooth_labels(targets.int(), 4), 0.9 * F.one_hot(targets, 4).float() + 0.025)
    assert_close(
        submission.label_smoothing_loss(logits, targets), F.cross_entropy(logits, targets, label_smoothing=0.1)
    )


@pytest.mark.parametrize("shape", [(1, 3), (6, 1), (5, 4), (2, 3, 4), (2, 3, 3, 2)], ids=str)
@pytest.mark.parametrize("smoothing", [0.0, 0.2, 1.0])
def test_loss_of_each_position(submission, rng, shape, smoothing):
    """The classes are dimension 1. Smoothing 0 is plain cross-entropy, smoothing 1 the mean over all classes."""
    logits, targets = batch(rng, shape)
    got = submission.label_smoothing_loss(logits, targets, smoothing, reduction="none")
    assert_shape(got, targets.shape)
    assert_close(got, F.cross_entropy(logits, targets, label_smoothing=smoothing, reduction="none"), atol=1e-6)


@pytest.mark.parametrize("ignore", [-100, -1, 255, 0, 2])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_ignored_positions(submission, rng, ignore, reduction):
    """An ignored position costs 0 in both parts of the loss, and the mean divides by the positions that are left."""
    logits, targets = batch(rng, (3, 4, 5))
    targets[torch.rand(3, 5, generator=rng) < 0.4] = ignore
    targets[0, 0] = ignore
    targets[1, :2] = torch.tensor([1, 3])
    got = submission.label_smoothing_loss(logits, targets, 0.3, ignore, reduction)
    expected = F.cross_entropy(logits, targets, label_smoothing=0.3, ignore_index=ignore, reduction=reduction)
    assert_close(got, expected)


def test_single_class(submission):
    """With one class every position costs 0, and an ignored label may only be replaced by the one class there is."""
    logits, targets = torch.tensor([[3.0], [-1.0], [0.5]]), torch.tensor([0, -100, 0])
    got = submission.label_smoothing_loss(logits, targets, 0.3, reduction="none")
    assert_close(got, torch.zeros(3), atol=1e-6)


def test_default_of_ignore_index(submission, rng):
    """Without another number, -100 is ignored."""
    logits, targets = batch(rng)
    targets[1:3] = -100
    expected = F.cross_entropy(logits, targets, label_smoothing=0.1, reduction="sum")
    assert_close(submission.label_smoothing_loss(logits, targets, reduction="sum"), expected)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_everything_ignored(submission, rng, reduction):
    """0 / 0 is NaN: with no position left the loss is 0, and it still hangs on the logits."""
    logits, _ = batch(rng)
    logits.requires_grad_()
    got = submission.label_smoothing_loss(logits, torch.full((5,), -100), reduction=reduction)
    assert_close(got, torch.tensor(0.0))
    assert got.requires_grad, "the 0 is not connected to the logits, so backward() fails"
    got.backward()
    assert_close(logits.grad, torch.zeros(5, 4), label="the gradient")


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_gradients_reach_the_logits(submission, rng, reduction):
    """The gradient is the softmax minus the smoothed target, and 0 at ignored positions."""
    logits, targets = batch(rng, (3, 4, 2), torch.float64)
    targets[0, 1] = -100
    assert_gradients(
        lambda x: submission.label_smoothing_loss(x, targets, 0.2, reduction=reduction),
        lambda x: F.cross_entropy(x, targets, label_smoothing=0.2, reduction=reduction),
        logits,
    )


def test_large_logits(submission):
    """exp(1000) is infinite: take log_softmax, not the logarithm of a softmax."""
    logits = torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, 500.0, 1000.0]], requires_grad=True)
    targets = torch.tensor([2, 1])
    got = submission.label_smoothing_loss(logits, targets, 0.1, reduction="none")
    assert_finite(got)
    assert_close(got, F.cross_entropy(logits.detach(), targets, label_smoothing=0.1, reduction="none"))
    got.sum().backward()
    assert_finite(logits.grad, "the gradient")


@pytest.mark.parametrize("kind", [torch.int32, torch.uint8], ids=str)
def test_dtypes_and_strides(submission, rng, kind):
    """Targets are integers of any width, the result has the dtype of the logits, and both may be transposed views."""
    logits = torch.randn(3, 5, 4, generator=rng, dtype=torch.float64).transpose(1, 2)
    targets = torch.randint(4, (5, 3), generator=rng).t()
    with unchanged(logits, targets):
        got = submission.label_smoothing_loss(logits, targets.to(kind), 0.3)
    assert_dtype(got, torch.float64)
    assert_close(got, F.cross_entropy(logits, targets, label_smoothing=0.3))
    got = submission.smooth_labels(targets.to(kind), 4, 0.2)
    assert_dtype(got, torch.float32)
    assert_close(got, 0.8 * F.one_hot(targets, 4).float() + 0.05)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, float("nan")])
def test_smoothing_out_of_range_is_refused(submission, rng, smoothing):
    """A share lies between 0 and 1, both included. NaN does not, though it is neither below 0 nor above 1."""
    logits, targets = batch(rng)
    with pytest.raises(ValueError):
        submission.smooth_labels(targets, 4, smoothing)
    with pytest.raises(ValueError):
        submission.label_smoothing_loss(logits, targets, smoothing)


@pytest.mark.parametrize("shape", [(2, 1), (1,), (), (3,), (2, 4), (2, 4, 5), (2, 1, 5)], ids=str)
def test_targets_that_do_not_fit_are_refused(submission, rng, shape):
    """One label per position: compare the shapes, as gather and broadcasting accept more than they should."""
    logits, _ = batch(rng, (2, 4, 5) if len(shape) == 3 else (2, 4))
    with pytest.raises(ValueError):
        submission.label_smoothing_loss(logits, torch.zeros(shape, dtype=torch.int64))


@pytest.mark.parametrize("reduction", ["average", "", None])
def test_unknown_reductions_are_refused(submission, rng, reduction):
    """A misspelt reduction must not pass silently: raise a ValueError."""
    logits, targets = batch(rng)
    with pytest.raises(ValueError):
        submission.label_smoothing_loss(logits, targets, reduction=reduction)
