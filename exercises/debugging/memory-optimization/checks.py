import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_shape, unchanged


def inputs(rng, n, d=3, v=5, dtype=torch.float32):
    hidden, weight = torch.randn(n, d, generator=rng, dtype=dtype), torch.randn(v, d, generator=rng, dtype=dtype)
    return hidden, weight, torch.randint(v, (n,), generator=rng)


def plain(hidden, weight, targets, ignore_index=-100):
    return F.cross_entropy(hidden @ weight.T, targets, ignore_index=ignore_index)


@pytest.mark.parametrize(("n", "chunk_size"), [(1, 1), (4, 2), (5, 2), (3, 8), (4, 1)], ids=str)
def test_value(submission, rng, n, chunk_size):
    """The mean goes over all rows: add up sums and divide once. A last chunk with fewer rows must not count as a full one."""
    hidden, weight, targets = inputs(rng, n)
    with unchanged(hidden, weight, targets):
        got = submission.chunked_cross_entropy(hidden, weight, targets, chunk_size)
    assert_shape(got, ())
    assert_close(got, plain(hidden, weight, targets))


@pytest.mark.parametrize("ignore_index", [-100, 0, 2])
def test_ignored_rows(submission, rng, ignore_index):
    """Ignored rows add nothing and are not counted, and chunks may have different numbers of them."""
    hidden, weight, targets = inputs(rng, 7)
    targets[:] = torch.tensor([1, 3, 4, 1, 3, 4, 1])
    targets[torch.tensor([0, 1, 4])] = ignore_index
    options = {} if ignore_index == -100 else {"ignore_index": ignore_index}
    got = submission.chunked_cross_entropy(hidden, weight, targets, 2, **options)
    assert_close(got, plain(hidden, weight, targets, ignore_index))


@pytest.mark.parametrize(("n", "chunk_size"), [(1, 1), (5, 2), (6, 3), (2, 4)], ids=str)
def test_gradients(submission, rng, n, chunk_size):
    """Gradients reach hidden and weight from every chunk, and follow the upstream gradient."""
    hidden, weight, targets = inputs(rng, n, dtype=torch.float64)
    if n > 4:
        targets[3] = -100
    ours, theirs = ([x.clone().requires_grad_() for x in (hidden, weight)] for _ in range(2))
    (3 * submission.chunked_cross_entropy(*theirs, targets, chunk_size)).backward()
    (3 * plain(*ours, targets)).backward()
    assert_close(theirs[0].grad, ours[0].grad, label="the gradient of hidden")
    assert_close(theirs[1].grad, ours[1].grad, label="the gradient of weight")


@pytest.mark.parametrize("which", [0, 1], ids=["only hidden", "only weight"])
def test_one_of_them_requires_a_gradient(submission, rng, which):
    """A frozen weight, or fixed features: the other one still gets its gradient."""
    hidden, weight, targets = inputs(rng, 4)
    pair = [hidden, weight]
    ours = pair[which].clone().requires_grad_()
    theirs = pair[which].clone().requires_grad_()
    submission.chunked_cross_entropy(*(theirs if i == which else x for i, x in enumerate(pair)), targets, 3).backward()
    plain(*(ours if i == which else x for i, x in enumerate(pair)), targets).backward()
    assert_close(theirs.grad, ours.grad)


@pytest.mark.parametrize("chunk_size", [1, 4])
def test_no_large_tensor(submission, rng, chunk_size):
    """The full logits must never exist: compute, use and forget them for chunk_size rows at a time."""
    n, d, v = 16, 4, 512
    hidden, weight, targets = inputs(rng, n, d, v)
    hidden.requires_grad_()
    weight.requires_grad_()
    with submission.counting() as counted:
        loss = submission.chunked_cross_entropy(hidden, weight, targets, chunk_size)
        loss.backward()
    most = 4 * max(chunk_size * v, n * d, v * d) + 6000
    assert counted.largest_bytes <= most, f"one tensor has {counted.largest_bytes} bytes, allowed are {most}"


