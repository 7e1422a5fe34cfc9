import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_close, assert_same_state, assert_type


def twins(submission, rng):
    """The same model twice: one in the learner's process, one here, with the same weights."""
    ours = support.Net()
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.7)
    theirs = submission.support.Net()
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def batches(rng, sizes=(4, 2)):
    return [(torch.randn(n, 3, generator=rng), torch.randn(n, 2, generator=rng)) for n in sizes]


def of_backbone(state):
    return {name: tensor for name, tensor in state.items() if name.startswith("backbone")}


def test_stage_one_trains_the_head(submission, rng):
    """In stage 1 the features are fixed, those of the backbone in eval(), and the head alone moves at head_lr."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, (3, 2))
    submission.finetune(theirs, data, F.mse_loss, 2, 0, 0.1, 0.01)
    ours.backbone.eval()
    optimizer = torch.optim.SGD(ours.head.parameters(), lr=0.1)
    for x, y in data * 2:
        features = ours.backbone(x).detach()
        optimizer.zero_grad()
        F.mse_loss(ours.head(features), y).backward()
        optimizer.step()
    assert_close(theirs.head.weight, ours.head.weight, label="the head's weight")
    assert_close(theirs.head.bias, ours.head.bias, label="the head's bias")


def test_stage_one_leaves_the_backbone_alone(submission, rng):
    """No weight and no running statistics of the backbone change in stage 1: it has to be in eval() in every epoch."""
    theirs, ours = twins(submission, rng)
    submission.finetune(theirs, batches(rng), F.mse_loss, 2, 0, 0.1, 0.1)
    assert_same_state(of_backbone(theirs.state_dict()), of_backbone(ours.state_dict()))


def test_modes_in_each_pass(submission, rng):
    """Stage 1: head training, backbone in eval() and without gradients. Stage 2: all of it in training mode again."""
    theirs, _ = twins(submission, rng)
    theirs.eval()
    submission.finetune(theirs, batches(rng), F.mse_loss, 2, 1, 0.1, 0.01)
    assert theirs.diary == [(True, [False], False)] * 4 + [(True, [True], True)] * 2


def test_no_gradients_for_a_frozen_backbone(submission, rng):
    """Turn requires_grad off in stage 1: otherwise the backward pass goes through the backbone for nothing."""
    theirs, _ = twins(submission, rng)
    submission.finetune(theirs, batches(rng), F.mse_loss, 1, 0, 0.1, 0.01)
    assert submission.support.have_gradients(theirs) == []


def test_stage_two_has_a_rate_for_each_part(submission, rng):
    """In stage 2 the head moves by head_lr times its gradient, and the backbone by backbone_lr times its own."""
    theirs, ours = twins(submission, rng)
    ((x, y),) = batches(rng, (5,))
    submission.finetune(theirs, [(x, y)], F.mse_loss, 0, 1, 0.2, 0.03)
    F.mse_loss(ours(x), y).backward()
    before = {name: p.detach() for name, p in ours.named_parameters()}
    gradients = {name: p.grad for name, p in ours.named_parameters()}
    after = theirs.state_dict()
    for name, value in before.items():
        lr = 0.2 if name.startswith("head") else 0.03
        assert_close(after[name], value - lr * gradients[name], label=name)


@pytest.mark.parametrize("sizes", [(3,), (4, 2)], ids=["one batch", "4 and 2"])
def test_mean_loss_per_sample(submission, rng, sizes):
    """One float per epoch. A batch's loss is a mean already: weigh it by the size of the batch."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, sizes)
    got = submission.finetune(theirs, data, F.mse_loss, 1, 1, 0.0, 0.0)
    assert len(got) == 2
    for number in got:
        assert_type(number, float)
    expected = []
    for training in (False, True):
        ours.train(training)
        expected.append(sum(F.mse_loss(ours(x), y).item() * len(x) for x, y in data) / sum(sizes))
    assert_close(got, expected, label="the losses of both epochs")


