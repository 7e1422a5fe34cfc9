import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape, unchanged


def scores(rng, shape=(6, 3), dtype=torch.float32):
    logits = 2 * torch.randn(shape, generator=rng, dtype=dtype)
    return logits, torch.randint(shape[1], (shape[0], *shape[2:]), generator=rng)


@pytest.mark.parametrize("shape", [(1,), (), (7,), (3, 4), (0,)], ids=str)
@pytest.mark.parametrize("delta", [1.0, 0.3])
def test_small_errors_squared_large_ones_straight(submission, rng, shape, delta):
    """Up to delta it is half the square; from there on a line with slope delta that starts where the square ends."""
    prediction, target = 2 * torch.randn(2, *shape, generator=rng)
    got = submission.huber_loss(prediction, target, delta, "none")
    assert_shape(got, shape)
    assert_close(got, F.huber_loss(prediction, target, delta=delta, reduction="none"))


def test_both_sides_and_the_border(submission):
    """Only the size of the error counts, and at delta itself both formulas agree."""
    errors = torch.tensor([-5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 5.0])
    got = submission.huber_loss(errors, torch.zeros(7), delta=2.0, reduction="none")
    assert_close(got, torch.tensor([8.0, 2.0, 0.5, 0.0, 0.5, 2.0, 8.0]))


@pytest.mark.parametrize("reduction", ["mean", "sum", None], ids=["mean", "sum", "default"])
def test_huber_reductions(submission, rng, reduction):
    """The mean is over all elements, and the default; delta is 1 if nothing is said."""
    prediction, target = 2 * torch.randn(2, 3, 4, generator=rng)
    options = {} if reduction is None else {"reduction": reduction}
    assert_close(submission.huber_loss(prediction, target, **options), F.huber_loss(prediction, target, **options))


def test_huber_gradients(submission, rng):
    """The slope is the error itself up to delta, then delta with the sign of the error; the target gets the opposite."""
    prediction, target = 2 * torch.randn(2, 3, 4, generator=rng, dtype=torch.float64)
    assert_gradients(
        lambda a, b: submission.huber_loss(a, b, 0.7), lambda a, b: F.huber_loss(a, b, delta=0.7), prediction, target
    )
    x = torch.tensor([0.0, 1e25, -1e25], requires_grad=True)
    got = submission.huber_loss(x, torch.zeros(3), reduction="none")
    assert_finite(got, "the loss of huge errors")
    got.sum().backward()
    assert_close(x.grad, torch.tensor([0.0, 1.0, -1.0]), label="the gradient")


@pytest.mark.parametrize("shape", [(4, 1), (1,), (), (3,), (2, 4)], ids=str)
@pytest.mark.parametrize("swapped", [False, True], ids=["target", "prediction"])
def test_huber_shapes_that_do_not_fit_are_refused(submission, rng, shape, swapped):
    """(N, 1) against (N,) broadcasts to a table of all differences, and the mean hides it: compare the shapes."""
    pair = [torch.randn(4, generator=rng), torch.randn(shape, generator=rng)]
    with pytest.raises(ValueError):
        submission.huber_loss(*(reversed(pair) if swapped else pair))


@pytest.mark.parametrize(
    ("targets", "classes", "expected"),
    [
        ([0, 1], 2, [1.0, 1.0]),
        ([0, 0, 0, 1], 2, [2 / 3, 2.0]),
        ([2, 0, 2], 4, [0.75, 0.0, 0.375, 0.0]),
        ([1], 2, [0.0, 0.5]),
        ([[0, 0, -100], [1, -100, 0]], 2, [2 / 3, 2.0]),
        ([-100, -100], 3, [0.0, 0.0, 0.0]),
        ([], 2, [0.0, 0.0]),
    ],
    ids=[
        "two classes",
        "one rare class",
        "absent classes",
        "one label",
        "ignored positions",
        "all ignored",
        "no label",
    ],
)
def test_balanced_weights(submission, targets, classes, expected):
    """n over K times the count of the class, with n and the counts both without ignored positions; an absent class gets 0, not infinity."""
    got = submission.balanced_weights(torch.tensor(targets, dtype=torch.int64), classes)
    assert_shape(got, (classes,))
    assert_close(got, torch.tensor(expected))


