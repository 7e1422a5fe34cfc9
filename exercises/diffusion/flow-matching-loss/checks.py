import pytest
import torch

import support
from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_shape, unchanged

TIMES = torch.tensor([0.25, 1.0, 0.0, 0.9])


def batch(rng, shape, dtype=torch.float32):
    x1, x0 = (torch.randn(shape, generator=rng).to(dtype) for _ in range(2))
    return x1, x0, TIMES[: shape[0]]


def path(x1, x0, t, sigma_min=0.0):
    """Points and velocities, sample by sample."""
    points, velocities = [], []
    for data, noise, time in zip(x1, x0, t.tolist(), strict=True):
        points.append((1 - (1 - sigma_min) * time) * noise + time * data)
        velocities.append(data - (1 - sigma_min) * noise)
    return torch.stack(points), torch.stack(velocities)


@pytest.mark.parametrize(
    ("shape", "sigma_min"), [((1, 2), 0.0), ((4, 3), 0.1), ((3, 3), 0.0), ((4, 4, 4, 4), 0.3)], ids=str
)
def test_the_model_sees_the_point_on_the_path(submission, rng, shape, sigma_min):
    """Each sample stands at its own time: at t = 1 it is the data (plus sigma_min times the noise), at t = 0 the noise."""
    x1, x0, t = batch(rng, shape)
    model = submission.support.Model()
    submission.flow_matching_loss(model, x1, x0, t, sigma_min)
    assert len(model.diary) == 1, f"the model was called {len(model.diary)} times"
    x_t, time, _ = model.diary[0]
    assert_close(x_t, path(x1, x0, t, sigma_min)[0], label="x_t")
    assert_close(time, t, label="the t given to the model")


@pytest.mark.parametrize(("shape", "sigma_min"), [((1, 2), 0.0), ((4, 3), 0.1), ((2, 3, 2), 0.0)], ids=str)
def test_loss(submission, rng, shape, sigma_min):
    """The target is the derivative of the path in t, from noise to data; the mean goes over all elements."""
    x1, x0, t = batch(rng, shape)
    _, velocity = path(x1, x0, t, sigma_min)
    model = lambda x, _: 0.5 * torch.ones_like(x)  # noqa: E731
    got = submission.flow_matching_loss(model, x1, x0, t, sigma_min)
    assert_shape(got, (), "the loss")
    assert_close(got, (0.5 - velocity).square().mean(), label="the loss")
    got = submission.flow_matching_loss(model, 2 * x1, 2 * x0, t, sigma_min)
    assert_close(got, (0.5 - 2 * velocity).square().mean(), label="the loss of other samples")


@pytest.mark.parametrize("sigma_min", [0.0, 0.2])
def test_velocity_is_the_slope_of_the_path(submission, rng, sigma_min):
    """Between two times the point moves by the velocity times their difference. A model that says so has no loss."""
    x1, x0, _ = batch(rng, (3, 4), torch.float64)
    points = []
    for time in (0.2, 0.7):
        t = torch.full((3,), time, dtype=torch.float64)
        submission.flow_matching_loss(lambda x, _: points.append(x) or x, x1, x0, t, sigma_min)
    slope = (points[1] - points[0]) / 0.5
    got = submission.flow_matching_loss(lambda x, _: slope, x1, x0, t, sigma_min)
    assert_close(got, torch.zeros((), dtype=torch.float64), label="the loss of the true velocity", atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 2), (4, 3), (3, 2, 5)], ids=str)
def test_one_loss_per_sample(submission, rng, shape):
    """reduction="none" averages over the elements of each sample and keeps the samples apart."""
    x1, x0, t = batch(rng, shape)
    points, velocity = path(x1, x0, t)
    expected = (-points - velocity).square().flatten(1).mean(1)
    got = submission.flow_matching_loss(lambda x, _: -x, x1, x0, t, reduction="none")
    assert_close(got, expected, label="the losses")


def test_gradients(submission, rng):
    """The loss reaches the model's parameters, and x1 and x0 on both of their ways: through the point and the velocity."""
    x1, x0, t = batch(rng, (3, 2), torch.float64)
    theirs, ours = [[v.clone().requires_grad_() for v in (x1, x0)] for _ in range(2)]
    model, plain = submission.support.Model(), support.Model()
    submission.flow_matching_loss(model, *theirs, t, 0.1).backward()
    points, velocity = path(*ours, t, 0.1)
    (plain(points, t) - velocity).square().mean().backward()
    for name, parameter in plain.named_parameters():
        assert_close(model.gradients()[name], parameter.grad, label=f"the gradient of {name}", rtol=1e-5)
    for name, got, expected in zip(("x1", "x0"), theirs, ours, strict=True):
        assert_finite(got.grad, f"the gradient of {name}")
        assert_close(got.grad, expected.grad, label=f"the gradient of {name}", rtol=1e-5)


@pytest.mark.parametrize(("samples", "times"), [("float32", "float64"), ("float64", "float32"), ("bfloat16", "float32")])
def test_dtypes(submission, rng, samples, times):
    """x_t has the dtype of x1, and t goes to the model as it came: a float64 t must not turn float32 samples into float64."""
    x1, x0, t = batch(rng, (3, 2), getattr(torch, samples))
    model = submission.support.Model()
    got = submission.flow_matching_loss(model, x1, x0, t.to(getattr(torch, times)))
    assert_dtype(model.diary[0][0], x1.dtype, "x_t")
    assert_dtype(model.diary[0][1], getattr(torch, times), "the t given to the model")
    assert_dtype(got, x1.dtype, "the loss")


