import math

import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_type


def answers(submission, values, **options):
    """The answers of step to a row of values, and the stopper."""
    stopper = submission.EarlyStopping(**options)
    model = submission.support.Net()
    return [stopper.step(value, model) for value in values], stopper


def bad_in_a_row(values, patience, min_delta, sign):
    """What step should answer, by the definition."""
    best, bad, expected = None, 0, []
    for value in values:
        if best is None or sign * value < sign * best - min_delta:
            best, bad = value, 0
        else:
            bad += 1
        expected.append(bad >= patience)
    return expected, best


@pytest.mark.parametrize(("patience", "stop"), [(1, 1), (2, 2), (3, 3)], ids=["patience 1", "patience 2", "patience 3"])
def test_stops_after_patience_bad_steps(submission, patience, stop):
    """With patience 2 the second bad step in a row answers True: not the first, and not the third."""
    got, _ = answers(submission, [1.0, 1.1, 1.2, 1.3, 1.4], patience=patience)
    assert_equal(got, [False] * stop + [True] * (5 - stop), label="the answers")


def test_an_improvement_starts_the_count_anew(submission):
    """Bad steps count only in a row: after an improvement there is the full patience again."""
    got, stopper = answers(submission, [5.0, 6.0, 4.0, 4.5, 3.0, 3.6, 3.5], patience=2)
    assert_equal(got, [False] * 6 + [True], label="the answers")
    assert_equal(stopper.best, 3.0, label="best")


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("min_delta", [0.0, 0.3])
def test_random_curves(submission, rng, mode, min_delta):
    """Compare with the best value so far, not with the one before; the direction follows the mode."""
    for _ in range(4):
        values = torch.randn(12, generator=rng, dtype=torch.float64).tolist()
        expected, best = bad_in_a_row(values, 3, min_delta, 1 if mode == "min" else -1)
        got, stopper = answers(submission, values, patience=3, min_delta=min_delta, mode=mode)
        assert got == expected, f"for {values}"
        assert_close(stopper.best, best, label="best")


def test_an_equal_value_is_no_improvement(submission):
    """Better means strictly better, also with min_delta=0."""
    got, _ = answers(submission, [1.0, 1.0, 1.0], patience=2)
    assert_equal(got, [False, False, True], label="the answers")
    got, _ = answers(submission, [1.0, 0.999, 0.998], patience=1)
    assert_equal(got, [False, False, False], label="the answers to small improvements")


@pytest.mark.parametrize(("mode", "values"), [("min", [1.0, 0.5, 0.25]), ("max", [1.0, 1.5, 1.75])])
def test_min_delta_has_to_be_exceeded(submission, mode, values):
    """An improvement of exactly min_delta is none, and small steps in a row do not move the bar."""
    got, stopper = answers(submission, values, patience=2, min_delta=0.5, mode=mode)
    assert_equal(got, [False, False, False], label="the answers")
    assert_equal(stopper.best, values[2], label="best")


def test_negative_values(submission):
    """A log-likelihood may be negative, and 0 is a value like any other: start from nothing, not from 0."""
    got, stopper = answers(submission, [-5.0, -4.0, -3.0, -3.5], patience=1, mode="max")
    assert_equal(got, [False, False, False, True], label="the answers")
    got, stopper = answers(submission, [0.0, 1.0, 0.5], patience=2)
    assert_equal(got, [False, False, True], label="the answers")
    assert_equal(stopper.best, 0.0, label="best")


@pytest.mark.parametrize("mode", ["min", "max"])
def test_nan_never_improves(submission, mode):
    """NaN counts as a bad step, also as the very first value, and never becomes best."""
    got, stopper = answers(submission, [math.nan, 2.0, math.nan, math.nan], patience=2, mode=mode)
    assert_equal(got, [False, False, False, True], label="the answers")
    assert_equal(stopper.best, 2.0, label="best")
    got, stopper = answers(submission, [math.nan, math.nan], patience=2, mode=mode)
    assert_equal(got, [False, True], label="the answers")
    assert stopper.best is None, f"best is {stopper.best}, expected None"


def test_best_is_a_plain_number(submission):
    """A tensor as value must not stay alive in the stopper: best is a float."""
    stopper = submission.EarlyStopping(patience=1)
    model = submission.support.Net()
    assert stopper.best is None
    value = torch.tensor([0.5], requires_grad=True)
    assert_equal(stopper.step(value, model), False, label="the answer")
    assert_type(stopper.best, float, "best")
    assert_equal(stopper.best, 0.5, label="best")
    assert_equal(stopper.step(torch.tensor(0.75), model), True, label="the answer")


def test_restore_brings_the_best_state_back(submission):
    """Keep a copy of parameters and buffers from the best step: the state dict's own tensors change with the model."""
    stopper = submission.EarlyStopping(patience=2)
    model = submission.support.Net()
    for number, value in [(1, 3.0), (2, 1.0), (3, 1.5), (4, 2.0)]:
        model.fill(number)
        stopper.step(value, model)
    stopper.restore(model)
    assert_equal(model.numbers(), [2.0], label="all values in the restored model")


def test_kept_state_survives_its_restoring(submission):
    """After restore the model trains on: the kept state must not change with it. And restoring works for any model."""
    stopper = submission.EarlyStopping(patience=2)
    model, other = submission.support.Net(), submission.support.Net()
    model.fill(1)
    stopper.step(1.0, model)
    model.fill(2)
    stopper.restore(model)
    model.drift()
    stopper.restore(other)
    assert_equal(other.numbers(), [1.0], label="all values in the restored model")


def test_restore_without_a_best_state(submission):
    """Nothing was kept yet: say so with a RuntimeError instead of doing nothing."""
    for values in ([], [math.nan]):
        _, stopper = answers(submission, values, patience=2)
        with pytest.raises(RuntimeError) as raised:
            stopper.restore(submission.torch.nn.ReLU())
        assert not isinstance(raised.value, NotImplementedError)


@pytest.mark.parametrize(
    "options",
    [{"patience": 0}, {"patience": -1}, {"patience": 1, "min_delta": -0.1}, {"patience": 1, "mode": "best"}],
    ids=["patience 0", "patience -1", "min_delta -0.1", "mode best"],
)
def test_impossible_settings_are_refused(submission, options):
    """Settings that make no sense raise a ValueError when the stopper is made."""
    with pytest.raises(ValueError):
        submission.EarlyStopping(**options)
