import math

import pytest
import torch

import support
from torchdojo.checkers import assert_close, assert_dtype, assert_gradients, assert_shape, unchanged

BETAS = torch.tensor([0.02, 0.1, 0.3, 0.25, 0.6])


def batch(rng, shape, steps, dtype=torch.float32):
    x_t, noise, z = (torch.randn(shape, generator=rng).to(dtype) for _ in range(3))
    return x_t, torch.tensor(steps, dtype=torch.int64), noise, z


def factors(betas, t, variance):
    """Factor of x_t, of the noise, and of z at one step, as Python floats."""
    betas = betas.tolist()
    alpha_bar = math.prod(1 - b for b in betas[: t + 1])
    before = math.prod(1 - b for b in betas[:t])
    root = math.sqrt(1 - betas[t])
    square = betas[t] if variance == "beta" else (1 - before) / (1 - alpha_bar) * betas[t]
    return 1 / root, betas[t] / math.sqrt(1 - alpha_bar) / root, math.sqrt(square) if t else 0.0


def by_definition(x_t, t, noise, betas, z, variance="posterior"):
    """The formula, sample by sample."""
    rows = []
    for x, step, e, one_z in zip(x_t, t.tolist(), noise, z, strict=True):
        a, b, c = factors(betas, step, variance)
        rows.append(a * x - b * e + c * one_z)
    return torch.stack(rows)


SHAPES = [((1, 2), [2]), ((3, 4), [0, 4, 1]), ((4,), [3, 3, 0, 2]), ((2, 2, 3), [4, 1]), ((3, 3, 3, 3), [1, 2, 4])]


@pytest.mark.parametrize(("shape", "steps"), SHAPES, ids=[str(shape) for shape, _ in SHAPES])
def test_without_noise(submission, rng, shape, steps):
    """With z = 0 only the mean is left: check which of beta, alpha and alpha_bar stands where, and that each sample meets its own t."""
    x_t, t, noise, z = batch(rng, shape, steps)
    z = torch.zeros_like(z)
    got = submission.ddpm_step(x_t, t, noise, BETAS, z)
    assert_shape(got, shape, "the step")
    assert_close(got, by_definition(x_t, t, noise, BETAS, z), label="the step")


@pytest.mark.parametrize("steps", [[1], [2, 4, 3]], ids=str)
def test_posterior_of_two_gaussians(submission, rng, steps):
    """With the true noise, mean and variance are those of x_{t-1} given x_t and x_0: the product of the two Gaussians that hold for x_{t-1}."""
    t = torch.tensor(steps)
    x0, noise = (torch.randn(len(steps), 3, generator=rng, dtype=torch.float64) for _ in range(2))
    betas = BETAS.double()
    bars = (1 - betas).cumprod(0)
    bar, before, beta = bars[t][:, None], bars[t - 1][:, None], betas[t][:, None]
    x_t = bar.sqrt() * x0 + (1 - bar).sqrt() * noise
    precision = 1 / (1 - before) + (1 - beta) / beta
    mean = (before.sqrt() * x0 / (1 - before) + (1 - beta).sqrt() * x_t / beta) / precision
    got = submission.ddpm_step(x_t, t, noise, betas, torch.zeros_like(x_t))
    assert_close(got, mean, label="the step without noise")
    moved = submission.ddpm_step(x_t, t, noise, betas, torch.ones_like(x_t)) - got
    assert_close(moved, (1 / precision).sqrt().expand(-1, 3), label="sigma")


@pytest.mark.parametrize("variance", ["posterior", "beta"])
def test_no_noise_at_step_zero(submission, rng, variance):
    """Samples at t = 0 get no noise, and the others of the batch still do."""
    x_t, t, noise, z = batch(rng, (4, 2), [0, 1, 0, 4])
    got = submission.ddpm_step(x_t, t, noise, BETAS, 100 * z, variance)
    quiet = submission.ddpm_step(x_t, t, noise, BETAS, 0 * z, variance)
    assert_close((got == quiet).all(1).tolist(), [True, False, True, False], label="which samples got no noise")