def test_balanced_weights_of_other_integers(submission):
    """Labels may be narrow integers in a transposed table, and any number may be the ignored one, a legal class as well."""
    targets = torch.tensor([[0, 2, 2], [1, 2, 255]], dtype=torch.uint8).t()
    with unchanged(targets):
        got = submission.balanced_weights(targets, 3, 255)
    assert_dtype(got, torch.float32)
    assert_close(got, torch.tensor([5 / 3, 5 / 3, 5 / 9]))
    assert_close(submission.balanced_weights(targets.long() % 3, 3, 0), torch.tensor([0.0, 4 / 3, 4 / 9]))


@pytest.mark.parametrize("shape", [(1, 2), (6, 3), (4, 1), (2, 3, 4), (2, 4, 3, 2)], ids=str)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_weighted_cross_entropy(submission, rng, shape, reduction):
    """Each position is weighed by the weight of its own label. The mean divides by the sum of these weights, not by their number."""
    logits, targets = scores(rng, shape)
    weight = torch.rand(shape[1], generator=rng) * 3 + 0.1
    got = submission.weighted_cross_entropy(logits, targets, weight, reduction=reduction)
    assert_shape(got, targets.shape if reduction == "none" else ())
    assert_close(got, F.cross_entropy(logits, targets, weight, reduction=reduction))


def test_cross_entropy_without_weights(submission, rng):
    """Without weights it is plain cross-entropy, and the mean is the default."""
    logits, targets = scores(rng)
    assert_close(submission.weighted_cross_entropy(logits, targets), F.cross_entropy(logits, targets))
    targets[2] = -100
    assert_close(submission.weighted_cross_entropy(logits, targets), F.cross_entropy(logits, targets))


@pytest.mark.parametrize("scale", [1e-12, 1e6])
def test_mean_does_not_depend_on_the_scale_of_the_weights(submission, rng, scale):
    """All weights ten times as large leave a weighted mean as it is. A small constant below the line, against 0, is felt by small weights."""
    logits, targets = scores(rng)
    weight = torch.tensor([0.5, 1.0, 3.0])
    assert_close(
        submission.weighted_cross_entropy(logits, targets, weight * scale), F.cross_entropy(logits, targets, weight)
    )


@pytest.mark.parametrize("ignore", [-100, -1, 255, 0])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_ignored_positions_weigh_nothing(submission, rng, ignore, reduction):
    """An ignored position counts neither above nor below the line."""
    logits, targets = scores(rng, (3, 4, 5))
    targets[torch.rand(3, 5, generator=rng) < 0.4] = ignore
    targets[0, 0], targets[1, 0] = ignore, 3
    weight = torch.tensor([2.0, 0.5, 0.0, 1.0])
    got = submission.weighted_cross_entropy(logits, targets, weight, ignore, reduction)
    assert_close(got, F.cross_entropy(logits, targets, weight, ignore_index=ignore, reduction=reduction), atol=1e-6)


