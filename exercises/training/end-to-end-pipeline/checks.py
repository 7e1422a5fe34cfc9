import math

import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_same_state, assert_shape, assert_type, unchanged

NAN = math.nan


def table(rng, rows):
    """Columns of very different scales, and targets."""
    scales, shifts = torch.tensor([1.0, 100.0, 0.1]), torch.tensor([0.0, -300.0, 1.0])
    return torch.randn(rows, 3, generator=rng) * scales + shifts, torch.randn(rows, 2, generator=rng)


def twins(submission, rng):
    """The same net twice: one in the learner's pipeline, one here, with the same weights."""
    ours = support.Net()
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.7)
    net = submission.support.Net()
    net.load_state_dict(ours.state_dict())
    return submission.Pipeline(net, 3), net, ours


def measured(submission, x, val_rows=1):
    """mean and std after a fit without epochs."""
    pipeline = submission.Pipeline(submission.support.Net(), 3)
    pipeline.fit(x, torch.zeros(len(x), 2), F.mse_loss, 0, 2, 0.1, val_rows)
    return pipeline.mean, pipeline.std


def test_state_dict(submission):
    """mean and std are buffers: part of the state dict, and no parameters."""
    pipeline = submission.Pipeline(submission.support.Net(), 3)
    net = support.Net()
    names = {f"model.{name}" for name, _ in net.named_parameters()}
    assert set(dict(pipeline.named_parameters())) == names
    assert set(pipeline.state_dict()) == names | {"mean", "std"}
    assert_close(pipeline.mean, torch.zeros(3), label="mean")
    assert_close(pipeline.std, torch.ones(3), label="std")


def test_forward_standardises(submission):
    """Subtract the mean and divide by the deviation, column by column. A missing value becomes 0 afterwards, not before."""
    pipeline = submission.Pipeline(submission.support.Same(), 3)
    mean, std = torch.tensor([1.0, -2.0, 10.0]), torch.tensor([2.0, 0.5, 4.0])
    pipeline.load_state_dict({"mean": mean, "std": std, "model.scale": torch.tensor(1.0)})
    x = torch.tensor([[3.0, -2.0, 6.0], [NAN, 0.0, NAN]])
    with unchanged(x):
        got = pipeline(x)
    assert_close(got, torch.tensor([[1.0, 0.0, -1.0], [0.0, 4.0, 0.0]]))


def test_gradients_pass_the_holes(submission):
    """A NaN in the input must not turn into a NaN in any gradient."""
    pipeline = submission.Pipeline(submission.support.Net(), 3)
    x = torch.tensor([[1.0, NAN, 2.0], [NAN, NAN, NAN]])
    pipeline(x).sum().backward()
    for name, gradient in pipeline.gradients().items():
        assert gradient.isfinite().all(), f"the gradient of {name} is {gradient}"


@pytest.mark.parametrize("val_rows", [1, 4])
def test_mean_and_deviation(submission, rng, val_rows):
    """Measure the training rows only: what the validation rows say must not leak. The deviation divides by their number."""
    x, _ = table(rng, 7)
    mean, std = measured(submission, x, val_rows)
    assert_close(mean, x[: 7 - val_rows].mean(0), label="mean")
    assert_close(std, x[: 7 - val_rows].std(0, correction=0), label="std", rtol=1e-4)


def test_missing_values_are_not_measured(submission):
    """Sum and count the present values of each column: a hole is no 0, and its row still counts in other columns."""
    x = torch.tensor([[1.0, NAN, 2.0], [3.0, 4.0, NAN], [NAN, 10.0, NAN], [5.0, NAN, 8.0], [9.0, 9.0, 9.0]])
    mean, std = measured(submission, x)
    assert_close(mean, torch.tensor([3.0, 7.0, 5.0]), label="mean")
    assert_close(std, torch.tensor([math.sqrt(8 / 3), 3.0, 3.0]), label="std")


def test_constant_and_empty_columns(submission):
    """A column that never changes has deviation 0: use 1. One without values: mean 0 and deviation 1."""
    x = torch.tensor([[2.0, NAN, NAN], [2.0, NAN, 6.0], [2.0, NAN, NAN], [1.0, 1.0, 1.0]])
    mean, std = measured(submission, x)
    assert_close(mean, torch.tensor([2.0, 0.0, 6.0]), label="mean")
    assert_close(std, torch.ones(3), label="std")


@pytest.mark.parametrize("value", [0.1, 123.456])
def test_constant_column_of_a_rounded_number(submission, value):
    """The mean of equal values may be off by a rounding, and the variance then a little above 0: compare the values themselves."""
    x = torch.full((14, 3), value)
    _, std = measured(submission, x)
    assert_close(std, torch.ones(3), label="std")


def test_second_fit_measures_afresh(submission, rng):
    """The raw rows are measured, not rows that were standardised with the old numbers."""
    pipeline = submission.Pipeline(submission.support.Net(), 3)
    for _ in range(2):
        x, y = table(rng, 5)
        pipeline.fit(x, y, F.mse_loss, 0, 2, 0.1, 2)
    assert_close(pipeline.mean, x[:3].mean(0), label="mean")
    assert_close(pipeline.std, x[:3].std(0, correction=0), label="std", rtol=1e-4)


