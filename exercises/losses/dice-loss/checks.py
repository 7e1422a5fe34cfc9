import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape


def scan(rng, shape=(2, 3, 4, 5), dtype=torch.float32):
    logits = 2 * torch.randn(shape, generator=rng, dtype=dtype)
    targets = torch.randint(shape[1], (shape[0], *shape[2:]), generator=rng)
    return logits, targets


def by_pixels(logits, targets, smooth=1.0, ignore_index=None):
    """The definition with loops over samples and classes and a plain list of pixels that count."""
    terms = []
    for sample, labels in zip(logits.double().softmax(1).flatten(2), targets.flatten(1), strict=True):
        counts = labels == labels if ignore_index is None else labels != ignore_index
        for number, p in enumerate(sample):
            p, t = p[counts], (labels[counts] == number).double()
            terms.append((2 * p.dot(t) + smooth) / (p.sum() + t.sum() + smooth))
    return 1 - torch.stack(terms).mean()


@pytest.mark.parametrize("shape", [(1, 2, 1), (1, 2, 6), (2, 3, 4), (3, 2, 3, 2), (2, 4, 2, 3, 2)], ids=str)
def test_overlap_of_regions(submission, rng, shape):
    """Per sample and class: twice the sum of p * t, over the sum of p plus the sum of t. The classes are dimension 1."""
    logits, targets = scan(rng, shape)
    got = submission.dice_loss(logits, targets)
    assert_shape(got, ())
    assert_close(got, by_pixels(logits, targets).float())


@pytest.mark.parametrize("smooth", [0.0, 0.1, 10.0])
def test_smoothing_on_both_sides(submission, rng, smooth):
    """`smooth` is added once above and once below the line, so that two empty regions give 1."""
    logits, targets = scan(rng)
    targets[:, 0, :3] = torch.arange(3)
    assert_close(submission.dice_loss(logits, targets, smooth), by_pixels(logits, targets, smooth).float())


def test_perfect_and_hopeless_segmentations(submission, rng):
    """If every pixel is right the loss is 0; if every pixel is wrong, and smooth is 0, it is 1."""
    targets = torch.tensor([[[0, 1], [2, 2]], [[2, 0], [1, 1]]])
    right = 80 * F.one_hot(targets, 3).permute(0, 3, 1, 2).float()
    assert_close(submission.dice_loss(right, targets, 0.0), torch.tensor(0.0), atol=1e-6)
    assert_close(submission.dice_loss(right.roll(1, 1), targets, 0.0), torch.tensor(1.0), atol=1e-6)


def test_small_regions_count_as_much(submission, rng):
    """Each sample and each class has its own quotient, and the mean is taken last. Sums over the whole batch let large regions win."""
    logits, targets = scan(rng, (2, 3, 6, 6))
    targets[0], targets[1] = 0, 1
    targets[0, 0, 0], targets[1, 2, 2], targets[1, 0, 0] = 1, 2, 0
    assert_close(submission.dice_loss(logits, targets, 0.01), by_pixels(logits, targets, 0.01).float())


def test_absent_classes_stay_in_the_mean(submission, rng):
    """A class without a pixel still costs what the model predicts for it; do not skip it, and fix the number of classes by the logits."""
    logits, _ = scan(rng, (2, 5, 3, 3))
    targets = torch.ones(2, 3, 3, dtype=torch.int64)
    assert_close(submission.dice_loss(logits, targets, 0.5), by_pixels(logits, targets, 0.5).float())


@pytest.mark.parametrize("ignore", [255, -1, -100, 0, 2])
def test_ignored_pixels_are_left_out(submission, rng, ignore):
    """An ignored pixel counts neither in the overlap nor in the sum of p nor in that of t, even if its label is no legal class."""
    logits, targets = scan(rng)
    targets[torch.rand(targets.shape, generator=rng) < 0.4] = ignore
    targets[0, 0, 0] = ignore
    expected = by_pixels(logits, targets, ignore_index=ignore).float()
    assert_close(submission.dice_loss(logits, targets, ignore_index=ignore), expected)


def test_everything_ignored(submission, rng):
    """With no pixel left both sums are 0, the quotient is smooth / smooth, and the loss 0. It must not become NaN."""
    logits, targets = scan(rng, (2, 3, 4))
    logits.requires_grad_()
    got = submission.dice_loss(logits, torch.full_like(targets, 255), ignore_index=255)
    assert_close(got, torch.tensor(0.0), atol=1e-6)
    got.backward()
    assert_close(logits.grad, torch.zeros(2, 3, 4), label="the gradient", atol=1e-6)


def test_gradients_reach_the_logits(submission, reference, rng):
    """p stands above and below the line and is differentiated in both. No argmax and no threshold: they have no gradient."""
    logits, targets = scan(rng, dtype=torch.float64)
    targets[0, :2] = 9
    assert_gradients(
        lambda x: submission.dice_loss(x, targets, 0.3, 9),
        lambda x: reference.dice_loss(x, targets, 0.3, 9),
        logits,
    )
    leaf = logits.clone().requires_grad_()
    submission.dice_loss(leaf, targets, 0.3, 9).backward()
    assert_close(leaf.grad[0, :, :2], torch.zeros(3, 2, 5, dtype=torch.float64), label="the gradient at ignored pixels")


def test_large_logits(submission, rng):
    """exp(1000) is infinite: use a softmax that subtracts the maximum first."""
    logits, targets = scan(rng, (1, 2, 6))
    logits = (500 * logits).requires_grad_()
    got = submission.dice_loss(logits, targets)
    assert_finite(got)
    assert_close(got, by_pixels(logits.detach(), targets).float())
    got.backward()
    assert_finite(logits.grad, "the gradient")


@pytest.mark.parametrize("kind", [torch.int32, torch.uint8, torch.int16], ids=str)
def test_dtypes_and_strides(submission, rng, kind):
    """Targets are integers of any width, the result has the dtype of the logits, and both may be transposed views."""
    logits = torch.randn(2, 5, 4, 3, generator=rng, dtype=torch.float64).permute(0, 3, 2, 1)
    targets = torch.randint(3, (2, 5, 4), generator=rng).transpose(1, 2)
    got = submission.dice_loss(logits, targets.to(kind))
    assert_dtype(got, torch.float64)
    assert_close(got, by_pixels(logits, targets))


@pytest.mark.parametrize("shape", [(2, 1, 4, 5), (2, 5, 4), (2, 20), (1, 4, 5), (2, 4, 4), (2, 3, 4, 5)], ids=str)
def test_targets_of_another_shape_are_refused(submission, rng, shape):
    """Flattening and broadcasting make many shapes fit by accident: compare the shape of the targets with (N, ...) first."""
    logits, _ = scan(rng)
    with pytest.raises(ValueError):
        submission.dice_loss(logits, torch.randint(3, shape, generator=rng))
