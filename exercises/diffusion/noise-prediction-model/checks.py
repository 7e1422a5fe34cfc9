import math

import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_registered_parameters,
    assert_shape,
)


def by_definition(steps, dim):
    """Sine and cosine one by one, in double precision."""
    half = dim // 2
    angles = [[t * 10000.0 ** (-i / half) for i in range(half)] for t in steps]
    return torch.tensor([[math.sin(a) for a in row] + [math.cos(a) for a in row] for row in angles])


@pytest.mark.parametrize(("steps", "dim"), [([1], 2), ([0, 3], 4), ([7, 0, 999], 10), ([5, 5, 40, 2], 8)], ids=str)
def test_embedding(submission, steps, dim):
    """The exponent is i divided by dim / 2, with i from 0; all sines stand before all cosines."""
    got = submission.timestep_embedding(torch.tensor(steps), dim)
    assert_shape(got, (len(steps), dim), "the embedding")
    assert_close(got, by_definition(steps, dim), label="the embedding", rtol=0, atol=5e-4)


@pytest.mark.parametrize("dtype", [torch.int32, torch.float64, torch.bfloat16], ids=str)
def test_embedding_of_other_dtypes(submission, dtype):
    """The angles are computed in float32 or better, and the result is float32, whatever the dtype of t."""
    steps = [0, 129, 250]
    t = torch.tensor(steps, dtype=dtype)
    got = submission.timestep_embedding(t, 6)
    assert_dtype(got, torch.float32, "the embedding")
    assert_close(got, by_definition(t.tolist(), 6), label="the embedding", rtol=0, atol=5e-4)


def test_embedding_between_steps(submission):
    """A float t is no index: t = 0.5 lies between the steps."""
    got = submission.timestep_embedding(torch.tensor([0.5, 2.25]), 4)
    assert_close(got, by_definition([0.5, 2.25], 4), label="the embedding", atol=5e-4)


@pytest.mark.parametrize("dim", [1, 5])
def test_odd_widths_are_refused(submission, dim):
    """Sines and cosines come in pairs: an odd dim raises a ValueError."""
    with pytest.raises(ValueError):
        submission.timestep_embedding(torch.tensor([1, 2]), dim)


def pair(submission, rng, channels=2, hidden=5, time_dim=6, dtype=torch.float32):
    """The learner's model with random weights, and those weights."""
    shapes = {
        "time_in": (hidden, time_dim),
        "time_out": (hidden, hidden),
        "conv_in": (hidden, channels, 3, 3),
        "conv_mid": (hidden, hidden, 3, 3),
        "conv_out": (channels, hidden, 3, 3),
    }
    state = {}
    for name, shape in shapes.items():
        size = 1.5 / math.sqrt(math.prod(shape[1:]))
        state[f"{name}.weight"] = (size * torch.randn(shape, generator=rng)).to(dtype)
        state[f"{name}.bias"] = (0.5 * torch.randn(shape[0], generator=rng)).to(dtype)
    model = submission.NoisePredictor(channels, hidden, time_dim)
    if dtype is not torch.float32:
        model.to(dtype)
    model.load_state_dict(state)
    return model, state


def forward(state, x, t, time_dim=6):
    """The formulas of the task with the weights in `state`."""
    e = by_definition(t.tolist(), time_dim).to(x.dtype)
    e = F.linear(e, state["time_in.weight"], state["time_in.bias"])
    e = F.linear(F.silu(e), state["time_out.weight"], state["time_out.bias"])
    h = F.silu(F.conv2d(x, state["conv_in.weight"], state["conv_in.bias"], padding=1))
    h = h + e.reshape(*e.shape, 1, 1)
    h = h + F.silu(F.conv2d(h, state["conv_mid.weight"], state["conv_mid.bias"], padding=1))
    return F.conv2d(h, state["conv_out.weight"], state["conv_out.bias"], padding=1)


