import math

import pytest
import support
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_gradients, assert_same_state, assert_shape, unchanged


def both(submission, name, rng, dtype=torch.float32, **options):
    """The same model, with the same random parameters, on both sides."""
    theirs, ours = getattr(submission.support, name)(**options), getattr(support, name)(**options)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
    theirs.load_state_dict(ours.state_dict())
    return theirs.to(dtype), ours.to(dtype)


@pytest.mark.parametrize(("l1", "l2"), [(1.0, 0.0), (0.0, 1.0), (0.3, 0.7), (0.0, 0.0)])
def test_weights_of_all_matrices(submission, rng, l1, l2):
    """l1 times the sum of sizes plus half l2 times the sum of squares. Kernels count; biases, norms and scalars, which have fewer than two dimensions, do not."""
    theirs, ours = both(submission, "Mixed", rng)
    weights = torch.cat([ours.conv.weight.detach().flatten(), ours.head.weight.detach().flatten()])
    got = submission.elastic_net(theirs, l1, l2)
    assert_shape(got, ())
    assert_close(got, l1 * weights.abs().sum() + l2 * (weights**2).sum() / 2)
    theirs.to(torch.float64).load_state_dict({name: 2 * value for name, value in ours.double().state_dict().items()})
    weights = 2 * weights.double()
    got = submission.elastic_net(theirs, l1, l2)
    assert_close(got, l1 * weights.abs().sum() + l2 * (weights**2).sum() / 2, label="the result in float64, after a change")


def test_pull_of_the_penalty(submission, rng):
    """The gradient is l1 times the sign plus l2 times the weight, 0 at a weight of 0; free parameters get none."""
    theirs, ours = both(submission, "Mixed", rng)
    ours.head.weight.data[0, 0] = 0.0
    theirs.load_state_dict(ours.state_dict())
    submission.elastic_net(theirs, 0.5, 2.0).backward()
    gradients = theirs.gradients()
    for name in ("conv.weight", "head.weight"):
        w = dict(ours.named_parameters())[name].detach()
        assert_close(gradients[name], 0.5 * w.sign() + 2 * w, label=f"the gradient of {name}")
    for name in ("conv.bias", "norm.weight", "scale"):
        free = gradients[name]
        assert free is None or not free.any(), f"{name} is pulled, too"


def test_penalties_are_off_by_default(submission):
    """Without a strength there is nothing to pay."""
    model = submission.support.Mixed()
    assert_close(submission.elastic_net(model), torch.tensor(0.0))


def test_shared_weight_counts_once(submission, rng):
    """Walking over the layers meets a shared weight twice; parameters() gives it once."""
    theirs, ours = both(submission, "Tied", rng)
    assert_close(
        submission.elastic_net(theirs, 1.0, 1.0), (ours.embed.weight.abs() + ours.embed.weight**2 / 2).sum().detach()
    )


def test_frozen_weights_go_free(submission, rng):
    """What requires no gradient cannot be pulled: it would only add a constant."""
    theirs, ours = both(submission, "Frozen", rng)
    assert_close(submission.elastic_net(theirs, 1.0), ours.head.weight.abs().sum().detach())


def test_model_without_matrices(submission):
    """With nothing to sum up the result is still a tensor."""
    assert_close(submission.elastic_net(submission.support.NoMatrix(), 1.0, 1.0), torch.tensor(0.0))


@pytest.mark.parametrize(("l1", "l2"), [(-0.1, 0.5), (0.5, -0.1)])
def test_negative_strengths_are_refused(submission, l1, l2):
    """A negative penalty is a reward for large weights."""
    with pytest.raises(ValueError):
        submission.elastic_net(submission.support.Mixed(), l1, l2)


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (2, 5), (5, 2), (2, 3, 2), (9, 2, 2, 2)], ids=str)
def test_distance_from_orthogonal(submission, rng, shape):
    """Flatten all but the first dimension, take the smaller Gram matrix, subtract the identity, and sum up all squares."""
    weight = torch.randn(shape, generator=rng)
    w = weight.reshape(shape[0], -1).double()
    rows, columns = w.shape
    gram = torch.einsum("ik,jk->ij", w, w) if rows <= columns else torch.einsum("ki,kj->ij", w, w)
    expected = sum((float(gram[i, j]) - (i == j)) ** 2 for i in range(len(gram)) for j in range(len(gram)))
    got = submission.orthogonality(weight)
    assert_shape(got, ())
    assert_close(got, torch.tensor(expected, dtype=torch.float32))


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2)], ids=str)
def test_orthonormal_rows_or_columns_cost_nothing(submission, rng, shape):
    """A tall matrix cannot have orthonormal rows: look at its columns."""
    long, short = max(shape), min(shape)
    q, _ = torch.linalg.qr(torch.randn(long, short, generator=rng, dtype=torch.float64))
    weight = q if shape[0] == long else q.t()
    assert_close(submission.orthogonality(weight), torch.zeros((), dtype=torch.float64), atol=1e-12)
    nine = torch.tensor(9.0 * short, dtype=torch.float64)
    assert_close(submission.orthogonality(2 * weight), nine, label="the penalty of twice the matrix")


