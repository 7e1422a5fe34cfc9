import math

import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape


def by_loops(embeddings, labels, margin):
    """The definition, one anchor after the other, in plain numbers."""
    points, kinds = embeddings.double().tolist(), labels.tolist()
    losses = []
    for i, (a, kind) in enumerate(zip(points, kinds, strict=True)):
        others = [(math.dist(a, b), k) for j, (b, k) in enumerate(zip(points, kinds, strict=True)) if j != i]
        positives = [d for d, k in others if k == kind]
        negatives = [d for d, k in others if k != kind]
        if positives and negatives:
            losses.append(max(0.0, max(positives) - min(negatives) + margin))
    return torch.tensor(sum(losses) / max(len(losses), 1), dtype=embeddings.dtype)


@pytest.mark.parametrize("shape", [(1, 3), (4, 1), (6, 5)], ids=str)
def test_triplet_loss_of_given_triplets(submission, rng, shape):
    """Distance to the positive minus distance to the negative plus margin, not below 0: with plain, not squared, distances."""
    a, p, n = (torch.randn(shape, generator=rng) for _ in range(3))
    got = submission.triplet_loss(a, p, n, margin=20.0)
    assert_shape(got, ())
    assert_close(got, F.triplet_margin_loss(a, p, n, margin=20.0, eps=0.0))


@pytest.mark.parametrize("margin", [0.1, 1.0, 5.0])
def test_satisfied_triplets_cost_nothing(submission, rng, margin):
    """Cut off at 0 triplet by triplet and average afterwards: a well separated triplet must not pay for another. All N count."""
    a, p = torch.randn(8, 3, generator=rng), torch.randn(8, 3, generator=rng)
    n = torch.cat([a[:4] + 10, a[4:] + 0.1 * torch.randn(4, 3, generator=rng)])
    expected = F.triplet_margin_loss(a, p, n, margin=margin, eps=0.0)
    assert_close(submission.triplet_loss(a, p, n, margin), expected)
    if margin == 1.0:
        assert_close(submission.triplet_loss(a, p, n), expected, label="the result with the default margin")


def test_gradients_of_given_triplets(submission, reference, rng):
    """Anchor, positive and negative all move: none of them is a constant."""
    inputs = [torch.randn(5, 3, generator=rng, dtype=torch.float64) for _ in range(3)]
    assert_gradients(
        lambda *t: submission.triplet_loss(*t, 1.5),
        lambda *t: reference.triplet_loss(*t, 1.5),
        *inputs,
        rtol=1e-4,
        atol=1e-6,
    )


def test_farthest_positive_and_nearest_negative(submission):
    """Hardest means the largest distance within the label, and the smallest to any other label."""
    points = torch.tensor([[0.0], [1.0], [4.0], [6.0], [7.5], [13.0]])
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    got = submission.batch_hard_triplet_loss(points, labels, 10.0)
    # farthest positives 4, 3, 4, 7, 5.5, 7; nearest negatives 6, 5, 2, 2, 3.5, 9
    assert_close(got, torch.tensor((8 + 8 + 12 + 15 + 12 + 8) / 6))


def test_easy_anchors_count_in_the_mean(submission, rng):
    """An anchor whose loss is 0 still counts in the number that you divide by."""
    points = torch.tensor([[0.0], [0.5], [100.0], [100.2], [1.0]])
    labels = torch.tensor([0, 0, 1, 1, 0])
    points[4] = 60.0
    assert_close(submission.batch_hard_triplet_loss(points, labels), by_loops(points, labels, 1.0))


@pytest.mark.parametrize(("count", "kinds"), [(4, 2), (9, 3), (30, 5)], ids=["4 points", "9 points", "30 points"])
def test_whole_batch(submission, rng, count, kinds):
    """One loss per anchor, cut off at 0, and the mean over all anchors that have a positive and a negative."""
    points = torch.randn(count, 3, generator=rng)
    labels = (torch.arange(count) % kinds - 1)[torch.randperm(count, generator=rng)]
    for margin in (0.2, 1.0):
        assert_close(submission.batch_hard_triplet_loss(points, labels, margin), by_loops(points, labels, margin))


def test_embeddings_far_from_the_origin(submission, rng):
    """|a|^2 + |b|^2 - 2ab loses the digits that count here: subtract first, then square."""
    points, labels = 1000 + torch.randn(6, 3, generator=rng), torch.tensor([0, 0, 1, 1, 1, 0])
    assert_close(submission.batch_hard_triplet_loss(points, labels, 5.0), by_loops(points, labels, 5.0), rtol=1e-3)