def test_layers(submission, reference):
    """Five layers under the promised names, all with bias, and nothing else to train."""
    model = submission.NoisePredictor(3, 4, 6)
    assert_registered_parameters(model, reference.NoisePredictor(3, 4, 6))


def test_prediction(submission, rng):
    """One embedding per sample is added to every channel at every pixel, after the first silu; the second half is a residual step."""
    model, state = pair(submission, rng)
    for shape in ((1, 2, 3, 3), (3, 2, 4, 6), (5, 2, 5, 5)):
        x, t = torch.randn(shape, generator=rng), torch.randint(0, 1000, shape[:1], generator=rng)
        assert_close(model(x, t), forward(state, x, t), label=f"the prediction for {shape}", rtol=2e-3, atol=2e-3)


def test_samples_are_independent(submission, rng):
    """A sample's answer depends on its own x and t only."""
    model, _ = pair(submission, rng)
    x, t = torch.randn(3, 2, 4, 4, generator=rng), torch.tensor([4, 90, 700])
    alone = torch.cat([model(x[i : i + 1], t[i : i + 1]) for i in range(3)])
    assert_close(model(x, t), alone, label="the prediction", atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64], ids=str)
def test_models_of_other_dtypes(submission, rng, dtype):
    """Compute the embedding in float32, then cast it to the dtype of x: bfloat16 cannot tell step 997 from step 1000."""
    model, state = pair(submission, rng, dtype=dtype)
    x, t = torch.randn(2, 2, 3, 3, generator=rng).to(dtype), torch.tensor([997, 3])
    got = model(x, t)
    assert_dtype(got, dtype, "the prediction")
    exact = forward({name: value.double() for name, value in state.items()}, x.double(), t)
    slack = 0.1 if dtype is torch.bfloat16 else 2e-3
    assert_close(got.double(), exact, label="the prediction", rtol=slack, atol=slack)


def test_gradients_of_the_model(submission, rng):
    """Gradients flow to x and to every layer, those of the time path included."""
    model, state = pair(submission, rng)
    x, t = torch.randn(3, 2, 4, 3, generator=rng), torch.tensor([0, 1, 5])
    ours = {name: value.clone().requires_grad_() for name, value in state.items()}
    x, ours_x = x.requires_grad_(), x.clone().detach().requires_grad_()
    model(x, t).square().mean().backward()
    forward(ours, ours_x, t).square().mean().backward()
    assert_close(x.grad, ours_x.grad, label="the gradient of x", rtol=5e-3, atol=5e-3)
    for name, value in model.gradients().items():
        assert value is not None, f"no gradient reached {name}"
        assert_close(value, ours[name].grad, label=f"the gradient of {name}", rtol=5e-3, atol=5e-3)


def test_transposed_images_and_empty_batches(submission, rng):
    """x may be a view with strides of its own, and a batch may be empty."""
    model, state = pair(submission, rng)
    x, t = torch.randn(2, 4, 3, 2, generator=rng).permute(0, 3, 2, 1), torch.tensor([8, 1])
    assert_close(model(x, t), forward(state, x, t), label="the prediction", rtol=2e-3, atol=2e-3)
    empty = model(torch.zeros(0, 2, 4, 4), torch.zeros(0, dtype=torch.int64))
    assert_shape(empty, (0, 2, 4, 4), "the prediction of an empty batch")


def test_steps_of_another_shape_are_refused(submission, rng):
    """A t of shape (1,) would be broadcast over the batch without a word: raise a ValueError."""
    model, diary = submission.NoisePredictor(2, 3, 4), submission.support.Diary()
    x = torch.randn(3, 2, 4, 4, generator=rng)
    for shape in ((1,), (2,), (), (3, 1)):
        t = torch.ones(shape, dtype=torch.int64)
        with pytest.raises(ValueError):
            model(x, t)
        with pytest.raises(ValueError):
            submission.noise_prediction_loss(diary, x, t, x, ALPHAS_BAR)