@pytest.mark.parametrize("variance", ["posterior", "beta"])
@pytest.mark.parametrize(("shape", "steps"), SHAPES[:3], ids=[str(shape) for shape, _ in SHAPES[:3]])
def test_noise_is_added(submission, rng, shape, steps, variance):
    """z is multiplied by sigma, the root of the variance of that step, after the mean was scaled."""
    x_t, t, noise, z = batch(rng, shape, steps)
    got = submission.ddpm_step(x_t, t, noise, BETAS, z, variance)
    assert_close(got, by_definition(x_t, t, noise, BETAS, z, variance), label="the step")


def test_posterior_is_the_default(submission, rng):
    """Without a word about it the variance is that of the posterior."""
    x_t, t, noise, z = batch(rng, (2, 3), [1, 3])
    expected = by_definition(x_t, t, noise, BETAS, z, "posterior")
    assert_close(submission.ddpm_step(x_t, t, noise, BETAS, z), expected, label="the step")


@pytest.mark.parametrize(("samples", "schedule"), [("float32", "float64"), ("float64", "float32"), ("bfloat16", "float32")])
def test_result_has_the_dtype_of_the_samples(submission, rng, samples, schedule):
    """A float64 schedule must not turn float32 samples into float64. Take the products in the dtype of betas, and cast what is finished."""
    x_t, t, noise, z = batch(rng, (2, 3), [4, 2], getattr(torch, samples))
    betas = BETAS.to(getattr(torch, schedule))
    for variance in ("posterior", "beta"):
        got = submission.ddpm_step(x_t, t, noise, betas, z, variance)
        assert_dtype(got, x_t.dtype, "the step")
        expected = by_definition(x_t.double(), t, noise.double(), betas, z.double(), variance)
        slack = 0.05 if samples == "bfloat16" else 1e-5
        assert_close(got.double(), expected, label="the step", rtol=slack, atol=slack)


def test_long_schedule(submission, rng):
    """A usual schedule: 1000 small betas. Its first steps have a tiny variance, its last an alpha_bar near 0."""
    betas = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    x_t, t, noise, z = batch(rng, (4, 2), [0, 1, 500, 999], torch.float64)
    got = submission.ddpm_step(x_t, t, noise, betas, z)
    assert_close(got, by_definition(x_t, t, noise, betas, z), label="the step")


def test_gradients(submission, reference, rng):
    """The step is differentiable: gradients flow to x_t, to the predicted noise and to z."""
    x_t, t, noise, z = batch(rng, (3, 2), [0, 2, 4], torch.float64)
    assert_gradients(
        lambda x, e, one_z: submission.ddpm_step(x, t, e, BETAS.double(), one_z),
        lambda x, e, one_z: reference.ddpm_step(x, t, e, BETAS.double(), one_z),
        x_t,
        noise,
        z,
    )


def test_views_and_empty_batches(submission, rng):
    """The inputs may be transposed views and are not changed; a batch may be empty."""
    x_t, t, noise, z = batch(rng, (4, 3), [0, 2, 4])
    with unchanged(x_t, noise, z, t, BETAS):
        got = submission.ddpm_step(x_t.t(), t, noise.t(), BETAS, z.t())
    assert_close(got, by_definition(x_t.t(), t, noise.t(), BETAS, z.t()), label="the step")
    nothing = torch.zeros(0, 3)
    got = submission.ddpm_step(nothing, torch.zeros(0, dtype=torch.int64), nothing, BETAS, nothing)
    assert_shape(got, (0, 3), "the step of an empty batch")


