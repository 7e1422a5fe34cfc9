import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, unchanged


def batch(rng, shape, dtype=torch.float32):
    logits = 2 * torch.randn(shape, generator=rng, dtype=dtype)
    targets = (torch.rand(shape, generator=rng) < 0.3).to(dtype)
    return logits, targets


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 4)], ids=["4 elements", "shape (3, 5)", "shape (2, 3, 4)"])
def test_without_alpha_and_gamma_it_is_cross_entropy(submission, rng, shape):
    """With gamma=0 and alpha=None nothing is left but the binary cross-entropy of each element."""
    logits, targets = batch(rng, shape)
    expected = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    assert_close(submission.focal_loss(logits, targets, alpha=None, gamma=0.0, reduction="none"), expected)


@pytest.mark.parametrize("gamma", [1.0, 2.0, 0.5])
def test_easy_elements_are_turned_down(submission, reference, rng, gamma):
    """Each element is multiplied by (1 - p_t) ** gamma: p_t is p where the target is 1, and 1 - p where it is 0."""
    logits, targets = batch(rng, (3, 4))
    expected = reference.focal_loss(logits, targets, None, gamma, "none")
    assert_close(submission.focal_loss(logits, targets, alpha=None, gamma=gamma, reduction="none"), expected)


@pytest.mark.parametrize("alpha", [0.25, 0.9, 0.0])
def test_alpha_weighs_the_two_classes(submission, reference, rng, alpha):
    """Positives are multiplied by alpha and negatives by 1 - alpha. An alpha of 0 is a weight too; only None is none."""
    logits, targets = batch(rng, (3, 4))
    expected = reference.focal_loss(logits, targets, alpha, 2.0, "none")
    assert_close(submission.focal_loss(logits, targets, alpha=alpha, gamma=2.0, reduction="none"), expected)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_reduction(submission, reference, rng, reduction):
    """"mean" divides by the number of elements, not by the number of positives or the sum of the weights."""
    logits, targets = batch(rng, (2, 3, 4))
    expected = reference.focal_loss(logits, targets, reduction=reduction)
    assert_close(submission.focal_loss(logits, targets, reduction=reduction), expected)


def test_defaults(submission, reference, rng):
    """Called with logits and targets alone, alpha is 0.25, gamma is 2 and the mean is returned."""
    for _ in range(2):
        logits, targets = batch(rng, (6,))
        assert_close(submission.focal_loss(logits, targets), reference.focal_loss(logits, targets, 0.25, 2.0, "mean"))


def test_confident_logits_stay_exact(submission, reference):
    """Take the logarithm from the logit, not from the probability: sigmoid(80) is exactly 1, and log(1 - 1) is not a number you want."""
    logits = torch.tensor([80.0, -80.0, 80.0, -80.0, 20.0, -20.0])
    targets = torch.tensor([0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    got = submission.focal_loss(logits, targets, reduction="none")
    assert_finite(got, "the loss of confident logits")
    assert_close(got, reference.focal_loss(logits, targets, reduction="none"))


@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_gradients_reach_the_logits(submission, reference, rng, reduction):
    """The modulating factor depends on the logits too: it must not be detached from the graph."""
    logits, targets = batch(rng, (3, 4), torch.float64)
    assert_gradients(
        lambda x: submission.focal_loss(x, targets, reduction=reduction),
        lambda x: reference.focal_loss(x, targets, reduction=reduction),
        logits,
    )


def test_gradients_of_confident_logits_are_finite(submission, reference):
    """Where p_t reaches exactly 0 or 1 the gradient must not turn into NaN: look at log(0) and at 0 ** (gamma - 1)."""
    logits = torch.tensor([100.0, -100.0, 100.0, -100.0])
    targets = torch.tensor([0.0, 1.0, 1.0, 0.0])
    for gamma in (2.0, 0.0):
        x = logits.clone().requires_grad_()
        submission.focal_loss(x, targets, gamma=gamma, reduction="sum").backward()
        assert_finite(x.grad, f"the gradient with gamma={gamma}")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float64, torch.bool], ids=["int64", "float64", "bool"])
def test_targets_of_another_dtype(submission, reference, rng, dtype):
    """Targets may be integers, and the result keeps the dtype of the logits."""
    logits, targets = batch(rng, (5,))
    got = submission.focal_loss(logits, targets.to(dtype))
    assert_dtype(got, torch.float32)
    assert_close(got, reference.focal_loss(logits, targets))


def test_transposed_inputs(submission, reference, rng):
    """The inputs may be views with strides of their own: avoid view(-1) on them."""
    logits, targets = batch(rng, (4, 3))
    expected = reference.focal_loss(logits.t(), targets.t(), reduction="none")
    assert_close(submission.focal_loss(logits.t(), targets.t(), reduction="none"), expected)


def test_inputs_stay_as_they_are(submission, rng):
    """Work on new tensors: the caller still needs logits and targets."""
    logits, targets = batch(rng, (4,))
    with unchanged(logits, targets):
        submission.focal_loss(logits, targets)


@pytest.mark.parametrize("reduction", ["average", "", None])
def test_unknown_reductions_are_refused(submission, rng, reduction):
    """A misspelt reduction must not pass silently: raise a ValueError."""
    logits, targets = batch(rng, (3,))
    with pytest.raises(ValueError):
        submission.focal_loss(logits, targets, reduction=reduction)
