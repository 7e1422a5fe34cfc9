import math

import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_equal, assert_same_state, assert_type


def twins(submission, rng, norm=True):
    """The same model twice: one in the learner's process, one here, with the same weights."""
    ours = support.Net(norm)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
    theirs = submission.support.Net(norm)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def batches(rng, sizes):
    return [(torch.randn(n, 4, generator=rng), torch.randn(n, 1, generator=rng)) for n in sizes]


def sgd(submission, theirs, ours, lr=0.1):
    return submission.torch.optim.SGD(theirs.parameters(), lr=lr), torch.optim.SGD(ours.parameters(), lr=lr)


def schedulers(submission, one, other):
    kind = {"step_size": 1, "gamma": 0.5}
    return submission.torch.optim.lr_scheduler.StepLR(one, **kind), torch.optim.lr_scheduler.StepLR(other, **kind)


def against(data):
    """Targets of the opposite sign: what is learned makes the validation worse."""
    return [(x, -y) for x, y in data]


def shares(data):
    """Targets between 0 and 1, for the binary cross-entropy."""
    return [(x, y.sigmoid()) for x, y in data]


def test_modes_and_gradients(submission, rng):
    """Train in training mode with gradients, validate in evaluation mode without, and switch back in every epoch."""
    theirs, ours = twins(submission, rng)
    theirs.eval()
    optimizer, _ = sgd(submission, theirs, ours)
    submission.train(theirs, batches(rng, (4, 4)), batches(rng, (2,)), F.mse_loss, optimizer, 2)
    assert theirs.diary == ([(True, True)] * 2 + [(False, False)]) * 2, "each pair: training mode, autograd recording"


def test_one_epoch_by_hand(submission, rng):
    """One batch, one step: the losses are those of the weights before and after it."""
    theirs, ours = twins(submission, rng, norm=False)
    training, held_out = batches(rng, (4,)), batches(rng, (3,))
    optimizer, plain = sgd(submission, theirs, ours)
    result = submission.train(theirs, training, held_out, F.mse_loss, optimizer, 1)
    loss = F.mse_loss(ours(training[0][0]), training[0][1])
    loss.backward()
    plain.step()
    ours.eval()
    after = F.mse_loss(ours(held_out[0][0]), held_out[0][1]).item()
    assert_equal(set(result), {"history", "best_epoch", "best_state"}, label="the keys of the result")
    assert_type(result["history"], list, "the history")
    assert_equal(len(result["history"]), 1, label="the number of records")
    record = {"epoch": 0, "train_loss": loss.item(), "val_loss": after, "lr": 0.1}
    assert_close(result["history"][0], record, label="the record", rtol=1e-4)
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the model")
    assert_same_state(result["best_state"], ours.state_dict(), label="the best state")


def test_best_state_is_a_copy_of_its_time(submission, reference, rng):
    """The state dict holds the living tensors: clone them, or the best state goes on changing with the model."""
    theirs, ours = twins(submission, rng, norm=False)
    start = {**ours.state_dict(), "last.weight": torch.zeros(1, 5), "last.bias": torch.zeros(1)}
    theirs.load_state_dict(start)
    ours.load_state_dict(start)
    training = batches(rng, (6, 6))
    optimizer, plain = sgd(submission, theirs, ours, lr=0.02)
    got = submission.train(theirs, training, against(training), F.mse_loss, optimizer, 4)
    expected = reference.train(ours, training, against(training), F.mse_loss, plain, 4)
    assert_equal(got["best_epoch"], 0, label="the best epoch, with a validation loss that only rises,")
    assert_same_state(got["best_state"], expected["best_state"], label="the best state")
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the model, which keeps its last weights,")


@pytest.mark.parametrize("sizes", [(4, 4), (5, 2, 3)], ids=["equal batches", "unequal batches"])
def test_weights_and_history(submission, reference, rng, sizes):
    """Step per batch from its own gradient, weigh the losses by the batch sizes, validate after the epoch."""
    theirs, ours = twins(submission, rng)
    training, held_out = shares(batches(rng, sizes)), shares(batches(rng, (4, 1)))
    submission.support.fill_gradients(theirs, 1.0)
    optimizer, plain = sgd(submission, theirs, ours)
    got = submission.train(theirs, training, held_out, F.binary_cross_entropy_with_logits, optimizer, 3)
    expected = reference.train(ours, training, held_out, F.binary_cross_entropy_with_logits, plain, 3)
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the model")
    assert_close(got["history"], expected["history"], label="the history", rtol=1e-3)