def test_views_and_empty_batches(submission, rng):
    """The inputs may be transposed views and are not changed; a batch may be empty."""
    x1, x0, t = batch(rng, (4, 3))
    with unchanged(x1, x0, t):
        got = submission.flow_matching_loss(lambda x, _: x, x1.t(), x0.t(), t[:3], reduction="none")
    points, velocity = path(x1.t(), x0.t(), t[:3])
    assert_close(got, (points - velocity).square().mean(1), label="the losses")
    nothing = torch.zeros(0, 2, 3)
    got = submission.flow_matching_loss(lambda x, _: x, nothing, nothing, torch.zeros(0), reduction="none")
    assert_shape(got, (0,), "the losses of an empty batch")


@pytest.mark.parametrize("shape", [(1, 4), (3, 1), (4,), (3, 4, 1)], ids=str)
def test_other_shapes_are_refused(submission, rng, shape):
    """Whatever would be broadcast over the batch without a word raises a ValueError: x0 or t."""
    x1, x0, t = batch(rng, (3, 4))
    with pytest.raises(ValueError):
        submission.flow_matching_loss(lambda x, _: x, x1, torch.randn(shape, generator=rng), t)
    for times in ([0.5], 0.5, [[0.1, 0.2, 0.3]], [0.1, 0.2, 0.3, 0.4]):
        with pytest.raises(ValueError):
            submission.flow_matching_loss(lambda x, _: x, x1, x0, torch.tensor(times))


@pytest.mark.parametrize("times", [[0.5, -0.01], [1.01, 0.5], [0.0, 999.0]], ids=str)
def test_times_off_the_path_are_refused(submission, rng, times):
    """Times lie between 0 and 1, both included: a step counter in their place must not pass."""
    x1, x0, _ = batch(rng, (2, 3))
    with pytest.raises(ValueError):
        submission.flow_matching_loss(lambda x, _: x, x1, x0, torch.tensor(times))


@pytest.mark.parametrize("reduction", ["sum", "", None])
def test_other_reductions_are_refused(submission, rng, reduction):
    """Only "mean" and "none" exist here: raise a ValueError for all others."""
    x1, x0, t = batch(rng, (2, 3))
    with pytest.raises(ValueError):
        submission.flow_matching_loss(lambda x, _: x, x1, x0, t, reduction=reduction)


def integrate(model, x, steps, method):
    """The two methods, and the times at which they ask."""
    h, times = 1 / steps, []
    for k in range(steps):
        times.append(k * h)
        velocity = model(x, torch.full((len(x),), k * h, dtype=x.dtype))
        if method == "midpoint":
            times.append((k + 0.5) * h)
            velocity = model(x + 0.5 * h * velocity, torch.full((len(x),), (k + 0.5) * h, dtype=x.dtype))
        x = x + h * velocity
    return x, times


@pytest.mark.parametrize("method", ["euler", "midpoint"])
@pytest.mark.parametrize(("shape", "steps"), [((1, 2), 1), ((3, 2), 2), ((2, 2, 3), 5)], ids=str)
def test_steps_follow_the_velocity(submission, rng, shape, steps, method):
    """Times start at 0 and end one step before 1. For the midpoint, the whole step starts from the old x with the velocity of the middle."""
    x = torch.randn(shape, generator=rng, dtype=torch.float64)
    model = submission.support.Model()
    got = submission.flow_sample(model, x, steps, method)
    with torch.no_grad():
        expected, times = integrate(support.Model(), x, steps, method)
    seen = [t for _, t, _ in model.diary]
    assert len(seen) == len(times), f"the model was called {len(seen)} times, expected {len(times)}"
    for k, (time, due) in enumerate(zip(seen, times, strict=True)):
        assert_close(time, torch.full((shape[0],), due, dtype=torch.float64), label=f"t in call {k}")
    assert_close(got, expected, label="the sample")


def test_exact_solutions(submission, rng):
    """Each method against dx/dt = -x, whose answer is exp(-1) x: one euler step multiplies by 1 - h, one midpoint step by 1 - h + h * h / 2."""
    x = torch.randn(2, 3, generator=rng, dtype=torch.float64)
    model = lambda value, _: -value  # noqa: E731
    for steps in (1, 3):
        h = 1 / steps
        for method, factor in (("euler", 1 - h), ("midpoint", 1 - h + h * h / 2)):
            for start in (x, 2 * x):
                got = submission.flow_sample(model, start, steps, method)
                assert_close(got, factor**steps * start, label=f"{steps} steps of {method}")


def test_sampling_defaults(submission, rng):
    """Without a word about the method it is euler; float32 samples and times stay float32; x is not changed."""
    x = torch.randn(3, 2, generator=rng)
    model = submission.support.Model()
    with unchanged(x):
        got = submission.flow_sample(model, x, 3)
    with torch.no_grad():
        expected, _ = integrate(support.Model(), x, 3, "euler")
    assert_close(got, expected, label="the sample")
    assert [t.dtype for _, t, _ in model.diary] == [torch.float32] * 3, "the dtypes of t"


@pytest.mark.parametrize("method", ["euler", "midpoint"])
def test_sampling_builds_no_graph(submission, rng, method):
    """A graph through all steps would keep every activation of the model: sample under no_grad."""
    model = submission.support.Model()
    x = torch.randn(2, 3, generator=rng).requires_grad_()
    got = submission.flow_sample(model, x, 2, method)
    assert not any(recording for _, _, recording in model.diary), "autograd was recording in the model"
    assert not got.requires_grad, "the sample requires a gradient"


@pytest.mark.parametrize(("steps", "method"), [(0, "euler"), (-2, "midpoint"), (2, "rk4"), (2, None)])
def test_impossible_settings_are_refused(submission, rng, steps, method):
    """Fewer than 1 step, or a method that does not exist, raises a ValueError."""
    with pytest.raises(ValueError):
        submission.flow_sample(lambda x, _: x, torch.randn(2, 2, generator=rng), steps, method)
