import pytest
import torch
from torch.utils.data import DistributedSampler

from torchdojo.checkers import assert_equal, assert_type


def order(submission, size, replicas, rank, epoch=None, **options):
    sampler = submission.ShardSampler(size, replicas, rank, **options)
    if epoch is not None:
        sampler.set_epoch(epoch)
    return list(sampler)


def torchs(size, replicas, rank, epoch=0, **options):
    """The ready-made sampler, which follows the same three steps."""
    sampler = DistributedSampler(range(size), replicas, rank, **options)
    sampler.set_epoch(epoch)
    return list(sampler)


@pytest.mark.parametrize(("size", "replicas"), [(4, 1), (6, 2), (12, 3)], ids=["4 for 1", "6 for 2", "12 for 3"])
def test_shares_without_shuffling(submission, size, replicas):
    """Each process takes every replicas-th index, from its own rank on: not a block of neighbours."""
    for rank in range(replicas):
        got = order(submission, size, replicas, rank, shuffle=False)
        assert_equal(got, list(range(rank, size, replicas)), label=f"the share of rank {rank}")


@pytest.mark.parametrize(("size", "replicas"), [(7, 2), (10, 4), (5, 3)], ids=["7 for 2", "10 for 4", "5 for 3"])
def test_shares_are_made_equal_by_starting_over(submission, size, replicas):
    """The list is filled up from its own beginning before it is cut, so that every share has the same length."""
    for rank in range(replicas):
        got = order(submission, size, replicas, rank, shuffle=False)
        assert_equal(got, torchs(size, replicas, rank, shuffle=False), label=f"the share of rank {rank}")


@pytest.mark.parametrize(("size", "replicas"), [(1, 4), (2, 5), (3, 8)], ids=["1 for 4", "2 for 5", "3 for 8"])
def test_fewer_samples_than_processes(submission, size, replicas):
    """One pass over the list may not be enough to fill it up: start over as often as it takes."""
    for rank in range(replicas):
        got = order(submission, size, replicas, rank, shuffle=False)
        assert_equal(got, [rank % size], label=f"the share of rank {rank}")


@pytest.mark.parametrize(("size", "replicas"), [(7, 2), (10, 4), (8, 4), (2, 3)], ids=str)
def test_drop_last(submission, size, replicas):
    """With drop_last the indices at the end are left out, and no index comes twice; if the number fits, none is lost."""
    for rank in range(replicas):
        got = order(submission, size, replicas, rank, shuffle=False, drop_last=True)
        expected = list(range(size - size % replicas))[rank::replicas]
        assert_equal(got, expected, label=f"the share of rank {rank}")


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(("size", "replicas"), [(1, 1), (9, 2), (10, 5), (2, 3)], ids=str)
def test_length(submission, size, replicas, drop_last):
    """len() is known before the first iteration, and is the number of indices you get: the same for every rank."""
    expected = size // replicas if drop_last else (size + replicas - 1) // replicas
    for rank in range(replicas):
        sampler = submission.ShardSampler(size, replicas, rank, drop_last=drop_last)
        assert_equal(len(sampler), expected, label=f"len() for rank {rank}")
        assert_equal(len(list(sampler)), expected, label=f"the number of indices for rank {rank}")


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(("seed", "epoch"), [(0, 0), (0, 3), (17, 2)], ids=["seed 0", "epoch 3", "seed 17, epoch 2"])
def test_shuffled_order(submission, seed, epoch, drop_last):
    """Every process makes the same permutation, from a generator seeded with seed + epoch, and cuts its share out of it."""
    for rank in range(3):
        got = order(submission, 11, 3, rank, epoch, seed=seed, drop_last=drop_last)
        expected = torchs(11, 3, rank, epoch, seed=seed, drop_last=drop_last)
        assert_equal(got, expected, label=f"the share of rank {rank}")


def test_defaults(submission):
    """Unless told otherwise it shuffles, with the seed 0 and in epoch 0, and repeats samples rather than drop some."""
    assert_equal(order(submission, 9, 2, 1), torchs(9, 2, 1), label="the share of rank 1")


def test_together_the_processes_see_everything_once(submission):
    """A seed that depends on the rank gives every process a permutation of its own: some samples twice, others never."""
    seen = [index for rank in range(4) for index in order(submission, 20, 4, rank, seed=5)]
    assert_equal(sorted(seen), list(range(20)), label="the indices of all processes, sorted")


def test_epochs_differ_and_repeat(submission):
    """set_epoch changes the order; iterating twice does not, and nothing carries over from one iteration to the next."""
    sampler = submission.ShardSampler(30, 2, 1, seed=3)
    first = list(sampler)
    assert_equal(list(sampler), first, label="the second iteration of epoch 0")
    sampler.set_epoch(1)
    assert list(sampler) != first, "epochs 0 and 1 have the same order"
    sampler.set_epoch(0)
    assert_equal(list(sampler), first, label="epoch 0 again")
    next(iter(sampler))
    assert_equal(list(sampler), first, label="an iteration after one that was broken off")


def test_global_generator_has_no_part(submission):
    """Other code draws from the global generator, in each process differently: use a generator of your own."""
    sampler = submission.ShardSampler(20, 2, 0)
    orders = [submission.support.with_other_global_seed(sampler, seed) for seed in (1, 2)]
    assert_equal(orders[0], orders[1], label="the order after another global seed")
    assert submission.support.global_state_kept(sampler), "the global generator was changed"


def test_indices_are_plain_integers(submission):
    """A dataset may use the index for a list or a file name: give int, not a tensor with one element."""
    for shuffle in (True, False):
        for index in order(submission, 5, 2, 0, shuffle=shuffle):
            assert_type(index, int, "an index")


def test_as_sampler_of_a_loader(submission):
    """A DataLoader takes the sampler as it is."""
    sampler = submission.ShardSampler(6, 2, 1, shuffle=False)
    data = submission.torch.arange(10, 16)
    loader = submission.torch.utils.data.DataLoader(data, batch_size=2, sampler=sampler)
    got = torch.cat(list(loader))
    assert_equal(got, torch.tensor([11, 13, 15]), label="what the loader gives")


@pytest.mark.parametrize(("replicas", "rank"), [(0, 0), (2, 2), (2, -1), (-1, 0)], ids=str)
def test_impossible_ranks_are_refused(submission, replicas, rank):
    """A rank that does not exist raises a ValueError when the sampler is made."""
    with pytest.raises(ValueError):
        submission.ShardSampler(10, replicas, rank)