@pytest.mark.parametrize(("head_epochs", "full_epochs"), [(1, 1), (2, 2)], ids=["1 and 1", "2 and 2"])
def test_both_stages(submission, reference, rng, head_epochs, full_epochs):
    """Stage 2 goes on from where stage 1 ended, on every batch of every epoch."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, (2, 4))
    got = submission.finetune(theirs, data, F.cross_entropy, head_epochs, full_epochs, 0.1, 0.02, torch.optim.Adam)
    expected = reference.finetune(ours, data, F.cross_entropy, head_epochs, full_epochs, 0.1, 0.02, torch.optim.Adam)
    assert_same_state(theirs.state_dict(), ours.state_dict())
    assert_close(got, expected, label="the losses")


def test_stage_two_starts_with_a_new_optimizer(submission, reference, rng):
    """Make a second optimizer: the momentum of stage 1 belongs to the head alone. The head's group comes first."""
    theirs, ours = twins(submission, rng)
    data = batches(rng)
    submission.support.made()
    submission.finetune(theirs, data, F.mse_loss, 2, 2, 0.1, 0.02, optimizer_class=submission.support.Momentum)
    reference.finetune(ours, data, F.mse_loss, 2, 2, 0.1, 0.02, support.Momentum)
    assert submission.support.made() == [[0.1], [0.1, 0.02]]
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_what_was_frozen_stays_frozen(submission, reference, rng):
    """The caller froze the first layer for good. Undo only what you did yourself."""
    theirs, ours = twins(submission, rng)
    frozen = ["backbone.0.weight", "backbone.1.bias"]
    submission.support.freeze(theirs, frozen)
    support.freeze(ours, frozen)
    data = batches(rng)
    before = {name: theirs.state_dict()[name] for name in frozen}
    submission.finetune(theirs, data, F.mse_loss, 1, 1, 0.1, 0.1)
    reference.finetune(ours, data, F.mse_loss, 1, 1, 0.1, 0.1)
    assert_close({name: theirs.state_dict()[name] for name in frozen}, before)
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_frozen_with_an_old_gradient(submission, rng):
    """A frozen weight may have a gradient from before. With a zero in its place, weight decay still moves it: set it to None."""
    theirs, ours = twins(submission, rng)
    frozen = ["backbone.0.weight", "head.bias"]
    submission.support.freeze(theirs, frozen)
    submission.support.fill_gradients(theirs, 2.0)
    submission.finetune(theirs, batches(rng), F.mse_loss, 1, 1, 0.1, 0.1, submission.support.Decaying)
    assert_close({name: theirs.state_dict()[name] for name in frozen}, {name: ours.state_dict()[name] for name in frozen})


def test_batches_are_taken_anew_in_every_epoch(submission, reference, rng):
    """A loader may shuffle: walk it again in every epoch, instead of keeping the batches of the first."""
    theirs, ours = twins(submission, rng)
    data = batches(rng, (4, 2, 3))
    submission.finetune(theirs, submission.support.Turning(data), F.mse_loss, 2, 2, 0.1, 0.1)
    reference.finetune(ours, support.Turning(data), F.mse_loss, 2, 2, 0.1, 0.1)
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_without_epochs_the_loader_may_be_empty(submission, rng):
    """Only an epoch needs batches."""
    theirs, _ = twins(submission, rng)
    assert submission.finetune(theirs, [], F.mse_loss, 0, 0, 0.1, 0.1) == []


@pytest.mark.parametrize("epochs", [(1, 0), (0, 1), (0, 0)], ids=["head only", "all only", "nothing"])
def test_flags_afterwards(submission, rng, epochs):
    """When you are done, every parameter's requires_grad is what it was, also without a stage 2."""
    theirs, _ = twins(submission, rng)
    submission.support.freeze(theirs, ["backbone.3.bias"])
    before = submission.support.flags(theirs)
    losses = submission.finetune(theirs, batches(rng), F.mse_loss, *epochs, 0.1, 0.01)
    after = submission.support.flags(theirs)
    assert after == before
    assert len(losses) == sum(epochs)


def test_flags_after_an_exception(submission, rng):
    """Training may be interrupted in the middle of stage 1: put the flags back in a `finally`."""
    theirs, _ = twins(submission, rng)
    before = submission.support.flags(theirs)
    with pytest.raises(KeyError):
        submission.finetune(theirs, batches(rng), submission.support.failing_loss, 1, 1, 0.1, 0.01)
    after = submission.support.flags(theirs)
    assert after == before


@pytest.mark.parametrize("epochs", [(1, 0), (0, 1)], ids=["stage 1", "stage 2"])
def test_old_gradients_are_forgotten(submission, reference, rng, epochs):
    """Gradients may be left from before the call: clear them before the first backward pass."""
    theirs, ours = twins(submission, rng)
    data = batches(rng)
    submission.support.fill_gradients(theirs, 2.0)
    submission.finetune(theirs, data, F.mse_loss, *epochs, 0.1, 0.1)
    reference.finetune(ours, data, F.mse_loss, *epochs, 0.1, 0.1)
    assert_same_state(theirs.state_dict(), ours.state_dict())


@pytest.mark.parametrize("epochs", [(-1, 1), (1, -1)], ids=str)
def test_negative_epochs_are_refused(submission, rng, epochs):
    """Raise a ValueError before anything is trained."""
    theirs, ours = twins(submission, rng)
    with pytest.raises(ValueError):
        submission.finetune(theirs, batches(rng), F.mse_loss, *epochs, 0.1, 0.1)
    assert_same_state(theirs.state_dict(), ours.state_dict())


@pytest.mark.parametrize("epochs", [(1, 0), (0, 1)], ids=["stage 1", "stage 2"])
def test_loader_without_batches(submission, rng, epochs):
    """The mean over no samples does not exist: raise a ValueError rather than divide by zero."""
    theirs, _ = twins(submission, rng)
    with pytest.raises(ValueError):
        submission.finetune(theirs, [], F.mse_loss, *epochs, 0.1, 0.1)