@pytest.mark.parametrize("chunk_size", [2, 8])
def test_little_is_kept_for_the_backward_pass(submission, rng, chunk_size):
    """A loop alone keeps the logits of every chunk in the graph. Compute them again in backward, or compute the gradients at once."""
    n, d, v = 16, 4, 512
    hidden, weight, targets = inputs(rng, n, d, v)
    hidden.requires_grad_()
    weight.requires_grad_()
    with submission.counting() as counted:
        submission.chunked_cross_entropy(hidden, weight, targets, chunk_size)
    most = 4 * (n * d + v * d) + 32 * n + 6000
    assert counted.saved_bytes <= most, f"{counted.saved_bytes} bytes are kept, allowed are {most}; all logits are {4 * n * v}"


def test_work_is_not_multiplied(submission, rng):
    """Recomputing costs one more product. Each row's logits may be computed twice, not once per chunk."""
    n, d, v = 16, 8, 64
    hidden, weight, targets = inputs(rng, n, d, v)
    hidden.requires_grad_()
    weight.requires_grad_()
    with submission.counting() as counted:
        submission.chunked_cross_entropy(hidden, weight, targets, 4).backward()
    one = 2 * n * d * v
    assert counted.flops <= 4 * one, f"{counted.flops / one:.1f} times the work of one product; two, and two for gradients, are enough"


def test_large_logits_stay_exact(submission, rng):
    """exp(1000) is infinite: leave the logarithm of the sum of exponentials to cross_entropy or logsumexp."""
    hidden, weight, targets = inputs(rng, 4)
    hidden = (hidden * 2000).requires_grad_()
    ours = hidden.detach().clone().requires_grad_()
    got = submission.chunked_cross_entropy(hidden, weight, targets, 3)
    expected = plain(ours, weight, targets)
    got.backward()
    expected.backward()
    assert_close(got, expected.detach(), rtol=1e-4)
    assert_finite(hidden.grad, "the gradient of hidden")
    assert_close(hidden.grad, ours.grad)


@pytest.mark.parametrize("n", [0, 3], ids=["no rows", "all ignored"])
def test_nothing_to_count(submission, rng, n):
    """0 divided by 0 is NaN: with no row that counts the loss is 0, and so are the gradients."""
    hidden, weight, _ = inputs(rng, n)
    hidden.requires_grad_()
    weight.requires_grad_()
    got = submission.chunked_cross_entropy(hidden, weight, torch.full((n,), -100), 2)
    assert_close(got, torch.zeros(()))
    got.backward()
    assert_close(hidden.grad, torch.zeros(n, 3), label="the gradient of hidden")
    assert_close(weight.grad, torch.zeros(5, 3), label="the gradient of weight")


def test_dtypes_and_strides(submission, rng):
    """The result has the dtype of hidden. All three inputs may be views with strides of their own."""
    hidden = torch.randn(3, 6, generator=rng, dtype=torch.float64).t()
    weight = torch.randn(3, 5, generator=rng, dtype=torch.float64).t()
    targets = torch.randint(5, (12,), generator=rng)[::2]
    got = submission.chunked_cross_entropy(hidden, weight, targets, 4)
    assert_dtype(got, torch.float64)
    assert_close(got, plain(hidden, weight, targets))
    got = submission.chunked_cross_entropy(hidden.requires_grad_(), weight, targets, 4)
    got.backward()
    assert_dtype(hidden.grad, torch.float64)


def test_without_gradients(submission, rng):
    """In validation nothing requires a gradient, and no_grad may be on."""
    hidden, weight, targets = inputs(rng, 5)
    got = submission.chunked_cross_entropy(hidden, weight, targets, 2)
    assert not got.requires_grad
    with torch.no_grad():
        got = submission.chunked_cross_entropy(hidden, weight.requires_grad_(), targets, 2)
    assert not got.requires_grad
    assert_close(got, plain(hidden, weight.detach(), targets))


@pytest.mark.parametrize(
    ("rows", "targets", "chunk_size"),
    [(3, 3, 0), (3, 3, -1), (4, 2, 2), (2, 4, 2), (3, 4, 8)],
    ids=["chunks of 0", "chunks of -1", "fewer targets", "more targets", "more targets in one chunk"],
)
def test_impossible_inputs_are_refused(submission, rng, rows, targets, chunk_size):
    """Raise a ValueError for chunks without rows, and if hidden and targets do not fit together."""
    hidden, weight, _ = inputs(rng, rows)
    with pytest.raises(ValueError):
        submission.chunked_cross_entropy(hidden, weight, torch.zeros(targets, dtype=torch.int64), chunk_size)