@pytest.mark.parametrize("max_norm", [0.1, 1e5], ids=["always clipped", "never clipped"])
def test_clipping(submission, reference, rng, max_norm):
    """With max_norm each step's gradient is clipped as one vector, between backward and step."""
    theirs, ours = twins(submission, rng)
    training, held_out = batches(rng, (4, 4)), batches(rng, (4,))
    optimizer, plain = sgd(submission, theirs, ours)
    submission.train(theirs, training, held_out, F.mse_loss, optimizer, 2, max_norm=max_norm)
    reference.train(ours, training, held_out, F.mse_loss, plain, 2, max_norm=max_norm)
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the model")


def test_schedule_steps_once_per_epoch(submission, reference, rng):
    """The schedule moves after the epoch, not after each batch, and the record tells the rate of the first group that was used."""
    theirs, ours = twins(submission, rng)
    training, held_out = batches(rng, (4, 4)), batches(rng, (4,))
    groups = [[{"params": m.first.parameters(), "lr": 0.4}, {"params": m.last.parameters()}] for m in (theirs, ours)]
    one, other = submission.torch.optim.SGD(groups[0], lr=0.1), torch.optim.SGD(groups[1], lr=0.1)
    scheduler, plain = schedulers(submission, one, other)
    got = submission.train(theirs, training, held_out, F.mse_loss, one, 3, scheduler=scheduler)
    reference.train(ours, training, held_out, F.mse_loss, other, 3, scheduler=plain)
    assert_close([record["lr"] for record in got["history"]], [0.4, 0.2, 0.1], label="the recorded rates")
    assert_close(one.param_groups[0]["lr"], 0.05, label="the rate after training")
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the model")


def test_improving_runs_end_with_the_best(submission, reference, rng):
    """Lower is better: while the validation loss falls, the last epoch is the best."""
    theirs, ours = twins(submission, rng, norm=False)
    data = batches(rng, (8,))
    optimizer, plain = sgd(submission, theirs, ours, lr=0.01)
    got = submission.train(theirs, data, data, F.mse_loss, optimizer, 3)
    reference.train(ours, data, data, F.mse_loss, plain, 3)
    assert_equal(got["best_epoch"], 2, label="the best epoch")
    assert_same_state(got["best_state"], ours.state_dict(), label="the best state")


def test_earliest_of_equal_epochs(submission, rng):
    """An equal loss is no improvement: the earlier epoch stays the best."""
    theirs, ours = twins(submission, rng, norm=False)
    optimizer, _ = sgd(submission, theirs, ours, lr=0.0)
    got = submission.train(theirs, batches(rng, (4,)), batches(rng, (4,)), F.mse_loss, optimizer, 3)
    assert_equal(got["best_epoch"], 0, label="the best epoch")


def test_validation_without_a_number(submission, rng):
    """A validation loss of NaN is never the best one, and no reason to stop."""
    theirs, ours = twins(submission, rng, norm=False)
    optimizer, _ = sgd(submission, theirs, ours)
    held_out = [(torch.randn(2, 4, generator=rng), torch.full((2, 1), math.nan))]
    got = submission.train(theirs, batches(rng, (4,)), held_out, F.mse_loss, optimizer, 2)
    assert_equal(len(got["history"]), 2, label="the number of records")
    assert got["best_epoch"] is None and got["best_state"] is None


def test_first_validation_without_a_number(submission, rng):
    """Every comparison with NaN is false: a NaN in the first epoch must not keep later ones from being the best."""
    theirs, ours = twins(submission, rng, norm=False)
    optimizer, _ = sgd(submission, theirs, ours, lr=0.01)
    data = batches(rng, (8,))
    held_out = submission.support.LateNumbers(data)
    got = submission.train(theirs, data, held_out, F.mse_loss, optimizer, 3)
    assert_equal(got["best_epoch"], 2, label="the best epoch, after a NaN and with a loss that falls,")
    assert_same_state(got["best_state"], theirs.state_dict(), label="the best state")


