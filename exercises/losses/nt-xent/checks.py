import math

import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape, unchanged


def views(rng, count=4, width=3, dtype=torch.float32):
    z1 = torch.randn(count, width, generator=rng, dtype=dtype)
    return z1, z1 + 0.7 * torch.randn(count, width, generator=rng, dtype=dtype)


def by_loops(z1, z2, temperature):
    """The definition, row by row, in plain numbers."""
    rows = [row / max(row.norm(), 1e-12) for row in torch.cat([z1, z2]).double()]
    total = 0.0
    for i, row in enumerate(rows):
        scores = {j: float(row.dot(other)) / temperature for j, other in enumerate(rows) if j != i}
        top = max(scores.values())
        below = top + math.log(sum(math.exp(s - top) for s in scores.values()))
        total += below - scores[(i + len(z1)) % len(rows)]
    return torch.tensor(total / len(rows), dtype=z1.dtype)


@pytest.mark.parametrize(("count", "width"), [(2, 2), (1, 3), (3, 1), (5, 4), (16, 8)])
@pytest.mark.parametrize("temperature", [1.0, 0.2])
def test_partner_against_all_others(submission, rng, count, width, temperature):
    """2N rows, each with one partner and 2N - 2 negatives from both views. The row itself is in neither sum; divide by the temperature."""
    z1, z2 = views(rng, count, width)
    got = submission.nt_xent_loss(z1, z2, temperature)
    assert_shape(got, ())
    assert_close(got, by_loops(z1, z2, temperature), atol=1e-6)


def test_default_temperature(submission, rng):
    """The temperature is 0.5 if nothing is said."""
    z1, z2 = views(rng)
    assert_close(submission.nt_xent_loss(z1, z2), by_loops(z1, z2, 0.5))


def test_only_directions_count(submission, rng):
    """Normalise each row by its own length: a longer embedding changes nothing."""
    z1, z2 = views(rng)
    lengths = torch.tensor([[0.01], [1.0], [30.0], [500.0]])
    assert_close(submission.nt_xent_loss(z1 * lengths, z2 / lengths, 0.3), by_loops(z1, z2, 0.3), rtol=1e-4)
    assert_close(submission.nt_xent_loss(1e-5 * z1, z2, 0.3), by_loops(z1, z2, 0.3), rtol=1e-3, label="with short vectors")


def test_both_views_are_anchors(submission, rng):
    """The first view looks for the second and the second for the first; the mean is over both."""
    z1, z2 = views(rng, 5, 4)
    z2[1] = z2[0]
    assert_close(
        submission.nt_xent_loss(z2, z1), submission.nt_xent_loss(z1, z2), label="the loss with the views swapped"
    )
    assert_close(submission.nt_xent_loss(z1, z2), by_loops(z1, z2, 0.5))


def test_single_pair_costs_nothing(submission, rng):
    """With one image each view has a single candidate, its partner, and a softmax over one candidate is 1."""
    z1, z2 = (z.requires_grad_() for z in views(rng, 1))
    got = submission.nt_xent_loss(z1, z2, 0.1)
    assert_close(got, torch.tensor(0.0), atol=1e-6)
    got.backward()
    assert_close(z1.grad, torch.zeros(1, 3), label="the gradient", atol=1e-5)


@pytest.mark.parametrize("count", [2, 5])
def test_gradients_reach_both_views(submission, reference, rng, count):
    """A row moves as an anchor, as a partner and as a negative: detach none of them."""
    z1, z2 = views(rng, count, 3, torch.float64)
    assert_gradients(
        lambda a, b: submission.nt_xent_loss(a, b, 0.4), lambda a, b: reference.nt_xent_loss(a, b, 0.4), z1, z2
    )


@pytest.mark.parametrize("temperature", [0.001, 0.01])
def test_small_temperatures(submission, rng, temperature):
    """exp(1 / 0.001) is infinite: use log_softmax, logsumexp or cross_entropy instead of a quotient of exponentials."""
    z1, z2 = (z.requires_grad_() for z in views(rng))
    got = submission.nt_xent_loss(z1, z2, temperature)
    assert_close(got.detach(), by_loops(z1.detach(), z2.detach(), temperature), rtol=1e-3, atol=1e-3)
    got.backward()
    assert_finite(z1.grad, "the gradient of z1")
    assert_finite(z2.grad, "the gradient of z2")


