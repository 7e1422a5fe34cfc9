import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_gradients, assert_shape


@pytest.mark.parametrize(
    "shapes",
    [
        [(3,), (3,)],
        [(4, 1), (3,)],
        [(4, 3), (3,)],
        [(), (2, 3)],
        [(1,), (1, 1)],
        [(2, 1, 5), (7, 1), ()],
        [(1, 6), (5, 1), (4, 1, 1)],
        [(8,)],
        [(2, 1), (1,), (3,), (4, 1, 1)],
        [],
    ],
    ids=str,
)
def test_shapes_line_up_from_the_right(submission, shapes):
    """Pad the shorter shapes with ones on the left. In each column a 1 gives way to the other size."""
    assert_equal(submission.broadcast_shape(*shapes), tuple(torch.broadcast_shapes(*shapes)), label="the shape")


@pytest.mark.parametrize(
    ("shapes", "expected"), [([(0,), (1,)], (0,)), ([(3, 0), (1, 1)], (3, 0)), ([(1,), (2, 0)], (2, 0))], ids=str
)
def test_a_size_of_zero(submission, shapes, expected):
    """A 1 is stretched to 0 as to any other size: the larger of two sizes is not always the result."""
    assert_equal(submission.broadcast_shape(*shapes), expected, label="the shape")


@pytest.mark.parametrize(
    "shapes", [[(3,), (4,)], [(2, 3), (3, 2)], [(2,), (4,)], [(0,), (2,)], [(5, 3), (5,)], [(3,), (1,), (2,)]], ids=str
)
def test_shapes_that_do_not_fit(submission, shapes):
    """Two sizes other than 1 have to be equal, whether or not one divides the other: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.broadcast_shape(*shapes)


@pytest.mark.parametrize("size", [(1, 2, 1, 1), (2, 3, 4, 5), (3, 3, 3, 3), (2, 4, 3, 4)], ids=str)
@pytest.mark.parametrize("per_image", [False, True], ids=["(C,)", "(B, C)"])
def test_each_channel_has_its_weight(submission, rng, size, per_image):
    """The weight needs two sizes of 1 behind it. Without them (C,) lines up with the width, unseen when W equals C."""
    images = torch.randn(size, generator=rng)
    weights = torch.randn(size[:2] if per_image else size[1:2], generator=rng)
    got = submission.scale_channels(images, weights)
    assert_shape(got, size)
    assert_close(got, torch.einsum("bchw,bc->bchw" if per_image else "bchw,c->bchw", images, weights))


@pytest.mark.parametrize("shape", [(1,), (), (4,), (2, 1), (1, 3), (2, 3, 1), (3, 2), (2,)], ids=str)
def test_weights_of_another_shape_are_refused(submission, shape):
    """Broadcasting accepts more than was promised: compare the shape with (C,) and (B, C) and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.scale_channels(torch.ones(2, 3, 4, 4), torch.ones(shape))


@pytest.mark.parametrize(("n", "m", "d"), [(1, 1, 1), (3, 4, 2), (4, 4, 4), (2, 0, 3)], ids=str)
def test_all_pairs(submission, rng, n, m, d):
    """Entry (i, j) compares point i of a with point j of b: give a the shape (n, 1, d) and b the shape (1, m, d)."""
    a, b = torch.randn(n, d, generator=rng), torch.randn(m, d, generator=rng)
    got = submission.squared_distances(a, b)
    assert_shape(got, (n, m))
    assert_close(got, torch.cdist(a.double(), b.double()).square().float())


@pytest.mark.parametrize(("lead_a", "lead_b"), [((2,), (2,)), ((2, 3), (2, 3)), ((2, 1), (3,)), ((), (2,))], ids=str)
def test_distances_in_batches(submission, rng, lead_a, lead_b):
    """Leading dimensions broadcast as usual: insert the sizes of 1 counting from the back."""
    a, b = torch.randn(*lead_a, 4, 3, generator=rng), torch.randn(*lead_b, 2, 3, generator=rng)
    assert_close(submission.squared_distances(a, b), torch.cdist(a.double(), b.double()).square().float())


def test_points_far_from_the_origin(submission, rng):
    """|a|^2 + |b|^2 - 2ab loses the digits that count here: subtract first, then square."""
    a = 1000 + torch.randn(5, 3, generator=rng)
    got = submission.squared_distances(a, a.clone())
    expected = (a.double()[:, None] - a.double()).square().sum(-1).float()
    assert_close(got.diagonal(), torch.zeros(5), label="the distance of a point from itself", atol=0.0)
    assert_close(got, expected)


def test_two_groups_far_apart(submission, rng):
    """No shift brings both groups near to 0: their inner distances are right only if you subtract first."""
    a = torch.cat([torch.randn(4, 3, generator=rng) - 1000, torch.randn(4, 3, generator=rng) + 1000])
    got = submission.squared_distances(a, a.clone())
    expected = (a.double()[:, None] - a.double()).square().sum(-1).float()
    for group in (slice(0, 4), slice(4, 8)):
        assert_close(got[group, group], expected[group, group], label="the distances within one group")


@pytest.mark.parametrize(("d", "e"), [(3, 2), (3, 1), (1, 3)])
def test_points_of_different_dimensions_are_refused(submission, d, e):
    """A coordinate of size 1 would be stretched: compare the last sizes and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.squared_distances(torch.ones(4, d), torch.ones(2, e))


def test_gradients(submission, reference, rng):
    """The gradient of a stretched input is summed over the stretched dimensions; autograd does it if you let it."""
    images, weights = (torch.randn(s, generator=rng, dtype=torch.float64) for s in ((2, 3, 2, 2), (3,)))
    assert_gradients(submission.scale_channels, reference.scale_channels, images, weights)
    a, b = (torch.randn(s, generator=rng, dtype=torch.float64) for s in ((2, 3, 2), (4, 2)))
    assert_gradients(submission.squared_distances, reference.squared_distances, a, b)


def test_no_loops(submission, rng):
    """The number of tensor operations must not grow with the number of points or channels."""
    used = []
    for n in (2, 40):
        with submission.counting() as counted:
            submission.squared_distances(torch.randn(n, 3, generator=rng), torch.randn(n + 1, 3, generator=rng))
            submission.scale_channels(torch.ones(2, n, 2, 2), torch.ones(n))
        used.append(sum(counted.calls.values()))
    assert used[0] == used[1], f"{used[0]} operations for 2 points and 2 channels, {used[1]} for 40"


def test_transposed_inputs(submission, reference, rng):
    """Inputs may be views with strides of their own."""
    images = torch.randn(2, 4, 5, 3, generator=rng).permute(0, 3, 1, 2)
    weights = torch.randn(3, 2, generator=rng).t()
    assert_close(submission.scale_channels(images, weights), reference.scale_channels(images, weights))
    a, b = torch.randn(3, 5, generator=rng).t(), torch.randn(3, 4, generator=rng).t()
    assert_close(submission.squared_distances(a, b), reference.squared_distances(a, b))