@pytest.mark.parametrize("bad", [math.nan, math.inf], ids=["nan", "infinity"])
def test_broken_training_loss_stops_at_once(submission, reference, rng, bad):
    """A step along a NaN gradient ruins every weight: look at the loss and raise a RuntimeError before the step."""
    theirs, ours = twins(submission, rng, norm=False)
    good = batches(rng, (4,))
    training = [*good, (good[0][0], torch.full((4, 1), bad)), *good]
    optimizer, plain = sgd(submission, theirs, ours)
    with pytest.raises(RuntimeError) as raised:
        submission.train(theirs, training, good, F.mse_loss, optimizer, 2)
    assert not isinstance(raised.value, NotImplementedError)
    reference.train(ours, good, good, F.mse_loss, plain, 1)
    for name, weight in ours.named_parameters():
        assert_close(theirs.state_dict()[name], weight, label=name)


def test_callback_sees_records_and_may_stop(submission, rng):
    """Call on_epoch_end with each record; only an answer of True ends the training."""
    theirs, ours = twins(submission, rng)
    optimizer, _ = sgd(submission, theirs, ours)
    seen = []

    def watch(record):
        seen.append(dict(record))
        return {0: None, 1: 1, 2: True}[record["epoch"]]

    got = submission.train(theirs, batches(rng, (4,)), batches(rng, (4,)), F.mse_loss, optimizer, 6, on_epoch_end=watch)
    assert_equal([record["epoch"] for record in seen], [0, 1, 2], label="the epochs the callback saw")
    assert_equal(got["history"], seen, label="the history")


def test_last_epoch_counts_when_the_callback_stops(submission, rng):
    """First finish the epoch, with the record, the best state and the schedule, then ask on_epoch_end."""
    theirs, ours = twins(submission, rng, norm=False)
    optimizer, plain = sgd(submission, theirs, ours, lr=0.01)
    scheduler, _ = schedulers(submission, optimizer, plain)
    data = batches(rng, (8,))
    rates = []

    def watch(record):
        rates.append(optimizer.param_groups[0]["lr"])
        return record["epoch"] == 1

    got = submission.train(theirs, data, data, F.mse_loss, optimizer, 4, scheduler=scheduler, on_epoch_end=watch)
    assert_equal(got["best_epoch"], 1, label="the best epoch, with a validation loss that only falls,")
    assert_same_state(got["best_state"], theirs.state_dict(), label="the best state")
    assert_close(rates, [0.005, 0.0025], label="the rates that the callback saw, after the schedule's steps")


def test_loaders_are_walked_once_per_epoch(submission, reference, rng):
    """A loader may shuffle: take its batches anew in every epoch, and do not walk it a second time to count them."""
    theirs, ours = twins(submission, rng)
    training, held_out = batches(rng, (4, 3, 5)), batches(rng, (2, 4))
    optimizer, plain = sgd(submission, theirs, ours)
    loaders = [submission.support.Turning(data) for data in (training, held_out)]
    submission.train(theirs, *loaders, F.mse_loss, optimizer, 3)
    reference.train(ours, support.Turning(training), support.Turning(held_out), F.mse_loss, plain, 3)
    assert_same_state(theirs.state_dict(), ours.state_dict(), label="the model")
    assert_equal([loader.walks for loader in loaders], [3, 3], label="the walks over each loader in 3 epochs")


def test_no_epochs(submission, rng):
    """With epochs=0 there is nothing to record and nothing best."""
    theirs, ours = twins(submission, rng)
    optimizer, _ = sgd(submission, theirs, ours)
    got = submission.train(theirs, batches(rng, (4,)), batches(rng, (4,)), F.mse_loss, optimizer, 0)
    assert_equal(got, {"history": [], "best_epoch": None, "best_state": None})
    assert_same_state(theirs.state_dict(), ours.state_dict())
