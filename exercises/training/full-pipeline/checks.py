import math

import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_same_state, assert_type


def twins(submission, rng, norm=False):
    """The same model twice: one in the learner's process, one here, with the same weights."""
    ours = support.Net(norm)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.7)
    theirs = submission.support.Net(norm)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def batches(rng, sizes=(4, 2)):
    return [(torch.randn(n, 3, generator=rng), torch.randn(n, 2, generator=rng)) for n in sizes]


def sgd(submission, model, lr=0.1):
    return submission.torch.optim.SGD(model.parameters(), lr=lr)


def scripted(submission, rng, script, **options):
    """A run whose validation losses are given: the model and the history."""
    model, _ = twins(submission, rng, norm=True)
    loss_fn = submission.support.Scripted([float(number) for number in script])
    data = batches(rng, (3,))
    history = submission.fit(model, data, data, loss_fn, sgd(submission, model), len(script), **options)
    return model, history


def test_one_epoch(submission, rng):
    """One epoch trains on every batch, validates with the new weights, and reports both mean losses as floats."""
    theirs, ours = twins(submission, rng)
    train, val = batches(rng, (4, 2)), batches(rng, (1, 3))
    history = submission.fit(theirs, train, val, F.mse_loss, sgd(submission, theirs), 1)
    optimizer = torch.optim.SGD(ours.parameters(), lr=0.1)
    total = 0.0
    for x, y in train:
        optimizer.zero_grad()
        loss = F.mse_loss(ours(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
    assert_same_state(theirs.state_dict(), ours.state_dict())
    assert sorted(history) == ["best_epoch", "lr", "train_loss", "val_loss"]
    assert_type(history["train_loss"][0], float)
    assert_type(history["val_loss"][0], float)
    assert_close(history["train_loss"], [total / 6], label="train_loss")
    val_loss = sum(F.mse_loss(ours(x), y).item() * len(x) for x, y in val) / 4
    assert_close(history["val_loss"], [val_loss], label="val_loss")
    assert_close(history["lr"], [0.1], label="lr")
    assert history["best_epoch"] == 0


def test_modes_in_each_pass(submission, rng):
    """Training mode with gradients for training, eval() without gradients for validation, in every epoch anew."""
    model, _ = twins(submission, rng)
    model.eval()
    submission.fit(model, batches(rng, (2, 2)), batches(rng, (2, 2)), F.mse_loss, sgd(submission, model), 2)
    assert model.diary == ([(True, True)] * 2 + [(False, False)] * 2) * 2


@pytest.mark.parametrize("max_norm", [0.05, 0.0])
def test_gradients_are_clipped(submission, rng, max_norm):
    """Clip between backward and step, the norm of all gradients together. Only None means no clipping."""
    theirs, ours = twins(submission, rng)
    ((x, y),) = data = batches(rng, (4,))
    y += 5
    submission.fit(theirs, data, data, F.mse_loss, sgd(submission, theirs, 1.0), 1, max_norm=max_norm)
    before = torch.cat([p.detach().flatten() for p in ours.parameters()])
    F.mse_loss(ours(x), y).backward()
    gradient = torch.cat([p.grad.flatten() for p in ours.parameters()])
    state = theirs.state_dict()
    after = torch.cat([state[name].flatten() for name, _ in ours.named_parameters()])
    assert_close(after, before - gradient * max_norm / gradient.norm(), atol=1e-5, label="the weights")


def test_scheduler_steps_once_per_epoch(submission, rng):
    """Step the scheduler after the epoch, not per batch; `lr` tells the rate that was used, not the next one."""
    model, _ = twins(submission, rng)
    optimizer = sgd(submission, model, 0.8)
    scheduler = submission.support.Scheduler(optimizer, model)
    train, val = batches(rng, (2, 2, 2)), batches(rng, (2,))
    history = submission.fit(model, train, val, F.mse_loss, optimizer, 3, scheduler=scheduler)
    assert scheduler.seen == [4, 8, 12]
    assert_close(history["lr"], [0.8, 0.4, 0.2], label="lr")
    optimizer = submission.support.two_groups(model)
    history = submission.fit(model, train, val, F.mse_loss, optimizer, 1)
    assert_close(history["lr"], [0.3], label="lr of the first group")


def test_best_weights_are_brought_back(submission, rng):
    """In the end the model is that of its best epoch. state_dict() refers to the live tensors: keep a copy, of the buffers too."""
    model, history = scripted(submission, rng, [3, 1, 2, 4])
    assert history["best_epoch"] == 1
    assert_close(history["val_loss"], [3.0, 1.0, 2.0, 4.0], label="val_loss")
    assert_same_state(model.state_dict(), model.state_at(1))


def test_equal_losses_are_no_improvement(submission, rng):
    """The best epoch is the first with the lowest loss: lower, not lower or equal."""
    model, history = scripted(submission, rng, [2, 1, 1])
    assert history["best_epoch"] == 1
    assert_same_state(model.state_dict(), model.state_at(1))


@pytest.mark.parametrize(
    ("script", "patience", "ran"),
    [
        ((1, 2, 3), 1, 2),
        ((1, 2, 3, 4), 2, 3),
        ((2, 3, 1, 2, 2, 2), 2, 5),
        ((1, 2, 1, 1, 0), 3, 4),
        ((5, 4, 5, 4, 5, 3), 4, 6),
    ],
    ids=str,
)
def test_stops_after_patience_epochs(submission, rng, script, patience, ran):
    """Count the epochs in a row that were not the best so far; an improvement sets the count back to 0."""
    _, history = scripted(submission, rng, script, patience=patience)
    got = len(history["val_loss"])
    assert got == ran, f"{got} epochs ran, expected {ran}"
    assert len(history["train_loss"]) == len(history["lr"]) == ran
    assert history["best_epoch"] == script.index(min(script[:ran]))


def test_last_epoch_before_stopping_is_whole(submission, rng):
    """The schedule steps after every epoch, also after the one that uses up the patience."""
    model, _ = twins(submission, rng, norm=True)
    optimizer = sgd(submission, model, lr=0.4)
    schedule = submission.torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    loss_fn = submission.support.Scripted([1.0, 2.0, 3.0, 4.0])
    data = batches(rng, (3,))
    submission.fit(model, data, data, loss_fn, optimizer, 4, schedule, patience=2)
    assert_close(optimizer.param_groups[0]["lr"], 0.05, label="the rate after three epochs")


def test_clipping_is_over_all_groups(submission, rng):
    """The total norm is that of the whole model, however many groups the optimizer has."""
    theirs, ours = twins(submission, rng)
    ((x, y),) = data = batches(rng, (4,))
    submission.fit(theirs, data, data, F.mse_loss, submission.support.two_groups(theirs), 1, max_norm=0.05)
    F.mse_loss(ours(x), y).backward()
    norm = torch.cat([parameter.grad.flatten() for parameter in ours.parameters()]).norm()
    for rate, name in ((0.3, "first"), (0.1, "last")):
        part = getattr(ours, name)
        moved = part.weight - rate * part.weight.grad * 0.05 / norm
        assert_close(theirs.state_dict()[f"{name}.weight"], moved, label=f"{name}.weight", rtol=1e-4)


def test_batches_are_taken_anew_in_every_epoch(submission, reference, rng):
    """A loader may shuffle: walk it again in every epoch, instead of keeping the batches of the first."""
    theirs, ours = twins(submission, rng)
    train, val = batches(rng, (4, 2, 3)), batches(rng, (3,))
    submission.fit(theirs, submission.support.Turning(train), val, F.mse_loss, sgd(submission, theirs, 0.01), 2)
    reference.fit(ours, support.Turning(train), val, F.mse_loss, torch.optim.SGD(ours.parameters(), lr=0.01), 2)
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_without_patience_it_never_stops(submission, rng):
    """patience=None means all epochs."""
    _, history = scripted(submission, rng, range(12))
    assert len(history["val_loss"]) == 12


def test_nan_is_never_the_best(submission, rng):
    """Every comparison with NaN is false. An epoch with a NaN is no improvement, also if it is the first."""
    model, history = scripted(submission, rng, [math.nan, 2, math.nan, 3])
    assert history["best_epoch"] == 1
    assert_same_state(model.state_dict(), model.state_at(1))
    model, history = scripted(submission, rng, [math.nan, math.nan, math.nan], patience=2)
    assert history["best_epoch"] is None
    assert len(history["val_loss"]) == 2
    assert_same_state(model.state_dict(), model.state_at(1))


def test_long_run(submission, reference, rng):
    """All of it together, with batch norm and momentum."""
    theirs, ours = twins(submission, rng, norm=True)
    train, val = batches(rng, (4, 2)), batches(rng, (3, 1))
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    schedule = submission.torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    got = submission.fit(theirs, train, val, F.cross_entropy, optimizer, 5, schedule, 0.5, 3)
    optimizer = torch.optim.SGD(ours.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    expected = reference.fit(ours, train, val, F.cross_entropy, optimizer, 5, schedule, 0.5, 3)
    assert_close(got, expected, rtol=1e-4, label="the history")
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_old_gradients_are_forgotten(submission, rng):
    """Gradients may be left from before the call: clear them before the first backward."""
    theirs, ours = twins(submission, rng)
    ((x, y),) = data = batches(rng, (3,))
    submission.support.fill_gradients(theirs, 2.0)
    submission.fit(theirs, data, data, F.mse_loss, sgd(submission, theirs), 1)
    F.mse_loss(ours(x), y).backward()
    assert_close(theirs.last.bias, ours.last.bias - 0.1 * ours.last.bias.grad, label="a bias")


def test_one_graph_at_a_time(submission, rng):
    """Add up numbers, not tensors that still have their graph."""
    model, _ = twins(submission, rng)
    loss_fn = submission.support.CountingLoss()
    submission.fit(model, batches(rng, (2,) * 6), batches(rng, (2,) * 6), loss_fn, sgd(submission, model), 1)
    most = loss_fn.most
    assert most <= 2, f"{most} graphs were alive at the same time"


def test_no_epochs(submission, rng):
    """With epochs=0 nothing happens: three empty lists, no best epoch, the model as it was."""
    theirs, ours = twins(submission, rng)
    history = submission.fit(theirs, batches(rng), batches(rng), F.mse_loss, sgd(submission, theirs), 0)
    assert history == {"train_loss": [], "val_loss": [], "lr": [], "best_epoch": None}
    assert_same_state(theirs.state_dict(), ours.state_dict())


@pytest.mark.parametrize(("epochs", "patience"), [(-1, None), (1, 0), (1, -2)], ids=str)
def test_impossible_numbers_are_refused(submission, rng, epochs, patience):
    """Raise a ValueError before anything is trained."""
    theirs, ours = twins(submission, rng)
    with pytest.raises(ValueError):
        submission.fit(theirs, batches(rng), batches(rng), F.mse_loss, sgd(submission, theirs), epochs, patience=patience)
    assert_same_state(theirs.state_dict(), ours.state_dict())