def test_vector_of_zeros(submission, rng):
    """0 / 0 is NaN: a vector without a direction stays at zero, and its gradient is finite."""
    z1, z2 = views(rng)
    z1[2] = 0.0
    z1, z2 = z1.requires_grad_(), z2.requires_grad_()
    got = submission.nt_xent_loss(z1, z2)
    assert_close(got.detach(), by_loops(z1.detach(), z2.detach(), 0.5))
    got.backward()
    assert_finite(z1.grad, "the gradient of z1")


@pytest.mark.parametrize("count", [1, 3, 8])
def test_accuracy_counts_rows_that_find_their_partner(submission, rng, count):
    """A row is most similar to itself: leave it out. Both views search, so it is a share of 2N rows."""
    z1, z2 = views(rng, count, 4)
    z2 = z2.roll(1, 0) if count == 3 else z2
    rows = torch.nn.functional.normalize(torch.cat([z1, z2]).double(), dim=1)
    table = rows @ rows.t() - 9 * torch.eye(2 * count)
    hits = [(i + count) % (2 * count) == int(table[i].argmax()) for i in range(2 * count)]
    got = submission.retrieval_accuracy(z1, z2)
    assert_shape(got, ())
    assert_close(got, torch.tensor(sum(hits) / (2 * count)))


def test_partner_may_point_away(submission):
    """A row is left out, not given the similarity 0: the best of the others may be negative."""
    z1 = torch.tensor([[1.0, 2.0]])
    assert_close(submission.retrieval_accuracy(z1, -z1), torch.tensor(1.0))


def test_accuracy_of_known_views(submission):
    """One of four finds its partner: the second view of the first image. Similarity is measured without the lengths."""
    z1 = torch.tensor([[1.0, 0.0], [0.0, 50.0]], requires_grad=True)
    z2 = torch.tensor([[1.0, 0.5], [0.8, 0.5]])
    got = submission.retrieval_accuracy(z1, z2)
    assert not got.requires_grad, "the accuracy requires a gradient"
    # nearest others: row 0 -> 2, row 1 -> 3, row 2 -> 3, row 3 -> 2
    assert_close(got, torch.tensor(0.5))


def test_no_table_of_differences(submission, rng):
    """All similarities are one matrix product: (2N, 2N, D) is D times too large."""
    z1, z2 = views(rng, 16, 32)
    with submission.counting() as counted:
        submission.nt_xent_loss(z1, z2)
        submission.retrieval_accuracy(z1, z2)
    assert counted.largest_bytes <= 32 * 32 * 8, "a tensor larger than the table of similarities was made"


def test_dtypes_and_strides(submission, rng):
    """The results have the dtype of the views, which may be transposed, and which stay as they are."""
    z1, z2 = torch.randn(2, 3, 5, generator=rng, dtype=torch.float64).transpose(1, 2)
    with unchanged(z1, z2):
        got, accuracy = submission.nt_xent_loss(z1, z2), submission.retrieval_accuracy(z1, z2)
    assert_dtype(got, torch.float64, "the loss")
    assert_dtype(accuracy, torch.float64, "the accuracy")
    assert_close(got, by_loops(z1, z2, 0.5))


@pytest.mark.parametrize(
    ("first", "second"),
    [((4, 3), (1, 3)), ((4, 3), (3, 3)), ((3,), (3,)), ((2, 2, 3), (2, 2, 3)), ((4, 3), (4, 2))],
    ids=str,
)
def test_views_that_do_not_fit_are_refused(submission, rng, first, second):
    """Every row needs its partner: two views have the same shape (N, D)."""
    z1, z2 = torch.randn(first, generator=rng), torch.randn(second, generator=rng)
    with pytest.raises(ValueError):
        submission.nt_xent_loss(z1, z2)
    with pytest.raises(ValueError):
        submission.retrieval_accuracy(z1, z2)


@pytest.mark.parametrize("temperature", [0.0, -0.5, float("nan")])
def test_temperature_above_zero(submission, rng, temperature):
    """A negative temperature would look for the least similar row. NaN is not above 0 either, though `<= 0` lets it through."""
    z1, z2 = views(rng)
    with pytest.raises(ValueError):
        submission.nt_xent_loss(z1, z2, temperature)


def test_every_call_counts_anew(submission, rng):
    """A result belongs to its values, not to their shapes: nothing may be remembered from an earlier call."""
    for _ in range(2):
        z1, z2 = views(rng, 3, 4)
        assert_close(submission.nt_xent_loss(z1, z2), by_loops(z1, z2, 0.5), label="the loss")
    close, far = torch.eye(3), torch.eye(3).roll(1, 0)
    for other, due in ((close, 1.0), (far, 0.0)):
        assert_close(submission.retrieval_accuracy(close, other + 0.1), torch.tensor(due), label="the accuracy")
