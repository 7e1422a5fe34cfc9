import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_finite,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
)


def layer(submission, weight, eps=1e-6):
    theirs = submission.RMSNorm(len(weight), eps=eps)
    theirs.load_state_dict({"weight": weight})
    return theirs


def test_one_weight_of_ones(submission):
    """weight is the only thing saved: an nn.Parameter of shape (dim,), all ones. There is no bias and no buffer."""
    theirs = submission.RMSNorm(5)
    assert_registered_parameters(theirs, {"weight": (5,)})
    assert set(theirs.state_dict()) == {"weight"}, f"the state holds {sorted(theirs.state_dict())}"
    assert_close(theirs.weight, torch.ones(5), label="weight")


@pytest.mark.parametrize("lead", [(), (1,), (4,), (2, 3), (0,)], ids=str)
def test_mean_square_of_each_sample_is_one(submission, rng, lead):
    """The mean of the squares is taken over the last dimension, for each sample by itself. It is a mean, not a sum."""
    got = submission.RMSNorm(6)(3 * torch.randn(*lead, 6, generator=rng) + 2)
    assert_shape(got, (*lead, 6))
    assert_close(got.square().mean(-1), torch.ones(lead), label="the mean square of each sample")


def test_mean_is_not_subtracted(submission):
    """Equal values stay equal values: three sevens become three ones, not zeros."""
    got = submission.RMSNorm(3)(torch.tensor([[7.0, 7.0, 7.0], [-2.0, -2.0, -2.0]]))
    assert_close(got, torch.tensor([[1.0], [-1.0]]).expand(2, 3))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5)], ids=str)
def test_weight_scales_each_feature(submission, rng, shape):
    """Multiply by weight after dividing: feature i of every sample by weight[i]."""
    weight = torch.randn(shape[-1], generator=rng)
    x = torch.randn(shape, generator=rng) + 1
    assert_close(layer(submission, weight)(x), F.rms_norm(x, weight.shape, weight, eps=1e-6))


@pytest.mark.parametrize("eps", [1e-6, 0.1, 2.0])
def test_eps_under_the_root(submission, rng, eps):
    """Divide by sqrt(mean of squares + eps). Adding eps to the root, or clamping, is something else."""
    x = 0.02 * torch.randn(4, 5, generator=rng)
    assert_close(layer(submission, torch.ones(5), eps)(x), F.rms_norm(x, (5,), eps=eps))


def test_default_eps(submission):
    """eps is 1e-6 unless it is given."""
    x = torch.tensor([[0.001, -0.002]])
    assert_close(submission.RMSNorm(2)(x), F.rms_norm(x, (2,), eps=1e-6))


def test_sample_of_zeros(submission):
    """The mean square is 0: eps has to stand inside the root, which has no finite slope at 0."""
    x = torch.zeros(2, 4, requires_grad=True)
    got = submission.RMSNorm(4)(x)
    assert_close(got, torch.zeros(2, 4))
    (gradient,) = torch.autograd.grad(got.sum(), x)
    assert_close(gradient, torch.full((2, 4), 1e3), label="the gradient, 1 over the root of eps")


def test_double_precision_keeps_its_digits(submission, rng):
    """.float() widens float16 and narrows float64: convert only what is narrower than float32."""
    x = torch.randn(3, 5, generator=rng, dtype=torch.float64)
    got = submission.RMSNorm(5).to(torch.float64)(x)
    assert_close(got, F.rms_norm(x, (5,), eps=1e-6), rtol=1e-12, atol=1e-13)


def test_gradients_reach_input_and_weight(submission, reference, rng):
    """The divisor depends on x, and its part of the gradient belongs to it: nothing may be detached."""
    theirs, ours = submission.RMSNorm(4).to(torch.float64), reference.RMSNorm(4).double()
    state = {"weight": torch.randn(4, generator=rng, dtype=torch.float64)}
    theirs.load_state_dict(state), ours.load_state_dict(state)
    x = torch.randn(2, 3, 4, generator=rng, dtype=torch.float64)
    assert_gradients(theirs, ours, x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x).pow(3).sum().backward(), ours(x).pow(3).sum().backward()
    assert_close(theirs.gradients()["weight"], ours.weight.grad, label="the gradient of weight")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
@pytest.mark.parametrize("size", [1.0, 300.0, 1e-3])
def test_half_precision(submission, rng, dtype, size):
    """The square of 300 is beyond float16 and that of 0.001 nearly 0 in it: widen x before squaring."""
    x = (size * torch.randn(3, 8, generator=rng)).to(dtype)
    got = layer(submission, torch.ones(8), eps=1e-10).to(dtype)(x)
    assert_dtype(got, dtype)
    assert_close(got, F.rms_norm(x.double(), (8,), eps=1e-10).to(dtype))


@pytest.mark.parametrize(("x", "weight"), [("bfloat16", "float32"), ("float32", "bfloat16"), ("float32", "float64")])
def test_result_has_the_dtype_of_the_input(submission, rng, x, weight):
    """A product takes the wider dtype of its factors. Convert back to x.dtype last of all."""
    values = torch.randn(2, 4, generator=rng).to(getattr(torch, x))
    got = submission.RMSNorm(4).to(getattr(torch, weight))(values)
    assert_dtype(got, values.dtype)
    assert_close(got.double(), F.rms_norm(values.double(), (4,), eps=1e-6), rtol=1e-2, atol=1e-2)


def test_samples_do_not_meet(submission, rng):
    """train() and eval() agree, and so do a sample alone and one in a batch: there are no statistics of the batch."""
    theirs = submission.RMSNorm(4)
    x = torch.randn(3, 4, generator=rng) * torch.tensor([[1.0], [50.0], [0.1]])
    first = theirs(x)
    assert_close(theirs(x[1:2]), first[1:2], label="the result of the second sample alone")
    theirs.eval()
    assert_close(theirs(x), first, label="the result in eval()")


def test_transposed_inputs(submission, rng):
    """The input may be a view with strides of its own."""
    x = torch.randn(4, 3, 2, generator=rng).transpose(0, 2)
    assert_close(submission.RMSNorm(4)(x), F.rms_norm(x, (4,), eps=1e-6))


@pytest.mark.parametrize("shape", [(2, 1), (2, 3), (4, 1), ()], ids=str)
def test_another_width_is_refused(submission, shape):
    """Compare the last dimension with dim and raise a ValueError: broadcasting would hide a width of 1."""
    theirs = submission.RMSNorm(4)
    with pytest.raises(ValueError):
        theirs(torch.ones(shape))
