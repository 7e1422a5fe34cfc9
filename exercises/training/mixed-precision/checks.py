import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_equal, assert_same_state, assert_type


class Pair:
    """The same training twice: the learner's in their process, and one here."""

    def __init__(self, submission, rng, optim="SGD", lr=0.1, make=None, **scaler):
        scaler.setdefault("init_scale", 256.0)
        self.submission = submission
        self.ours = support.Net() if make is None else make(torch)
        with torch.no_grad():
            for parameter in self.ours.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.5)
        self.theirs = submission.support.Net() if make is None else make(submission.torch)
        self.theirs.load_state_dict(self.ours.state_dict())
        self.optimizer = getattr(submission.torch.optim, optim)(self.theirs.parameters(), lr=lr)
        self.our_optimizer = getattr(torch.optim, optim)(self.ours.parameters(), lr=lr)
        self.scaler = submission.torch.amp.GradScaler("cpu", **scaler)
        self.our_scaler = torch.amp.GradScaler("cpu", **scaler)

    def step(self, x, y, loss_fn=F.mse_loss, **options):
        return self.submission.train_step(self.theirs, x, y, loss_fn, self.optimizer, self.scaler, **options)

    def our_step(self, reference, x, y, loss_fn=F.mse_loss, **options):
        return reference.train_step(self.ours, x, y, loss_fn, self.our_optimizer, self.our_scaler, **options)


def batch(rng, n=5):
    return torch.randn(n, 4, generator=rng), torch.randn(n, 2, generator=rng)


def linear(where):
    return where.nn.Linear(4, 2)


@pytest.mark.parametrize("n", [1, 5], ids=["one sample", "five samples"])
def test_weights_after_one_step(submission, rng, n):
    """Each weight moves by minus lr times its true gradient: what the scaler multiplied it has to divide again."""
    pair = Pair(submission, rng, make=linear)
    x, y = batch(rng, n)
    weight, bias = pair.ours.weight.detach(), pair.ours.bias.detach()
    error = x @ weight.T + bias - y
    pair.step(x, y)
    assert_close(pair.theirs.weight, weight - 0.1 * 2 * error.T @ x / error.numel(), label="the weight", rtol=2e-2, atol=2e-3)
    assert_close(pair.theirs.bias, bias - 0.1 * 2 * error.sum(0) / error.numel(), label="the bias", rtol=2e-2, atol=2e-3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
def test_forward_pass_runs_in_16_bits(submission, rng, dtype):
    """The model's own layers have to compute in `dtype`: call the model under torch.autocast for the device of x."""
    pair = Pair(submission, rng)
    pair.step(*batch(rng), dtype=dtype)
    assert pair.theirs.forward_diary == [(dtype, True)]


def test_default_is_float16(submission, rng):
    """Without `dtype` autocast computes in float16."""
    pair = Pair(submission, rng)
    pair.step(*batch(rng))
    assert pair.theirs.forward_diary == [(torch.float16, True)]


def test_loss_runs_under_autocast(submission, rng):
    """The loss belongs under autocast too: there it gets the 16-bit prediction and autocast chooses its precision."""
    pair = Pair(submission, rng)
    loss_fn = submission.support.Loss()
    pair.step(*batch(rng), loss_fn=loss_fn)
    assert loss_fn.diary == [(torch.float16, True)]


def test_backward_pass_runs_outside(submission, rng):
    """Backward uses the precision that forward chose: leave the autocast block before you call it. Call it once."""
    pair = Pair(submission, rng)
    pair.step(*batch(rng))
    assert pair.theirs.backward_diary == [False]
    assert_equal(submission.support.amp_state()[0], False, label="autocast is on after the step")


def test_weights_and_gradients_stay_float32(submission, rng):
    """The master weights keep 32 bits: an update of a thousandth of a weight is lost in 16. Do not call half()."""
    pair = Pair(submission, rng)
    pair.step(*batch(rng))
    assert {tensor.dtype for tensor in pair.theirs.state_dict().values()} == {torch.float32}
    assert set(pair.theirs.gradient_dtypes()) <= {torch.float32, None}


def test_small_gradients_survive(submission, rng):
    """A gradient of 1e-8 is zero in float16: run backward from scaler.scale(loss), not from the loss."""
    pair = Pair(submission, rng, lr=1e8, make=linear, init_scale=2.0**24)
    x, y = batch(rng)
    weight, bias = pair.ours.weight.detach(), pair.ours.bias.detach()
    error = x @ weight.T + bias - y
    pair.step(x, y, loss_fn=submission.support.Loss(1e-9))
    expected = weight - 0.1 * 2 * error.T @ x / error.numel()
    assert_close(pair.theirs.weight, expected, label="the weight", rtol=2e-2, atol=2e-3)


@pytest.mark.parametrize("optim", ["SGD", "Adam"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
def test_several_steps(submission, reference, rng, optim, dtype):
    """Each step has to be a step of its own: clear the gradients, and let the scaler take part in every one."""
    pair = Pair(submission, rng, optim, lr=0.05, init_scale=1024.0, growth_interval=2)
    for _ in range(3):
        x, y = batch(rng)
        got = pair.step(x, y, dtype=dtype)
        assert_close(got, pair.our_step(reference, x, y, dtype=dtype), rtol=1e-3, label="the loss")
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())


def test_scale_grows_after_good_steps(submission, rng):
    """Call scaler.update() once at the end of each step: it counts the good ones and raises the scale."""
    pair = Pair(submission, rng, init_scale=8.0, growth_interval=2)
    scales = []
    for _ in range(4):
        pair.step(*batch(rng))
        scales.append(pair.scaler.get_scale())
    assert_equal(scales, [8.0, 16.0, 16.0, 32.0], label="the scale after each step")


@pytest.mark.parametrize("max_norm", [0.05, 0.5])
def test_true_gradients_are_clipped(submission, rng, max_norm):
    """Gradients are scaled after backward. Unscale them first, or the norm you clip is thousands of times too large."""
    pair = Pair(submission, rng, make=linear, lr=1.0)
    x, y = batch(rng)
    y = y + 3
    prediction = pair.ours(x)
    gradients = torch.autograd.grad(F.mse_loss(prediction, y), [pair.ours.weight, pair.ours.bias])
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    assert norm > max_norm
    pair.step(x, y, max_norm=max_norm)
    expected = pair.ours.weight - gradients[0] * max_norm / norm
    moved = torch.cat([(pair.theirs.weight - pair.ours.weight).flatten(), pair.theirs.bias - pair.ours.bias]).norm()
    assert_close(moved.item(), max_norm, rtol=1e-2, label="the length of the step at lr=1")
    assert_close(pair.theirs.weight, expected, label="the weight", rtol=2e-2, atol=2e-3)


@pytest.mark.parametrize("factor", [1e7, 1e39], ids=["infinite gradient", "infinite loss"])
@pytest.mark.parametrize("max_norm", [None, 1.0], ids=["no clipping", "clipping"])
def test_overflow_skips_the_step(submission, reference, rng, max_norm, factor):
    """An infinite gradient must not reach the weights nor the optimizer's averages: step with scaler.step(optimizer), then update the scaler."""
    pair = Pair(submission, rng, "Adam")
    before = {name: tensor.clone() for name, tensor in pair.ours.state_dict().items()}
    x, y = batch(rng)
    pair.step(x, y, loss_fn=submission.support.Loss(factor), max_norm=max_norm)
    assert_same_state(pair.theirs.state_dict(), before)
    assert_equal(pair.scaler.get_scale(), 128.0, label="the scale after an overflow")
    pair.step(x, y, max_norm=max_norm)
    pair.our_step(reference, x, y, max_norm=max_norm)
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())


def test_short_gradients_are_not_clipped(submission, reference, rng):
    """Clipping only shortens: gradients within the bound stay as they are."""
    pair = Pair(submission, rng, init_scale=4096.0)
    x, y = batch(rng)
    pair.step(x, y, max_norm=100.0)
    pair.our_step(reference, x, y)
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())