def noised(x0, t, noise, alphas_bar):
    """Sample by sample."""
    rows = []
    for x, step, e in zip(x0, t.tolist(), noise, strict=True):
        share = float(alphas_bar[step])
        rows.append(math.sqrt(share) * x + math.sqrt(1 - share) * e)
    return torch.stack(rows)


ALPHAS_BAR = torch.tensor([0.99, 0.9, 0.64, 0.3, 0.01])


@pytest.mark.parametrize("shape", [(1, 3), (4,), (3, 3), (2, 2, 3), (4, 4, 4, 4)], ids=str)
def test_samples_are_noised_by_their_own_step(submission, rng, shape):
    """The model sees sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) noise, each sample with the alpha_bar of its own t, and t as it came."""
    x0, noise = torch.randn(shape, generator=rng), torch.randn(shape, generator=rng)
    t = torch.tensor([4, 1, 0, 3])[: shape[0]]
    model = submission.support.Diary()
    submission.noise_prediction_loss(model, x0, t, noise, ALPHAS_BAR)
    assert len(model.calls) == 1, f"the model was called {len(model.calls)} times"
    x_t, step = model.calls[0]
    assert_close(x_t, noised(x0, t, noise, ALPHAS_BAR), label="x_t")
    assert_close(step, t, label="the t given to the model")


@pytest.mark.parametrize("shape", [(1, 2), (3, 4), (2, 3, 2, 2)], ids=str)
def test_loss(submission, rng, shape):
    """The target is the noise, not x0, and the mean goes over all elements."""
    x0, noise = torch.randn(shape, generator=rng), torch.randn(shape, generator=rng)
    t = torch.tensor([2, 0, 4])[: shape[0]]
    model = submission.support.Diary(0.25)
    got = submission.noise_prediction_loss(model, x0, t, noise, ALPHAS_BAR)
    assert_shape(got, (), "the loss")
    assert_close(got, (noise - 0.25).square().mean(), label="the loss")
    got = submission.noise_prediction_loss(model, x0, t, 2 * noise, ALPHAS_BAR)
    assert_close(got, (2 * noise - 0.25).square().mean(), label="the loss of other noise")


def test_gradients_of_the_loss(submission, rng):
    """The loss reaches the model's parameters through the prediction."""
    x0, noise = torch.randn(3, 2, generator=rng), torch.randn(3, 2, generator=rng)
    t = torch.tensor([2, 0, 4])
    model, ours = submission.support.Slope(), support.Slope()
    submission.noise_prediction_loss(model, x0, t, noise, ALPHAS_BAR).backward()
    (ours(noised(x0, t, noise, ALPHAS_BAR), t) - noise).square().mean().backward()
    for name, parameter in ours.named_parameters():
        assert_close(model.gradients()[name], parameter.grad, label=f"the gradient of {name}")


def test_loss_in_the_dtype_of_the_samples(submission, rng):
    """A float64 schedule must not turn a float32 x_t into float64."""
    for samples, schedule in ((torch.float32, torch.float64), (torch.float64, torch.float32)):
        x0, noise = (torch.randn(2, 3, generator=rng).to(samples) for _ in range(2))
        model, t = submission.support.Diary(), torch.tensor([1, 3])
        got = submission.noise_prediction_loss(model, x0, t, noise, ALPHAS_BAR.to(schedule))
        assert_dtype(model.calls[0][0], samples, "x_t")
        assert_dtype(got, samples, "the loss")


@pytest.mark.parametrize("shape", [(1, 4), (3, 1), (4,), (3, 4, 1)], ids=str)
def test_noise_of_another_shape_is_refused(submission, rng, shape):
    """Noise of shape (1, 4) would be the same for every sample: compare the shapes and raise a ValueError."""
    x0, noise, t = torch.randn(3, 4, generator=rng), torch.randn(shape, generator=rng), torch.tensor([0, 1, 2])
    with pytest.raises(ValueError):
        submission.noise_prediction_loss(submission.support.Diary(), x0, t, noise, ALPHAS_BAR)
