import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_gradients, assert_shape, unchanged

SHAPES = [(1, 1, 1), (2, 3, 4), (1, 2, 3, 3), (3, 3, 3, 3), (2, 4, 2, 3, 2), (0, 2, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("width", [1, 3])
def test_condition_as_channels(submission, rng, shape, width):
    """The features come first. Each further channel is constant over all positions and differs between samples."""
    x, condition = torch.randn(shape, generator=rng), torch.randn(shape[0], width, generator=rng)
    got = submission.concat_condition(x, condition)
    assert_shape(got, (shape[0], shape[1] + width, *shape[2:]))
    assert_close(got[:, : shape[1]], x, label="the first channels")
    expected = torch.zeros(shape[0], width, *shape[2:])
    for n in range(shape[0]):
        for k in range(width):
            expected[n, k] = condition[n, k]
    assert_close(got[:, shape[1] :], expected, label="the channels of the condition")


def test_condition_is_not_copied_for_every_position(submission, rng):
    """`repeat` writes the condition out once for each position, and cat copies it again: `expand` shows it without memory of its own."""
    x, condition = torch.randn(2, 1, 16, 16, generator=rng), torch.randn(2, 31, generator=rng)
    with submission.counting() as counted:
        got = submission.concat_condition(x, condition)
    assert_shape(got, (2, 32, 16, 16))
    assert counted.total_bytes < 1.5 * got.numel() * 4, "more was allocated than the result needs"


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_scale_and_shift(submission, rng, shape):
    """gamma is the first half of the parameters, beta the second; scale by 1 + gamma, so that zeros change nothing."""
    x, parameters = torch.randn(shape, generator=rng), torch.randn(shape[0], 2 * shape[1], generator=rng)
    expected = torch.zeros(shape)
    for n in range(shape[0]):
        for c in range(shape[1]):
            expected[n, c] = (1 + parameters[n, c]) * x[n, c] + parameters[n, shape[1] + c]
    got = submission.film(x, parameters)
    assert_shape(got, shape)
    assert_close(got, expected)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_row_of_the_label_is_added(submission, rng, shape):
    """Sample n gets row labels[n] of the table at every position."""
    x, table = torch.randn(shape, generator=rng), torch.randn(4, shape[1], generator=rng)
    labels = torch.randint(4, (shape[0],), generator=rng)
    expected = (
        torch.stack([x[n] + table[k].reshape(-1, *[1] * (len(shape) - 2)) for n, k in enumerate(labels.tolist())])
        if shape[0]
        else x
    )
    got = submission.add_label(x, table, labels)
    assert_shape(got, shape)
    assert_close(got, expected)


@pytest.mark.parametrize("labels", [[-1], [-1, 1, -1], [0, -1, 2, 2]], ids=str)
def test_no_label_adds_nothing(submission, rng, labels):
    """An index of -1 is the last row for Python and for torch: handle it before, or undo it after, and keep it out of the gradient."""
    count = len(labels)
    x, table = torch.randn(count, 2, 3, generator=rng), torch.randn(3, 2, generator=rng).requires_grad_()
    got = submission.add_label(x, table, torch.tensor(labels))
    for n, k in enumerate(labels):
        assert_close(got[n].detach(), x[n] + (0 if k == -1 else table[k].detach()[:, None]), label=f"sample {n}")
    got.sum().backward()
    expected = torch.tensor([[3.0 * labels.count(k)] * 2 for k in range(3)])
    assert_close(table.grad, expected, label="the gradient of the table")


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["last row", "first row"])
def test_infinite_row_does_not_leak(submission, order):
    """0 times infinity is NaN: a row that is not to be added must not be multiplied by 0 either."""
    table = torch.tensor([[1.0, 2.0], [float("inf"), float("nan")]])[order]
    got = submission.add_label(torch.zeros(2, 2, 1), table, torch.tensor([-1, order.index(0)]))
    assert_close(got, torch.tensor([[[0.0], [0.0]], [[1.0], [2.0]]]))


def test_gradients_of_features_and_conditions(submission, reference, rng):
    """The condition takes part at every position, so its gradient is a sum over all of them."""
    x = torch.randn(2, 3, 2, 2, generator=rng, dtype=torch.float64)
    condition = torch.randn(2, 6, generator=rng, dtype=torch.float64)
    table, labels = torch.randn(4, 3, generator=rng, dtype=torch.float64), torch.tensor([3, 0])
    assert_gradients(submission.concat_condition, reference.concat_condition, x, condition)
    assert_gradients(submission.film, reference.film, x, condition)
    assert_gradients(
        lambda a, b: submission.add_label(a, b, labels), lambda a, b: reference.add_label(a, b, labels), x, table
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16], ids=str)
def test_result_has_the_dtype_of_the_features(submission, reference, rng, dtype):
    """Mixed dtypes are promoted without a word, and a float16 network gets float32 maps: convert the condition first."""
    x = torch.randn(2, 2, 3, generator=rng, dtype=torch.float64).to(dtype)
    condition, table = torch.randn(2, 4, generator=rng, dtype=torch.float64), torch.randn(3, 2, generator=rng)
    labels = torch.tensor([2, -1])
    for name, arguments in {
        "concat_condition": (x, condition),
        "film": (x, condition),
        "add_label": (x, table.double() if dtype != torch.float64 else table, labels),
    }.items():
        got = getattr(submission, name)(*arguments)
        assert_dtype(got, dtype, f"the result of {name}")
        assert_close(got, getattr(reference, name)(*arguments), label=f"the result of {name}", rtol=2e-2)
    got = submission.concat_condition(x, torch.tensor([[True], [False]]))
    assert_dtype(got, dtype, "the result for a bool condition")
    assert_equal(got[:, 2, 0].tolist(), [1.0, 0.0], label="the channel of a bool condition")


