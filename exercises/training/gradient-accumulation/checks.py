import pytest
import torch
import torch.nn.functional as F

import support
from torchdojo.checkers import assert_equal, assert_same_state


def twins(submission, rng):
    """The same model twice: one in the learner's process, one here, with the same weights."""
    ours = support.Net(4, 3)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * 0.5)
    theirs = submission.support.Net(4, 3)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def micro_batches(rng, sizes):
    return [(torch.randn(n, 4, generator=rng), torch.randint(3, (n,), generator=rng)) for n in sizes]


def train_on_big_batches(model, data, k, optimizer):
    """What it has to amount to: each group joined into one batch."""
    for start in range(0, len(data), k):
        x = torch.cat([x for x, _ in data[start : start + k]])
        y = torch.cat([y for _, y in data[start : start + k]])
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def compare(submission, rng, sizes, k, optim="SGD", before=None):
    theirs, ours = twins(submission, rng)
    data = micro_batches(rng, sizes)
    if before is not None:
        submission.support.fill_gradients(theirs, before)
    optimizer = getattr(submission.torch.optim, optim)(theirs.parameters(), lr=0.2)
    steps = submission.train_with_accumulation(theirs, data, F.cross_entropy, optimizer, k)
    train_on_big_batches(ours, data, k, getattr(torch.optim, optim)(ours.parameters(), lr=0.2))
    assert_same_state(theirs.state_dict(), ours.state_dict())
    assert_equal(steps, -(-len(sizes) // k), label="the number of steps")


@pytest.mark.parametrize(("sizes", "k"), [((3, 3), 2), ((1, 1, 1), 3), ((2,) * 8, 4)], ids=["2 of 3", "3 of 1", "8 of 2"])
def test_equal_micro_batches_act_as_one_batch(submission, rng, sizes, k):
    """The gradients of the micro-batches add up, but the loss of a big batch is their mean: scale each loss before its backward."""
    compare(submission, rng, sizes, k)


@pytest.mark.parametrize("optim", ["Adam", "SGD"])
def test_several_groups_in_a_row(submission, rng, optim):
    """Clear the gradients once per group: neither after every micro-batch nor never."""
    compare(submission, rng, (2,) * 6, 2, optim)


def test_groups_of_one_are_plain_training(submission, rng):
    """With accumulation_steps=1 each micro-batch makes a step of its own."""
    compare(submission, rng, (3, 2, 3), 1)


@pytest.mark.parametrize(("sizes", "k"), [((3,), 2), ((2,) * 5, 2), ((2,) * 7, 4)], ids=["1 of 2", "5 by 2", "7 by 4"])
def test_what_is_left_makes_a_step(submission, rng, sizes, k):
    """The loader may end within a group. Its gradients must lead to a step too, and its mean goes over what is there, not over k."""
    compare(submission, rng, sizes, k)


@pytest.mark.parametrize(("sizes", "k"), [((4, 1), 2), ((1, 5, 2), 3), ((3, 1, 2, 5, 1), 2)], ids=["4+1", "1+5+2", "mixed"])
def test_unequal_micro_batches_are_weighed_by_size(submission, rng, sizes, k):
    """A micro-batch of one sample has to count a quarter of one with four: the factor is its size over the size of its group."""
    compare(submission, rng, sizes, k)


def test_old_gradients_are_forgotten(submission, rng):
    """Gradients may be left from before the call. Clear them before the first backward."""
    compare(submission, rng, (2, 2, 2), 2, before=1.5)


def test_model_sees_one_micro_batch_at_a_time(submission, rng):
    """A joined batch would need the memory you do not have: call the model once per micro-batch, in order."""
    theirs, _ = twins(submission, rng)
    sizes = (3, 1, 2, 2, 4)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_with_accumulation(theirs, micro_batches(rng, sizes), F.cross_entropy, optimizer, 2)
    assert theirs.rows == list(sizes)


def test_one_graph_at_a_time(submission, rng):
    """Call backward for each micro-batch: adding up the losses first keeps all their graphs in memory."""
    theirs, _ = twins(submission, rng)
    data = [(x, torch.randn(2, 3, generator=rng)) for x, _ in micro_batches(rng, (2,) * 6)]
    loss_fn = submission.support.CountingLoss()
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_with_accumulation(theirs, data, loss_fn, optimizer, 6)
    most = loss_fn.most
    assert most <= 2, f"{most} graphs were alive at the same time"


def test_loader_is_read_group_by_group(submission, rng):
    """A loader may be a generator, with no length and no second pass; hold at most one group of its batches, not the whole epoch."""
    theirs, _ = twins(submission, rng)
    data = micro_batches(rng, (2,) * 9)
    taken = []

    def loader():
        for batch in data:
            taken.append(len(theirs.rows))
            yield batch

    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    steps = submission.train_with_accumulation(theirs, loader(), F.cross_entropy, optimizer, 2)
    assert_equal(steps, 5, label="the number of steps")
    assert taken[-1] >= 4, f"the ninth micro-batch was fetched when the model had seen only {taken[-1]}"


def test_model_is_in_training_mode(submission, rng):
    """The model may come from an evaluation: call train() before the first batch."""
    theirs, _ = twins(submission, rng)
    theirs.eval()
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.train_with_accumulation(theirs, micro_batches(rng, (2, 2)), F.cross_entropy, optimizer, 2)
    assert theirs.modes == [True, True]


@pytest.mark.parametrize("k", [0, -1])
def test_impossible_group_sizes_are_refused(submission, rng, k):
    """A group has at least one micro-batch: raise a ValueError before anything is trained."""
    theirs, ours = twins(submission, rng)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    with pytest.raises(ValueError):
        submission.train_with_accumulation(theirs, micro_batches(rng, (2, 2)), F.cross_entropy, optimizer, k)
    assert_same_state(theirs.state_dict(), ours.state_dict())


def test_loader_without_batches(submission, rng):
    """Nothing to train on is no step, and no error."""
    theirs, ours = twins(submission, rng)
    optimizer = submission.torch.optim.SGD(theirs.parameters(), lr=0.1)
    submission.support.fill_gradients(theirs, 1.0)
    assert_equal(submission.train_with_accumulation(theirs, [], F.cross_entropy, optimizer, 2), 0, label="the number of steps")
    assert_same_state(theirs.state_dict(), ours.state_dict())