def test_equal_embeddings(submission, rng):
    """At distance 0 a square root has an infinite slope: take a norm whose gradient at 0 is 0, or keep 0 out of the root."""
    a, n = torch.randn(3, 4, generator=rng), torch.randn(3, 4, generator=rng)
    a, n, p = a.requires_grad_(), n.requires_grad_(), a.detach().clone().requires_grad_()
    submission.triplet_loss(a, p, n, 9.0).backward()
    for name, tensor in (("anchor", a), ("positive", p), ("negative", n)):
        assert_finite(tensor.grad, f"the gradient of the {name}")
    rows = torch.randn(2, 4, generator=rng)
    points = rows[[0, 0, 0, 1, 1]].clone().requires_grad_()
    got = submission.batch_hard_triplet_loss(points, torch.tensor([0, 0, 1, 1, 0]), 1.0)
    assert_close(got, by_loops(points.detach(), torch.tensor([0, 0, 1, 1, 0]), 1.0), rtol=1e-2)
    got.backward()
    assert_finite(points.grad, "the gradient of the embeddings")


def test_anchors_without_a_positive_do_not_count(submission, rng):
    """A label that occurs once has no positive. Such an anchor is no loss, and it is not counted either; it still serves others as a negative."""
    points = torch.randn(5, 2, generator=rng)
    labels = torch.tensor([3, 8, 3, 9, 3])
    got = submission.batch_hard_triplet_loss(points, labels, 4.0)
    assert_finite(got)
    assert_close(got, by_loops(points, labels, 4.0))


@pytest.mark.parametrize("labels", [[4], [1, 1, 1], [0, 1, 2], [0, 7]], ids=str)
def test_batch_in_which_no_anchor_counts(submission, rng, labels):
    """With a single label, or each label once, the loss is 0 and backward() leaves gradients of 0."""
    points = torch.randn(len(labels), 3, generator=rng).requires_grad_()
    got = submission.batch_hard_triplet_loss(points, torch.tensor(labels))
    assert_close(got, torch.tensor(0.0))
    assert got.requires_grad, "the 0 is not connected to the embeddings, so backward() fails"
    got.backward()
    assert_close(points.grad, torch.zeros(len(labels), 3), label="the gradient")


def test_gradients_of_the_batch(submission, reference, rng):
    """Embeddings get gradients as anchors, as positives and as negatives: do not detach the distances."""
    points = torch.randn(7, 3, generator=rng, dtype=torch.float64)
    labels = torch.tensor([0, 1, 0, 1, 2, 0, 3])
    assert_gradients(
        lambda x: submission.batch_hard_triplet_loss(x, labels, 2.0),
        lambda x: reference.batch_hard_triplet_loss(x, labels, 2.0),
        points,
        rtol=1e-4,
        atol=1e-6,
    )


@pytest.mark.parametrize("kind", [torch.int32, torch.int64, torch.uint8], ids=str)
def test_dtypes_and_strides(submission, rng, kind):
    """The result has the dtype of the embeddings; labels are integers of any width, inputs may be views."""
    points = torch.randn(3, 8, generator=rng, dtype=torch.float64).t()
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0, 200]).to(kind)
    got = submission.batch_hard_triplet_loss(points, labels, 2.0)
    assert_dtype(got, torch.float64)
    assert_close(got, by_loops(points, labels, 2.0), rtol=1e-5)
    got = submission.triplet_loss(points[:4], points[2:6], points[4:], 2.0)
    assert_close(got, F.triplet_margin_loss(points[:4], points[2:6], points[4:], margin=2.0, eps=0.0), rtol=1e-5)


@pytest.mark.parametrize("shape", [(1, 3), (3,), (4, 1), (5, 3)], ids=str)
@pytest.mark.parametrize("place", [0, 1, 2], ids=["anchor", "positive", "negative"])
def test_triplets_of_different_shapes_are_refused(submission, rng, place, shape):
    """One negative for the whole batch, or (N, 1), broadcasts without a word: compare the three shapes."""
    inputs = [torch.randn(4, 3, generator=rng) for _ in range(3)]
    inputs[place] = torch.randn(shape, generator=rng)
    with pytest.raises(ValueError):
        submission.triplet_loss(*inputs)


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (1,), (), (3,)], ids=str)
def test_labels_that_do_not_fit_are_refused(submission, rng, shape):
    """One label per embedding, and no dimension more: the comparison of labels would broadcast to a table of another kind."""
    with pytest.raises(ValueError):
        submission.batch_hard_triplet_loss(torch.randn(4, 3, generator=rng), torch.zeros(shape, dtype=torch.int64))