@pytest.mark.parametrize("case", ["all ignored", "weights of 0"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_no_weight_at_all(submission, rng, case, reduction):
    """If the weights sum to 0, 0 / 0 must not become NaN: the loss is 0 and still hangs on the logits."""
    logits, targets = scores(rng)
    logits.requires_grad_()
    targets = torch.full_like(targets, -100) if case == "all ignored" else targets % 2
    got = submission.weighted_cross_entropy(logits, targets, torch.tensor([0.0, 0.0, 4.0]), reduction=reduction)
    assert_close(got, torch.tensor(0.0))
    assert got.requires_grad, "the 0 is not connected to the logits, so backward() fails"
    got.backward()
    assert_close(logits.grad, torch.zeros(6, 3), label="the gradient")


def test_cross_entropy_gradients(submission, rng):
    """Softmax minus one-hot, times the weight of the label; finite for large logits too."""
    logits, targets = scores(rng, (3, 4, 2), torch.float64)
    weight = torch.tensor([2.0, 0.5, 0.1, 1.0], dtype=torch.float64)
    assert_gradients(
        lambda x: submission.weighted_cross_entropy(x, targets, weight),
        lambda x: F.cross_entropy(x, targets, weight),
        logits,
    )
    x = torch.tensor([[1000.0, 0.0], [-1000.0, 1000.0]], requires_grad=True)
    got = submission.weighted_cross_entropy(x, torch.tensor([1, 1]), torch.tensor([1.0, 3.0]), reduction="none")
    assert_close(got.detach(), torch.tensor([3000.0, 0.0]))
    got.sum().backward()
    assert_close(x.grad, torch.tensor([[3.0, -3.0], [0.0, 0.0]]), label="the gradient for large logits")


def test_dtypes_and_strides(submission, rng):
    """The result has the dtype of prediction or logits, and inputs may be transposed views. Weights and targets are converted."""
    prediction = torch.randn(3, 4, generator=rng).t()
    target = torch.randint(-3, 3, (4, 3), generator=rng)
    got = submission.huber_loss(prediction, target.double())
    assert_dtype(got, torch.float32, "the Huber loss")
    assert_close(got, F.huber_loss(prediction, target.float()))
    assert_close(submission.huber_loss(prediction, target), F.huber_loss(prediction, target.float()))
    logits = torch.randn(2, 5, 3, generator=rng).transpose(1, 2)
    targets = torch.randint(3, (5, 2), generator=rng).t()
    weight = torch.rand(3, generator=rng, dtype=torch.float64)
    with unchanged(logits, targets, weight):
        got = submission.weighted_cross_entropy(logits, targets.to(torch.int32), weight)
    assert_dtype(got, torch.float32, "the cross-entropy")
    assert_close(got, F.cross_entropy(logits, targets, weight.float()))


@pytest.mark.parametrize(
    ("targets", "weight"),
    [
        ((2, 1), (4,)),
        ((1,), (4,)),
        ((), (4,)),
        ((3,), (4,)),
        ((2, 4), (4,)),
        ((2,), (1,)),
        ((2,), (3,)),
        ((2,), (5,)),
        ((2,), (4, 1)),
        ((2,), ()),
    ],
    ids=str,
)
def test_cross_entropy_shapes_that_do_not_fit_are_refused(submission, rng, targets, weight):
    """One label per position and one weight per class. Indexing accepts a table of weights that is too long."""
    logits = torch.randn(2, 4, generator=rng)
    with pytest.raises(ValueError):
        submission.weighted_cross_entropy(logits, torch.zeros(targets, dtype=torch.int64), torch.ones(weight))


@pytest.mark.parametrize("wrong", ["average", "", None])
def test_unknown_reductions_are_refused(submission, rng, wrong):
    """A misspelt reduction must not pass silently: raise a ValueError."""
    logits, targets = scores(rng)
    with pytest.raises(ValueError):
        submission.huber_loss(logits, logits, reduction=wrong)
    with pytest.raises(ValueError):
        submission.weighted_cross_entropy(logits, targets, reduction=wrong)


@pytest.mark.parametrize("delta", [0.0, -1.0, float("nan")])
def test_delta_above_zero(submission, rng, delta):
    """A delta of 0 would make every loss 0, and NaN every loss NaN; NaN is not above 0, but `delta <= 0` lets it through."""
    x = torch.randn(3, generator=rng)
    with pytest.raises(ValueError):
        submission.huber_loss(x, x + 1, delta)


def test_every_call_counts_anew(submission, rng):
    """A result belongs to its values, not to their shapes: nothing may be remembered from an earlier call."""
    for _ in range(2):
        prediction, target = 2 * torch.randn(2, 4, generator=rng)
        assert_close(submission.huber_loss(prediction, target), F.huber_loss(prediction, target))
    for targets, due in (([0, 0, 0, 1], [2 / 3, 2.0]), ([1, 0, 1, 1], [2.0, 2 / 3])):
        assert_close(submission.balanced_weights(torch.tensor(targets), 2), torch.tensor(due))