@pytest.mark.parametrize("shape", [(2, 3), (4, 3), (2, 2, 2)], ids=str)
def test_gradient_of_orthogonality(submission, reference, rng, shape):
    """It is differentiable, in float64 as well, and for a transposed view."""
    weight = torch.randn(shape, generator=rng, dtype=torch.float64)
    assert_gradients(submission.orthogonality, reference.orthogonality, weight)
    with unchanged(weight):
        got = submission.orthogonality(weight.transpose(0, 1))
    assert_close(got, reference.orthogonality(weight.transpose(0, 1)))


@pytest.mark.parametrize("shape", [(), (4,)], ids=str)
def test_vectors_are_refused(submission, shape):
    """A bias is no matrix."""
    with pytest.raises(ValueError):
        submission.orthogonality(torch.ones(shape))


@pytest.mark.parametrize("column", [False, True], ids=["scores (N,)", "scores (N, 1)"])
@pytest.mark.parametrize("shape", [(1, 3), (4, 3), (5, 3, 2)], ids=str)
def test_slopes_of_the_critic(submission, rng, shape, column):
    """One norm per sample over all that belongs to it, its distance from the target squared, and the mean over the samples."""
    theirs, ours = both(submission, "Critic", rng, column=column, width=math.prod(shape[1:]))
    x = torch.randn(shape, generator=rng)
    slopes = [torch.autograd.functional.jacobian(lambda s: ours(s[None]).sum(), sample) for sample in x]
    for target in (1.0, 0.0, 3.0):
        expected = torch.stack([(slope.norm() - target) ** 2 for slope in slopes]).mean()
        got = submission.gradient_penalty(theirs, x, target)
        assert_shape(got, ())
        assert_close(got, expected, label=f"the penalty with target {target}")


def test_slopes_are_to_be_1_by_default(submission, reference, rng):
    """The target is 1 if nothing is said."""
    theirs, ours = both(submission, "Critic", rng)
    x = torch.randn(4, 3, generator=rng)
    assert_close(submission.gradient_penalty(theirs, x), reference.gradient_penalty(ours, x, 1.0).detach())


def test_penalty_reaches_the_critic(submission, reference, rng):
    """The gradient is part of the loss, so it must itself be recorded: create_graph=True. Then backward() reaches the weights through it."""
    theirs, ours = both(submission, "Critic", rng, torch.float64)
    x = torch.randn(4, 3, generator=rng, dtype=torch.float64)
    got = submission.gradient_penalty(theirs, x, 0.5)
    assert_dtype(got, torch.float64)
    assert got.requires_grad, "the penalty requires no gradient"
    got.backward()
    reference.gradient_penalty(ours, x, 0.5).backward()
    gradients = theirs.gradients()
    for name in ("first.weight", "first.bias", "second.weight"):
        assert_close(gradients[name], dict(ours.named_parameters())[name].grad, label=f"the gradient of {name}")


def test_flat_critic_gives_no_nan(submission):
    """Where the slope is 0 the square root of a sum of squares has an infinite derivative, and infinity times 0 is NaN."""
    critic = submission.support.Flat()
    got = submission.gradient_penalty(critic, torch.tensor([[0.0, 0.0], [0.5, 0.0]]), 2.0)
    assert_close(got, torch.tensor(2.5), label="the penalty", rtol=1e-5, atol=1e-5)
    got.backward()
    assert_close(critic.gradients()["weight"], torch.tensor([-1.0, 0.0]), label="the gradient of the critic", atol=1e-4)


@pytest.mark.parametrize("wanted", [False, True], ids=["x requires no gradient", "x requires a gradient"])
def test_nothing_is_left_behind(submission, rng, wanted):
    """Differentiate a leaf of your own, by torch.autograd.grad: backward() and requires_grad_() leave marks on x and on the weights."""
    theirs, ours = both(submission, "Critic", rng)
    theirs.eval()
    x = submission.keep(torch.randn(4, 3, generator=rng))
    x.requires_grad_(wanted)
    submission.gradient_penalty(theirs, x)
    submission.elastic_net(theirs, 1.0, 1.0)
    assert x.requires_grad == wanted, "requires_grad of x was changed"
    assert x.grad is None, "x has a gradient afterwards"
    assert not theirs.training, "the model was switched to training"
    assert_same_state(theirs.state_dict(), ours.state_dict())
    for name, gradient in theirs.gradients().items():
        assert gradient is None, f"{name} has a gradient before backward() was called"


@pytest.mark.parametrize("name", ["pairs", "single"])
def test_scores_of_another_shape_are_refused(submission, rng, name):
    """The gradient of a sum of several scores of one sample is another number: one score per sample."""
    with pytest.raises(ValueError):
        submission.gradient_penalty(getattr(submission.support, name), torch.randn(3, 2, generator=rng))
