import math

import pytest
import torch

from torchdojo.checkers import assert_type, unchanged


def good(rows=3):
    return torch.linspace(0.1, 1.0, 2 * rows).reshape(rows, 2)


def find(submission, model, x=None, loss_fn=None):
    return submission.find_bad(model, good() if x is None else x, loss_fn or submission.support.total)


@pytest.mark.parametrize("rows", [1, 3])
def test_all_is_well(submission, rows):
    """A model with finite numbers everywhere gives None."""
    assert find(submission, submission.support.chain(1.0, 2.0), good(rows)) is None
    assert find(submission, submission.support.Diary(), good(4)) is None


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_bad_input(submission, number):
    """Look at x first. Infinities of both signs are as bad as NaN; one number is enough."""
    x = good(2)
    x[1, 0] = number
    with unchanged(x):
        got = find(submission, submission.support.chain(1.0), x)
    assert got == ("input", "")
    assert_type(got, tuple)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_bad_parameters(submission, number):
    """A weight that is already bad makes the forward pass bad: look at the weights before it. Give the first one's name."""
    model = submission.support.nested()
    submission.support.spoil(model, "0.bias", number, 1)
    got = find(submission, model)
    assert got == ("parameter", "0.bias")
    submission.support.spoil(model, "0.weight", number, 3)
    got = find(submission, model)
    assert got == ("parameter", "0.weight")


def test_bad_buffers(submission):
    """Running statistics go bad as well, and stay bad. Buffers of whole numbers are always fine."""
    model = submission.support.Diary()
    submission.support.spoil(model, "norm.running_var", math.inf, 2)
    got = find(submission, model)
    assert got == ("buffer", "norm.running_var")
    submission.support.spoil(model, "norm.running_mean", math.nan)
    got = find(submission, model)
    assert got == ("buffer", "norm.running_mean")
    submission.support.spoil(model, "unused.weight", math.nan)
    got = find(submission, model)
    assert got == ("parameter", "unused.weight")


@pytest.mark.parametrize(("places", "name"), [((1.0, 0.0, 1.0), "2"), ((0.0, 0.0), "1"), ((1.0, 1.0, 0.0), "3")], ids=str)
def test_the_first_bad_module(submission, places, name):
    """All modules after the culprit give bad numbers too. The culprit is the one whose inputs were still finite."""
    got = find(submission, submission.support.chain(*places))
    assert got == ("forward", name)


def test_nested_modules(submission):
    """The innermost module that is to blame has finished first. The ones around it give the same bad numbers later."""
    got = find(submission, submission.support.nested())
    assert got == ("forward", "1.1.0")


def test_between_two_modules(submission):
    """The logarithm is taken in the outer forward, so inner modules are given bad numbers: check inputs, not only outputs."""
    got = find(submission, submission.support.Outer(), torch.zeros(1, 2))
    assert got == ("forward", "")
    model = submission.torch.nn.Sequential(submission.support.Outer(), submission.support.Divide(0.0))
    got = find(submission, model, torch.zeros(1, 2))
    assert got == ("forward", "0")


@pytest.mark.parametrize("place", ["tuple", "dict"])
def test_outputs_with_structure(submission, place):
    """A module may return a tuple, list or dict, nested. Look at every tensor in it, also if nobody uses it afterwards."""
    got = find(submission, submission.support.UsesPair(place))
    assert got == ("forward", "pair")
    assert find(submission, submission.support.Pair(), loss_fn=submission.support.of_first) is None


def test_keyword_arguments(submission):
    """The bad number came in by keyword, so it is not that module's fault: register the hook with with_kwargs=True."""
    assert find(submission, submission.support.UsesPair("tuple", 0.0)) is None
    assert find(submission, submission.support.UsesPair(None, 1.0)) is None


def test_bad_loss(submission):
    """If the model's output is finite and the loss is not, it is the loss."""
    got = find(submission, submission.support.chain(1.0), loss_fn=submission.support.log_of_nothing)
    assert got == ("loss", "")


def test_bad_gradients(submission):
    """The forward pass may be fine and a slope infinite, as that of a square root at 0. Name the first parameter it reaches."""
    got = find(submission, submission.support.Root())
    assert got == ("gradient", "inner.bad")
    with torch.no_grad():
        got = find(submission, submission.support.Root())
    assert got == ("gradient", "inner.bad")


def test_nothing_to_train(submission):
    """Without parameters, or with all of them frozen, there is no gradient to look at."""
    assert find(submission, submission.torch.nn.Tanh()) is None
    assert find(submission, submission.torch.nn.Tanh(), good().requires_grad_()) is None
    model = submission.support.Root()
    submission.support.freeze(model)
    assert find(submission, model) is None
    assert find(submission, submission.support.chain(1.0), loss_fn=submission.support.detached) is None


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_runs_once_in_its_own_mode(submission, training):
    """Some bugs show only in training mode: do not touch the mode, and call the model once."""
    model = submission.support.Diary()
    model.train(training)
    find(submission, model)
    assert model.modes == [training]
    model = submission.support.BadInTraining()
    model.train(training)
    got = find(submission, model)
    assert got == (("forward", "") if training else None)


@pytest.mark.parametrize("kind", ["well", "forward", "loss"])
def test_leaves_no_trace(submission, kind):
    """Batch norm changes its buffers in the pass, backward() adds to `.grad`, hooks stay: leave all as it was."""
    model = submission.support.Diary()
    submission.support.fill_gradients(model, 2.0)
    if kind == "forward":
        model = submission.torch.nn.Sequential(model, submission.support.Divide(0.0))
    before = submission.support.trace(model)
    got = find(submission, model, loss_fn=submission.support.log_of_nothing if kind == "loss" else None)
    assert got == {"well": None, "forward": ("forward", "1"), "loss": ("loss", "")}[kind]
    after = submission.support.trace(model)
    changed = [kind for kind in before if after[kind] != before[kind]]
    assert changed == []


def test_no_trace_after_an_exception(submission):
    """The model may raise in the middle: clean up in a `finally`, and pass the exception on."""
    model = submission.support.Diary(fails=True)
    before = submission.support.trace(model)
    with pytest.raises(KeyError):
        find(submission, model)
    after = submission.support.trace(model)
    changed = [kind for kind in before if after[kind] != before[kind]]
    assert changed == []
