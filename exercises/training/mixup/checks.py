import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_distribution,
    assert_dtype,
    assert_equal,
    assert_finite,
    assert_gradients,
    assert_no_alias,
    assert_shape,
    unchanged,
)


def pairs(rng, n):
    return torch.rand(n, generator=rng), torch.randperm(n, generator=rng)


@pytest.mark.parametrize("shape", [(2, 1), (4, 5), (3, 3), (2, 3, 4), (4, 3, 4, 4)], ids=str)
def test_each_sample_has_its_own_weight(submission, rng, shape):
    """lam belongs to the first dimension. Broadcasting lines up from the last: give lam a 1 for each further dimension."""
    x = torch.randn(shape, generator=rng)
    lam, permutation = pairs(rng, shape[0])
    expected = torch.stack([lam[i] * x[i] + (1 - lam[i]) * x[permutation[i]] for i in range(shape[0])])
    assert_close(submission.mix(x, lam, permutation), expected, label="the mixed batch")


def test_weight_is_that_of_the_sample_itself(submission):
    """lam = 1 keeps the sample, lam = 0 takes the partner: x[permutation[i]], not the place where x[i] goes."""
    x = torch.arange(6.0).reshape(3, 2)
    permutation = torch.tensor([1, 2, 0])
    assert_equal(submission.mix(x, torch.ones(3), permutation), x, label="the batch mixed with lam = 1")
    partners = torch.tensor([[2.0, 3.0], [4.0, 5.0], [0.0, 1.0]])
    assert_equal(submission.mix(x, torch.zeros(3), permutation), partners, label="the batch mixed with lam = 0")


def test_batches_of_one_and_of_numbers(submission, rng):
    """A batch of one has only itself as a partner, and x may be a vector of plain numbers."""
    x = torch.randn(1, 2, 2, generator=rng)
    got = submission.mix(x, torch.tensor([0.3]), torch.tensor([0]))
    assert_close(got, x, label="the mixed batch")
    x, (lam, permutation) = torch.randn(4, generator=rng), pairs(rng, 4)
    assert_close(submission.mix(x, lam, permutation), lam * x + (1 - lam) * x[permutation], label="the mixed batch")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16], ids=["float64", "float16"])
def test_dtype_of_the_inputs_is_kept(submission, rng, dtype):
    """lam is float32: convert it, or half-precision images come back as float32."""
    x = torch.randn(3, 4, generator=rng).to(dtype)
    lam, permutation = torch.tensor([0.25, 0.5, 0.75]), torch.tensor([2, 0, 1])
    got = submission.mix(x, lam, permutation)
    assert_dtype(got, dtype, "the mixed batch")
    weight = lam.to(dtype).unsqueeze(1)
    assert_close(got, weight * x + (1 - weight) * x[permutation], label="the mixed batch")
    loss_dtype = torch.bfloat16 if dtype == torch.float16 else dtype
    loss = submission.mixup_loss(torch.randn(3, 4, generator=rng).to(loss_dtype), torch.tensor([0, 1, 3]), lam, permutation)
    assert_dtype(loss, loss_dtype, "the loss")


def test_inputs_stay_as_they_are(submission, rng):
    """Mixing in place destroys samples that are still needed as partners; and the result must not share memory with x."""
    x = torch.randn(4, 3, generator=rng)
    lam, permutation = pairs(rng, 4)
    with unchanged(x, lam, permutation):
        mixed = submission.mix(x, lam, permutation)
    assert_no_alias(mixed, x)
    strided = torch.randn(3, 4, generator=rng).t()
    w = lam.unsqueeze(1)
    assert_close(submission.mix(strided, lam, permutation), w * strided + (1 - w) * strided[permutation])


@pytest.mark.parametrize(("n", "classes"), [(1, 3), (4, 3), (3, 3), (6, 10)], ids=["1x3", "4x3", "3x3", "6x10"])
def test_loss_of_soft_targets(submission, rng, n, classes):
    """The blended loss is the cross-entropy against blended one-hot labels: weigh each sample before taking the mean."""
    logits = 2 * torch.randn(n, classes, generator=rng)
    y = torch.randint(classes, (n,), generator=rng)
    lam, permutation = pairs(rng, n)
    one_hot = F.one_hot(y, classes).float()
    soft = lam.unsqueeze(1) * one_hot + (1 - lam.unsqueeze(1)) * one_hot[permutation]
    got = submission.mixup_loss(logits, y, lam, permutation)
    assert_shape(got, (), "the loss")
    assert_close(got, F.cross_entropy(logits, soft), label="the loss")


def test_gradients_of_the_loss(submission, reference, rng):
    """Both cross-entropies send gradients to the logits, and the loss keeps their dtype."""
    logits = torch.randn(5, 4, generator=rng, dtype=torch.float64)
    y = torch.randint(4, (5,), generator=rng)
    lam, permutation = pairs(rng, 5)
    assert_gradients(
        lambda z: submission.mixup_loss(z, y, lam, permutation),
        lambda z: reference.mixup_loss(z, y, lam, permutation),
        logits,
    )


def test_large_logits(submission):
    """Take the logarithm of the softmax in one piece: the probability of a hopeless class is rounded to 0."""
    logits = torch.tensor([[1000.0, 0.0], [0.0, 1000.0]])
    got = submission.mixup_loss(logits, torch.tensor([0, 0]), torch.tensor([0.5, 0.25]), torch.tensor([1, 0]))
    assert_finite(got, "the loss")
    assert_close(got, torch.tensor(500.0), label="the loss")


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_weights_are_beta_distributed(submission, alpha):
    """Beta(alpha, alpha) has the mean 1/2 and the variance 1 / (4 (2 alpha + 1)), for each weight by itself."""
    samples = submission.sample_lam(4000, alpha)
    assert_shape(samples, (4000,), "the weights")
    assert_dtype(samples, torch.float32, "the weights")
    assert_distribution(samples, mean=0.5, std=(1 / (4 * (2 * alpha + 1))) ** 0.5, low=0.0, high=1.0)
    distance = (samples - 0.5).abs().double()
    fourth = 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3))
    error = 6 * (distance**8).mean().sqrt().item() / 4000**0.5
    assert abs((distance**4).mean().item() - fourth) < error, "the tails of the distribution are not those of Beta"


def test_weights_differ_from_sample_to_sample(submission):
    """Draw n weights, not one for the whole batch, and new ones at every call."""
    first, second = submission.sample_lam(8, 1.0), submission.sample_lam(8, 1.0)
    assert_shape(first, (8,), "the weights")
    assert first.unique().numel() == 8, f"sample_lam(8, 1.0) returned {first.tolist()}"
    assert not torch.equal(first, second), "two calls returned the same weights"


def test_weights_come_from_the_global_generator(submission):
    """torch.manual_seed makes a run repeatable: the weights of numpy or of Python's random do not follow it."""
    drawn = []
    for _ in range(2):
        submission.torch.manual_seed(5)
        drawn.append(submission.sample_lam(4, 0.7))
    assert_equal(drawn[1], drawn[0], label="the weights after the same seed")


def test_no_mixing(submission):
    """alpha = 0 is no mixing: ones, in the same form as ever. A negative alpha raises a ValueError."""
    assert_equal(submission.sample_lam(5, 0), torch.ones(5), label="the weights for alpha = 0")
    assert_equal(submission.sample_lam(1, 0.0), torch.ones(1), label="the weights for alpha = 0")
    assert_shape(submission.sample_lam(1, 0.5), (1,), "the weights")
    with pytest.raises(ValueError):
        submission.sample_lam(3, -0.5)