@pytest.mark.parametrize("shape", [(1, 4), (3, 1), (4,), (3, 4, 1)], ids=str)
def test_other_shapes_are_refused(submission, rng, shape):
    """Whatever would be broadcast over the batch without a word raises a ValueError: noise, z, or t."""
    x_t, t, noise, z = batch(rng, (3, 4), [0, 1, 2])
    other = torch.randn(shape, generator=rng)
    with pytest.raises(ValueError):
        submission.ddpm_step(x_t, t, other, BETAS, z)
    with pytest.raises(ValueError):
        submission.ddpm_step(x_t, t, noise, BETAS, other)
    for steps in ([1], 1, [[0, 1, 2]], [0, 1, 2, 3]):
        with pytest.raises(ValueError):
            submission.ddpm_step(x_t, torch.tensor(steps), noise, BETAS, z)


@pytest.mark.parametrize("steps", [[-1, 0], [1, 5], [0, -5]], ids=str)
def test_steps_that_do_not_exist_are_refused(submission, rng, steps):
    """A step of -1 is a valid index, of the last step: check the range and raise a ValueError."""
    x_t, t, noise, z = batch(rng, (2, 2), steps)
    with pytest.raises(ValueError):
        submission.ddpm_step(x_t, t, noise, BETAS, z)


@pytest.mark.parametrize("variance", ["Posterior", "", None])
def test_other_variances_are_refused(submission, rng, variance):
    """A misspelt variance must not pass for one of the two: raise a ValueError."""
    x_t, t, noise, z = batch(rng, (2, 2), [0, 1])
    with pytest.raises(ValueError):
        submission.ddpm_step(x_t, t, noise, BETAS, z, variance)


@pytest.mark.parametrize(("shape", "steps"), [((1, 2), 1), ((2, 3), 5), ((3,), 4)], ids=str)
@pytest.mark.parametrize("variance", ["posterior", "beta"])
def test_chain(submission, rng, shape, steps, variance):
    """From the last step down to 0, one call of the model at each, with int64 steps of shape (n,) and zs[t] as the noise."""
    x, betas = torch.randn(shape, generator=rng), BETAS[:steps]
    zs = torch.randn(steps, *shape, generator=rng)
    model, ours = submission.support.Model(), support.Model()
    with unchanged(x, zs, betas):
        got = submission.ddpm_sample(model, x, betas, zs, variance)
    assert [t.tolist() for _, t, _ in model.diary] == [[k] * shape[0] for k in reversed(range(steps))], "the steps the model saw"
    expected = x
    for k, (seen, t, _) in zip(reversed(range(steps)), model.diary, strict=True):
        assert_close(seen, expected, label=f"x at step {k}")
        assert_dtype(t, torch.int64, "the t given to the model")
        with torch.no_grad():
            expected = by_definition(expected, t, ours(expected, t), betas, zs[k], variance)
    assert_close(got, expected, label="the sample")


def test_chain_builds_no_graph(submission, rng):
    """A graph through all steps would keep every activation of the model: sample under no_grad."""
    model = submission.support.Model()
    x, zs = torch.randn(2, 3, generator=rng), torch.randn(5, 2, 3, generator=rng)
    got = submission.ddpm_sample(model, x, BETAS, zs)
    assert_close(got, submission.ddpm_sample(model, x, BETAS, zs, "posterior"), label="the sample with the default variance")
    assert [recording for _, _, recording in model.diary] == [False] * 10, "whether autograd was recording in the model"
    assert not got.requires_grad, "the sample requires a gradient"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_chain_keeps_the_dtype_and_forgets_the_last_one(submission, rng, dtype):
    """Samples come back in the dtype they came in. A second chain through the same model starts from its own x."""
    model, ours = submission.support.Model(), support.Model()
    for _ in range(2):
        x, zs = torch.randn(2, 3, generator=rng).to(dtype), torch.randn(5, 2, 3, generator=rng).to(dtype)
        got, expected = submission.ddpm_sample(model, x, BETAS, zs), x
        for k in reversed(range(5)):
            with torch.no_grad():
                t = torch.full((2,), k)
                expected = by_definition(expected, t, ours(expected, t), BETAS, zs[k])
        assert_close(got, expected, label="the sample", rtol=1e-5, atol=1e-5)