@pytest.mark.parametrize(("batch_size", "loss_fn"), [(1, F.mse_loss), (3, F.cross_entropy)], ids=["1 row", "3 rows"])
def test_training(submission, rng, batch_size, loss_fn):
    """Train on the standardised training rows, batch by batch, in order; then validate. Weigh each batch by its size."""
    pipeline, net, ours = twins(submission, rng)
    submission.support.fill_gradients(net, 1.0)
    x, y = table(rng, 9)
    with unchanged(x, y):
        history = pipeline.fit(x, y, loss_fn, 2, batch_size, 0.1, 4)
    z = (x - x[:5].mean(0)) / x[:5].std(0, correction=0)
    optimizer = torch.optim.SGD(ours.parameters(), lr=0.1)
    expected = {"train_loss": [], "val_loss": []}
    for _ in range(2):
        total = 0.0
        for start in range(0, 5, batch_size):
            rows = slice(start, min(start + batch_size, 5))
            optimizer.zero_grad()
            loss = loss_fn(ours(z[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * (rows.stop - rows.start)
        expected["train_loss"].append(total / 5)
        expected["val_loss"].append(loss_fn(ours(z[5:]), y[5:]).item())
    assert_close(dict(net.state_dict()), {k: v.detach() for k, v in ours.state_dict().items()}, rtol=1e-3, atol=1e-4)
    assert sorted(history) == ["train_loss", "val_loss"]
    assert_close(history, expected, rtol=1e-3, label="the history")
    assert_type(history["train_loss"][0], float)
    assert_type(history["val_loss"][0], float)


def test_validation_rows_change_nothing(submission, rng):
    """Other validation rows give another validation loss, and the very same pipeline."""
    pipeline, _, ours = twins(submission, rng)
    other = submission.Pipeline(submission.support.Net(), 3)
    other.model.load_state_dict(ours.state_dict())
    x, y = table(rng, 6)
    changed = torch.cat([x[:4], x[4:] * 50])
    first = pipeline.fit(x, y, F.mse_loss, 2, 2, 0.1, 2)
    second = other.fit(changed, y, F.mse_loss, 2, 2, 0.1, 2)
    assert_same_state(other.state_dict(), pipeline.state_dict())
    assert_close(second["train_loss"], first["train_loss"], label="train_loss")
    assert second["val_loss"] != first["val_loss"]


def test_modes_in_fit(submission, rng):
    """Training mode with gradients for training, eval() without gradients for validation, in every epoch anew."""
    pipeline, net, _ = twins(submission, rng)
    pipeline.eval()
    pipeline.fit(*table(rng, 7), F.mse_loss, 2, 3, 0.1, 2)
    assert net.diary == [(3, True, True), (2, True, True), (2, False, False)] * 2


@pytest.mark.parametrize("rows", [1, 4, 5])
def test_predictions(submission, rng, rows):
    """predict standardises as forward does, in batches of the given size, without gradients and without dropout."""
    pipeline, net, ours = twins(submission, rng)
    x, y = table(rng, 6)
    pipeline.fit(x, y, F.mse_loss, 0, 2, 0.1, 1)
    new, _ = table(rng, rows)
    new[0, 1] = NAN
    got = pipeline.predict(new, 2)
    z = ((new - x[:5].mean(0)) / x[:5].std(0, correction=0)).nan_to_num(0.0)
    assert_shape(got, (rows, 2))
    assert_close(got, ours(z).detach(), rtol=1e-3, atol=1e-4)
    assert not got.requires_grad
    assert net.diary == [(min(2, rows - start), False, False) for start in range(0, rows, 2)]


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_predict_puts_the_mode_back(submission, rng, training):
    """Somebody may call predict in the middle of training: note the mode, and set it again."""
    pipeline, _, _ = twins(submission, rng)
    pipeline.train(training)
    pipeline.predict(table(rng, 2)[0], 2)
    assert pipeline.training is training


def test_nothing_to_predict(submission, rng):
    """No rows give a result with no rows, of the shape the model would give."""
    pipeline, _, _ = twins(submission, rng)
    assert_shape(pipeline.predict(torch.zeros(0, 3), 4), (0, 2))


@pytest.mark.parametrize(
    ("rows", "targets", "batch_size", "val_rows"),
    [(4, 3, 2, 1), (3, 4, 2, 1), (3, 3, 2, 0), (3, 3, 2, 3), (3, 3, 0, 1), (3, 3, 2, -1), (3, 3, 2, 5)],
    ids=["fewer targets", "more targets", "no validation", "no training", "empty batches", "-1 rows", "too many rows"],
)
def test_impossible_inputs_are_refused(submission, rng, rows, targets, batch_size, val_rows):
    """Raise a ValueError before anything is measured or trained."""
    pipeline, _, _ = twins(submission, rng)
    with pytest.raises(ValueError):
        pipeline.fit(table(rng, rows)[0], table(rng, targets)[1], F.mse_loss, 1, batch_size, 0.1, val_rows)
    assert_close(pipeline.mean, torch.zeros(3), label="mean")
