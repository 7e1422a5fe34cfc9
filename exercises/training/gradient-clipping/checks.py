import math

import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_shape, assert_type

SHAPES = [(3, 4), (4,), (2, 3, 2), ()]


def gradients(rng, shapes=SHAPES, dtype=torch.float32, scale=1.0):
    return [scale * torch.randn(shape, generator=rng, dtype=dtype) for shape in shapes]


def joined(grads):
    return torch.cat([g.reshape(-1) for g in grads if g is not None])


def after(holder):
    return list(holder.gradients().values())


def run(submission, grads, max_norm, **more):
    holder = submission.support.Holder(grads)
    return submission.clip_grad_norm(holder.parameters(), max_norm, **more), holder


@pytest.mark.parametrize("shapes", [[(1,)], [(3,)], SHAPES], ids=["one number", "one tensor", "four tensors"])
def test_returned_norm_is_the_one_before_clipping(submission, rng, shapes):
    """Return the length of all gradients together, as it was before you scaled anything."""
    grads = gradients(rng, shapes)
    norm, _ = run(submission, grads, 0.1)
    assert_shape(norm, (), "the norm")
    assert_close(norm, joined(grads).pow(2).sum().sqrt(), label="the norm")


@pytest.mark.parametrize("max_norm", [0.1, 1.0])
def test_long_gradients_are_shortened(submission, rng, max_norm):
    """All gradients share one factor, max_norm / norm: clipping each on its own changes the direction."""
    grads = gradients(rng)
    _, holder = run(submission, grads, max_norm)
    factor = max_norm / joined(grads).norm()
    assert_close(after(holder), [g * factor for g in grads], label="the gradients")


def test_direction_stays_with_one_dominant_tensor(submission, rng):
    """A tensor that is short by itself is scaled down as well when another makes the whole too long."""
    grads = [torch.tensor([300.0, 400.0]), torch.tensor([0.5])]
    _, holder = run(submission, grads, 1.0)
    assert_close(after(holder), [torch.tensor([0.6, 0.8]), torch.tensor([0.001])], rtol=1e-3, label="the gradients")


@pytest.mark.parametrize("max_norm", [100.0, 10.5], ids=["far below", "just below"])
def test_short_gradients_stay_bit_for_bit(submission, max_norm):
    """The factor is never above 1: a gradient within the bound is not stretched to max_norm, nor rounded."""
    grads = [torch.tensor([6.1, 0.0]), torch.tensor([[8.1]])]
    norm, holder = run(submission, grads, max_norm)
    for got, expected in zip(after(holder), grads, strict=True):
        assert_equal(got, expected, label="the gradient")
    assert_close(norm, torch.tensor(math.hypot(6.1, 8.1)), label="the norm")


@pytest.mark.parametrize("norm_type", [1.0, 3.0, math.inf], ids=["1", "3", "infinity"])
def test_other_norms(submission, rng, norm_type):
    """The total norm follows from the parts by the same p: sums of p-th powers, or the largest value for infinity."""
    grads = gradients(rng)
    norm, holder = run(submission, grads, 0.2, norm_type=norm_type)
    vector = joined(grads).abs()
    expected = vector.max() if norm_type == math.inf else (vector**norm_type).sum() ** (1 / norm_type)
    assert_close(norm, expected, label="the norm")
    assert_close(after(holder), [g * 0.2 / expected for g in grads], label="the gradients")


def test_gradients_change_in_place(submission, rng):
    """Others may hold the gradient tensors: change their values, do not put new tensors into `.grad`."""
    grads = gradients(rng)
    _, holder = run(submission, grads, 0.5)
    assert_close(holder.seen_through_alias(), [g * 0.5 / joined(grads).norm() for g in grads], label="the gradients")


