import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_equal, assert_same_state, assert_type


def twins(submission, rng, drop=0.0):
    """The same model twice: one in the learner's process, one here, with the same weights."""
    ours = support.Net(drop=drop)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng))
        ours.norm.running_mean.copy_(torch.randn(6, generator=rng))
        ours.norm.running_var.copy_(0.5 + torch.rand(6, generator=rng))
    theirs = submission.support.Net(drop=drop)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def batches(rng, sizes):
    return [(torch.randn(n, 4, generator=rng), torch.randint(3, (n,), generator=rng)) for n in sizes]


def measure(model, data):
    """All batches at once, in evaluation mode."""
    x, y = torch.cat([x for x, _ in data]), torch.cat([y for _, y in data])
    model.eval()
    with torch.no_grad():
        logits = model(x)
    return F.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


def train(model, data, optimizer):
    model.train()
    for x, y in data:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


@pytest.mark.parametrize("sizes", [(2,), (4, 4), (5, 1), (1, 2, 6)], ids=["one batch", "4 and 4", "5 and 1", "1, 2 and 6"])
def test_loss_and_accuracy_per_sample(submission, rng, sizes):
    """Weigh each batch by its size, count correct rows over all rows, and measure in evaluation mode."""
    theirs, ours = twins(submission, rng, drop=0.5)
    data = batches(rng, sizes)
    got = submission.evaluate(theirs, data, F.cross_entropy)
    assert_type(got, tuple)
    assert len(got) == 2, f"evaluate returned {len(got)} values, not loss and accuracy"
    loss, accuracy = measure(ours, data)
    assert_type(got[0], float, "the loss")
    assert_type(got[1], float, "the accuracy")
    assert_close(got[0], loss, label="the loss", rtol=1e-5)
    assert_close(got[1], accuracy, label="the accuracy", rtol=1e-5)


@pytest.mark.parametrize("training", [True, False], ids=["from train()", "from eval()"])
def test_model_comes_back_in_its_mode(submission, rng, training):
    """Whoever calls evaluate in the middle of training expects to go on training, and the other way round."""
    theirs, _ = twins(submission, rng)
    theirs.train(training)
    submission.evaluate(theirs, batches(rng, (3, 2)), F.cross_entropy)
    assert theirs.diary == [(False, False)] * 2, "each pair: was the model in training mode, was autograd recording"
    assert theirs.modes() == [training] * 5


def test_measuring_changes_nothing(submission, rng):
    """No weight, no running mean and no gradient may change: eval() stops batch norm from learning, no_grad the graph."""
    theirs, ours = twins(submission, rng)
    submission.support.fill_gradients(theirs, 1.5)
    submission.evaluate(theirs, batches(rng, (3, 2)), F.cross_entropy)
    assert_same_state(theirs.state_dict(), ours.state_dict())
    for name, gradient in theirs.gradients().items():
        assert gradient is not None, f"the gradient of {name} was removed"
        assert_equal(gradient, torch.full_like(gradient, 1.5), label=f"the gradient of {name}")


@pytest.mark.parametrize("recording", [True, False], ids=["on before", "off before"])
def test_autograd_is_afterwards_as_before(submission, rng, recording):
    """Switch gradients off for a block only; set_grad_enabled(False) on its own stays off, and (True) is not always what was."""
    theirs, _ = twins(submission, rng)
    data, loss_fn = batches(rng, (3,)), submission.torch.nn.CrossEntropyLoss()
    after = submission.support.recording_after(submission.evaluate, theirs, data, loss_fn, recording)
    assert_equal(after, recording, label="autograd recording after evaluate")


def test_empty_loader_is_refused(submission, rng):
    """Without samples there is neither a loss nor an accuracy: raise a ValueError."""
    theirs, _ = twins(submission, rng)
    with pytest.raises(ValueError):
        submission.evaluate(theirs, [], F.cross_entropy)