@pytest.mark.parametrize("kind", [torch.int32, torch.int16], ids=str)
def test_views_and_narrow_labels(submission, reference, rng, kind):
    """Maps and conditions may be transposed views: do not call view() on them. Labels are integers of any width."""
    x = torch.randn(4, 3, 2, 2, generator=rng).transpose(0, 3)
    condition, table = torch.randn(6, 2, generator=rng).t(), torch.randn(3, 4, generator=rng).t()
    labels = torch.tensor([2, 3]).to(kind)
    assert_close(submission.concat_condition(x, condition), reference.concat_condition(x, condition))
    assert_close(submission.film(x, condition), reference.film(x, condition))
    assert_close(submission.add_label(x, table, labels), reference.add_label(x, table, labels))


def test_inputs_stay_as_they_are(submission, rng):
    """Work on new tensors: the map and the condition are still needed elsewhere."""
    x, condition, table = torch.randn(2, 2, 3, generator=rng), torch.randn(2, 4, generator=rng), torch.ones(3, 2)
    labels = torch.tensor([-1, 2])
    with unchanged(x, condition, table, labels):
        submission.concat_condition(x, condition)
        submission.film(x, condition)
        submission.add_label(x, table, labels)


@pytest.mark.parametrize("shape", [(1, 4), (3, 4), (4,), (2, 4, 1), (2, 3), (2, 8), (2, 2)], ids=str)
def test_conditions_that_do_not_fit_are_refused(submission, rng, shape):
    """One condition for the whole batch broadcasts without a word: compare the shapes and raise a ValueError."""
    x, condition = torch.randn(2, 2, 3, 3, generator=rng), torch.randn(shape, generator=rng)
    with pytest.raises(ValueError):
        submission.film(x, condition)
    if len(shape) != 2 or shape[0] != 2:
        with pytest.raises(ValueError):
            submission.concat_condition(x, condition)


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        ((3, 1), [0, 1]),
        ((3, 4), [0, 1]),
        ((2,), [0, 1]),
        ((3, 2), [0]),
        ((3, 2), [[0], [1]]),
        ((3, 2), [0, 1, 2]),
        ((3, 2), [0, 3]),
        ((3, 2), [-2, 0]),
        ((3, 2), [-3, 0]),
    ],
    ids=[
        "narrow table",
        "wide table",
        "table of one row",
        "one label",
        "labels (N, 1)",
        "three labels",
        "label 3 of 3",
        "label -2",
        "label -3",
    ],
)
def test_tables_and_labels_that_do_not_fit_are_refused(submission, rng, table, labels):
    """A label of -2 reads the last row but one, and a table with one column broadcasts: check both before you look up."""
    with pytest.raises(ValueError):
        submission.add_label(torch.zeros(2, 2, 3), torch.randn(table, generator=rng), torch.tensor(labels))