def test_parameters_without_gradient(submission, rng):
    """A parameter that took no part has no gradient: skip it, and leave it at None."""
    grads = [None, *gradients(rng, [(30,)]), None]
    norm, holder = run(submission, grads, 0.5)
    got = after(holder)
    assert got[0] is None and got[2] is None
    assert_close(norm, grads[1].norm(), label="the norm")
    assert_close(got[1], grads[1] * 0.5 / grads[1].norm(), label="the gradient")


def test_nothing_to_clip(submission, rng):
    """No gradient at all, or only zeros, has the norm 0: neither an error nor a NaN."""
    for grads in ([None, None], []):
        norm, _ = run(submission, grads, 1.0)
        assert_shape(norm, (), "the norm")
        assert_equal(norm.item(), 0.0, label="the norm")
    norm, holder = run(submission, [torch.zeros(3)], 1.0)
    assert_equal(norm, torch.tensor(0.0), label="the norm of zeros")
    assert_equal(after(holder)[0], torch.zeros(3), label="the gradient")


def test_parameters_from_a_generator(submission, rng):
    """A generator can be walked once. Collect what you need on the first walk."""
    grads = gradients(rng)
    holder = submission.support.Holder(grads)
    norm = submission.clip_grad_norm(holder.as_generator(), 0.5)
    assert_close(norm, joined(grads).norm(), label="the norm")
    assert_close(after(holder), [g * 0.5 / joined(grads).norm() for g in grads], label="the gradients")


def test_double_precision(submission, rng):
    """The norm has the dtype of the gradients: float64 stays float64."""
    grads = gradients(rng, dtype=torch.float64)
    norm, holder = run(submission, grads, 0.5)
    assert_dtype(norm, torch.float64, "the norm")
    assert_close(norm, joined(grads).norm(), label="the norm")
    assert_close(after(holder), [g * 0.5 / joined(grads).norm() for g in grads], label="the gradients", rtol=1e-5)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_broken_gradients_are_refused(submission, bad):
    """Scaling by a norm that is not finite turns everything into zeros or NaN: raise a RuntimeError before you touch a gradient."""
    grads = [torch.tensor([1.0, 2.0]), torch.tensor([bad])]
    holder = submission.support.Holder(grads)
    with pytest.raises(RuntimeError) as raised:
        submission.clip_grad_norm(holder.parameters(), 1.0)
    assert not isinstance(raised.value, NotImplementedError)
    assert_equal(after(holder)[0], grads[0], label="the gradient")


@pytest.mark.parametrize("max_norm", [0.05, 1e6], ids=["clipped", "not clipped"])
def test_step_follows_the_clipped_gradient(submission, rng, max_norm):
    """Clip after backward and before step; clear old gradients first. The loss is the one before the step, and loss_fn takes the prediction first."""
    x, y = torch.randn(6, 3, generator=rng), torch.randn(6, 2, generator=rng)
    model = submission.torch.nn.Linear(3, 2)
    weight = torch.randn(2, 3, generator=rng)
    bias = torch.randn(2, generator=rng)
    model.load_state_dict({"weight": weight, "bias": bias})
    submission.support.fill_gradients(model, 2.0)
    optimizer = submission.torch.optim.SGD(model.parameters(), lr=0.1)
    loss, norm = submission.clipped_step(model, x, y, submission.support.lopsided, optimizer, max_norm)
    error = x @ weight.T + bias - y
    slope = 2 * torch.where(error > 0, 3.0, 1.0) * error / error.numel()
    grads = [slope.T @ x, slope.sum(0)]
    expected = joined(grads).norm().item()
    assert_type(loss, float, "the loss")
    assert_type(norm, float, "the norm")
    assert_close(loss, (slope * error).sum().item() / 2, rtol=1e-5, label="the loss")
    assert_close(norm, expected, rtol=1e-5, label="the norm")
    factor = min(1.0, max_norm / expected)
    assert_close(model.weight, weight - 0.1 * factor * grads[0], label="the weight", rtol=1e-5)
    assert_close(model.bias, bias - 0.1 * factor * grads[1], label="the bias", rtol=1e-5)