def test_mode_comes_back_after_an_error(submission, rng):
    """Set the mode back before you raise: a caller that catches the error goes on training."""
    theirs, _ = twins(submission, rng)
    with pytest.raises(ValueError):
        submission.evaluate(theirs, [], F.cross_entropy)
    assert_equal(theirs.modes(), [True] * len(theirs.modes()), label="training mode after the error")


@pytest.mark.parametrize("epochs", [1, 3])
@pytest.mark.parametrize("optim", ["SGD", "Adam"])
def test_weights_and_history_after_training(submission, rng, epochs, optim):
    """Per epoch: train() and a step per batch, then evaluate on both loaders. The history speaks of the weights after the epoch."""
    theirs, ours = twins(submission, rng)
    training, held_out = batches(rng, (4, 4, 3)), batches(rng, (5, 2))
    optimizer = getattr(submission.torch.optim, optim)(theirs.parameters(), lr=0.05)
    got = submission.fit(theirs, training, held_out, F.cross_entropy, optimizer, epochs)
    expected = {"train_loss": [], "val_loss": [], "train_accuracy": [], "val_accuracy": []}
    optimizer = getattr(torch.optim, optim)(ours.parameters(), lr=0.05)
    for _ in range(epochs):
        train(ours, training, optimizer)
        for name, data in (("train", training), ("val", held_out)):
            loss, accuracy = measure(ours, data)
            expected[f"{name}_loss"].append(loss)
            expected[f"{name}_accuracy"].append(accuracy)
    assert_same_state(theirs.state_dict(), ours.state_dict())
    assert_close(got, expected, label="the history", rtol=1e-3, atol=1e-5)


def test_every_epoch_trains_in_training_mode(submission, rng):
    """After a validation the model has to go back into training mode, in every epoch; and it may arrive in eval()."""
    theirs, _ = twins(submission, rng)
    theirs.eval()
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.05)
    submission.fit(theirs, batches(rng, (4, 4)), batches(rng, (2,)), F.cross_entropy, optimizer, 2)
    epoch = [(True, True)] * 2 + [(False, False)] * 3
    assert theirs.diary == epoch * 2, "each pair: was the model in training mode, was autograd recording"


def test_validation_data_is_never_trained_on(submission, rng):
    """With a learning rate on the training batches alone, other validation data must not lead to other weights."""
    theirs, ours = twins(submission, rng)
    training = batches(rng, (4, 4))
    states = []
    for _ in range(2):
        theirs.load_state_dict(ours.state_dict())
        optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
        submission.fit(theirs, training, batches(rng, (5, 3)), F.cross_entropy, optimizer, 2)
        states.append(theirs.state_dict())
    assert_same_state(states[0], states[1])


def test_no_epochs(submission, rng):
    """With epochs=0 nothing is trained and the four lists are empty."""
    theirs, ours = twins(submission, rng)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    got = submission.fit(theirs, batches(rng, (4,)), batches(rng, (2,)), F.cross_entropy, optimizer, 0)
    assert_equal(got, {"train_loss": [], "val_loss": [], "train_accuracy": [], "val_accuracy": []}, label="the history")
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_old_gradients_are_forgotten(submission, rng):
    """Gradients may be left from before the call: clear them before the first backward pass."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, (4,))
    submission.support.fill_gradients(theirs, 2.0)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.05)
    submission.fit(theirs, data, data, F.cross_entropy, optimizer, 1)
    train(ours, data, torch.optim.SGD(ours.parameters(), lr=0.05))
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_batches_are_taken_anew_in_every_epoch(submission, reference, rng):
    """A loader may shuffle: walk it again in every epoch, instead of keeping the batches of the first."""
    theirs, ours = twins(submission, rng)
    training, held_out = batches(rng, (4, 3, 5)), batches(rng, (2, 4))
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.05)
    loader = submission.support.Turning(training)
    submission.fit(theirs, loader, held_out, F.cross_entropy, optimizer, 2)
    plain = torch.optim.SGD(ours.parameters(), lr=0.05)
    reference.fit(ours, support.Turning(training), held_out, F.cross_entropy, plain, 2)
    assert_same_state(theirs.state_dict(), ours.state_dict())