def test_a_bound_of_zero_is_a_bound(submission, rng):
    """Only None means no clipping. With a bound of 0 nothing may move."""
    pair = Pair(submission, rng)
    pair.step(*batch(rng), max_norm=0.0)
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())


@pytest.mark.parametrize("max_norm", [None, 0.1], ids=["no clipping", "clipping"])
def test_scaler_switched_off(submission, reference, rng, max_norm):
    """With bfloat16 the scaler is often switched off. All its methods then pass through, so call them as before."""
    pair = Pair(submission, rng, enabled=False)
    for _ in range(2):
        x, y = batch(rng)
        pair.step(x, y, dtype=torch.bfloat16, max_norm=max_norm)
        pair.our_step(reference, x, y, dtype=torch.bfloat16, max_norm=max_norm)
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())


def test_old_gradients_are_forgotten(submission, reference, rng):
    """Gradients may be left from before the call: clear them before backward."""
    pair = Pair(submission, rng)
    x, y = batch(rng)
    submission.support.fill_gradients(pair.theirs, 2.0)
    pair.step(x, y)
    pair.our_step(reference, x, y)
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())


def test_returns_the_plain_loss(submission, rng):
    """Return the loss as it is, not the scaled one, and as a float: a tensor would keep the graph alive."""
    pair = Pair(submission, rng)
    x, y = batch(rng, 3)
    expected = F.mse_loss(pair.ours(x), y).item()
    got = pair.step(x, y)
    assert_type(got, float)
    assert_close(got, expected, rtol=1e-2, label="the loss")


def test_model_is_in_training_mode(submission, rng):
    """The model may come from an evaluation: call train() before the forward pass."""
    pair = Pair(submission, rng)
    pair.theirs.eval()
    pair.step(*batch(rng))
    assert pair.theirs.modes == [True]


def test_transposed_inputs(submission, reference, rng):
    """x and y may be views with strides of their own."""
    pair = Pair(submission, rng)
    x, y = torch.randn(4, 5, generator=rng).t(), torch.randn(2, 5, generator=rng).t()
    pair.step(x, y)
    pair.our_step(reference, x, y)
    assert_same_state(pair.theirs.state_dict(), pair.ours.state_dict())
