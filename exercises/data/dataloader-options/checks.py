import random

import numpy
import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_frequency


@pytest.mark.parametrize(("count", "size"), [(1, 1), (5, 2), (4, 4), (3, 8)])
def test_evaluation_sees_everything_in_order(submission, count, size):
    """Evaluation neither shuffles nor drops: every sample counts, the last batch may be smaller."""
    loader = submission.make_loader(submission.support.Numbers(count), size)
    assert submission.support.is_loader(loader), "the result is no DataLoader"
    expected = [list(range(start, min(start + size, count))) for start in range(0, count, size)]
    for _ in range(2):
        assert_equal(submission.support.epoch(loader), expected, label="the batches")


@pytest.mark.parametrize(("count", "size"), [(6, 3), (7, 3), (5, 4), (3, 1), (4, 4), (1, 1)])
def test_training_drops_an_incomplete_last_batch(submission, count, size):
    """In training all batches are full, and no sample comes twice."""
    loader = submission.make_loader(submission.support.Numbers(count), size, train=True)
    batches = submission.support.epoch(loader)
    assert_equal([len(batch) for batch in batches], [size] * (count // size), label="the sizes of the batches")
    seen = [i for batch in batches for i in batch]
    assert_equal(len(set(seen)), len(seen), label="the number of different samples")


@pytest.mark.parametrize(("count", "size"), [(1, 2), (3, 4), (2, 100)])
def test_small_training_set_keeps_its_only_batch(submission, count, size):
    """With fewer samples than one batch, drop_last leaves nothing: the loop runs, sees no batch, and learns nothing."""
    loader = submission.make_loader(submission.support.Numbers(count), size, train=True)
    batches = submission.support.epoch(loader)
    assert_equal([sorted(batch) for batch in batches], [list(range(count))], label="the batches, sorted")


def test_every_epoch_has_its_own_order(submission):
    """Training shuffles, and shuffles again in the next epoch."""
    numbers = submission.support.Numbers(40)
    (first, second), _ = submission.support.epochs(submission.make_loader, 2, numbers, 4, train=True)
    assert_equal(sorted(first), list(range(40)), label="the first epoch, sorted")
    assert first != list(range(40)), "the first epoch is in order"
    assert first != second, "both epochs have the same order"


@pytest.mark.parametrize("weighted", [False, True], ids=["shuffled", "weighted"])
def test_seed_fixes_every_epoch(submission, weighted):
    """Give the loader a generator of its own: then the order depends on the seed alone, and not on what else drew numbers."""
    numbers = submission.support.Numbers(40)
    more = {"weights": [1.0] * 40} if weighted else {}

    def orders(seed, global_seed):
        make = submission.make_loader
        return submission.support.epochs(make, 2, numbers, 5, train=True, seed=seed, global_seed=global_seed, **more)[0]

    first = orders(3, 0)
    assert_equal(orders(3, 1), first, label="two epochs with the same seed")
    assert orders(4, 0) != first, "another seed gives the same order"
    unsaid, _ = submission.support.epochs(submission.make_loader, 2, numbers, 5, train=True, **more)
    assert_equal(unsaid, orders(0, 0), label="two epochs with the default seed, 0")


@pytest.mark.parametrize("kind", ["evaluation", "training", "weighted"])
def test_global_generator_is_left_alone(submission, kind):
    """Every loader draws a seed for each epoch, even in evaluation: without a generator of its own it takes the global one, and evaluating changes the training after it."""
    numbers = submission.support.Numbers(6)
    more = {"evaluation": {}, "training": {"train": True}, "weighted": {"train": True, "weights": [1.0] * 6}}[kind]
    _, untouched = submission.support.epochs(submission.make_loader, 2, numbers, 2, **more)
    assert untouched, "torch's global generator has moved"


def test_weights_set_the_odds(submission, rng):
    """Sample with replacement, in proportion to the weights: a tenth of the samples with nine times the weight is half of the draws."""
    weights = torch.ones(300)
    weights[:30] = 9.0
    weights[30] = 0.0
    numbers = submission.support.Numbers(300)
    seed = int(torch.randint(10**6, (), generator=rng))
    orders, _ = submission.support.epochs(
        submission.make_loader, 2, numbers, 100, train=True, weights=weights, seed=seed
    )
    drawn = orders[0] + orders[1]
    assert_equal([len(order) for order in orders], [300, 300], label="the number of draws in each epoch")
    assert_frequency(sum(i < 30 for i in drawn), 600, 270 / 539)
    assert 30 not in drawn, "a sample of weight 0 was drawn"
    assert len(set(orders[0])) < 300, "no sample was drawn twice"
    loader = submission.make_loader(numbers, 300, train=True, weights=torch.ones(300), seed=seed)
    assert len(set(submission.support.epoch(loader)[0])) < 300, "with equal weights no sample was drawn twice"
    loader = submission.make_loader(submission.support.Numbers(3), 3, train=True, weights=[0, 0.5, 0])
    assert_equal(submission.support.epoch(loader), [[1, 1, 1]], label="the batches for the weights [0, 0.5, 0]")


@pytest.mark.parametrize(
    ("train", "count"), [(False, 4), (True, 3), (True, 5)], ids=["evaluation", "too few", "too many"]
)
@pytest.mark.parametrize("kind", ["list", "tensor"])
def test_weights_that_make_no_sense_are_refused(submission, train, count, kind):
    """Weighted draws in evaluation count some samples twice and others never. One weight per sample otherwise."""
    weights = [1.0] * count if kind == "list" else torch.ones(count)
    with pytest.raises(ValueError):
        submission.make_loader(submission.support.Numbers(4), 2, train=train, weights=weights)


@pytest.mark.parametrize("train", [False, True], ids=["evaluation", "training"])
def test_options_of_workers(submission, train):
    """Workers stay alive and fetch ahead. Without workers both options are refused, so leave them out."""
    numbers = submission.support.Numbers(6)
    loader = submission.make_loader(numbers, 2, train, workers=2)
    options = {name: getattr(loader, name) for name in ("num_workers", "persistent_workers", "prefetch_factor")}
    assert_equal(
        options, {"num_workers": 2, "persistent_workers": True, "prefetch_factor": 4}, label="with two workers"
    )
    loader = submission.make_loader(numbers, 2, train, workers=0)
    options = {name: getattr(loader, name) for name in ("num_workers", "persistent_workers", "prefetch_factor")}
    assert_equal(
        options, {"num_workers": 0, "persistent_workers": False, "prefetch_factor": None}, label="without workers"
    )


@pytest.mark.parametrize(
    ("device", "there", "pinned"),
    [
        ("cpu", True, False),
        ("cuda", True, True),
        ("cuda:1", True, True),
        ("cuda", False, False),
        ("mps", True, False),
        (torch.device("cuda", 0), True, True),
        (torch.device("cpu"), False, False),
    ],
    ids=["cpu", "cuda", "cuda:1", "cuda, not there", "mps", "torch.device cuda:0", "torch.device cpu"],
)
def test_memory_is_pinned_only_for_cuda(submission, device, there, pinned):
    """Pinned memory speeds up the copy to a CUDA device, costs something otherwise, and only warns where there is none."""
    with submission.support.cuda(there):
        loader = submission.make_loader(submission.support.Numbers(3), 2, device=device)
    assert_equal(loader.pin_memory, pinned, label="pin_memory")


@pytest.mark.parametrize("seed", [5, 2**32 + 7, 2**32 - 1, 2**63 - 3])
def test_workers_get_different_seeds(submission, seed):
    """torch.initial_seed() differs for every worker and every epoch, the number of the worker does not. The remainder keeps the seed legal for NumPy."""
    python, array, tensor, kept = submission.support.drawn_after(submission.seed_worker, seed)
    assert_equal(python, random.Random(seed % 2**32).random(), label="the first number of random")
    assert_equal(array, float(numpy.random.RandomState(seed % 2**32).rand()), label="the first number of numpy.random")
    assert_close(
        tensor, torch.rand(1, generator=torch.Generator().manual_seed(seed)), label="the first number of torch"
    )
    assert_equal(kept, seed, label="torch.initial_seed()")


def test_workers_start_with_seed_worker(submission):
    """Hand the function over as worker_init_fn; writing it is not enough."""
    loader = submission.make_loader(submission.support.Numbers(3), 2, workers=1)
    start = loader.worker_init_fn
    assert start is not None, "worker_init_fn is None"
    python, array, *_ = submission.support.drawn_after(start, 11)
    assert_equal(python, random.Random(11).random(), label="the first number of random in a worker")
    assert_equal(
        array, float(numpy.random.RandomState(11).rand()), label="the first number of numpy.random in a worker"
    )


@pytest.mark.parametrize("train", [False, True], ids=["evaluation", "training"])
def test_collate_fn_is_handed_on(submission, train):
    """It makes a batch of a list of samples."""
    support = submission.support
    loader = submission.make_loader(support.Numbers(4), 2, train, collate_fn=support.as_text)
    batches = support.texts(loader)
    assert_equal(sorted(" ".join(batches).split()), ["0", "1", "2", "3"], label="the samples in the texts")
    assert_equal([batch.count(" ") for batch in batches], [1, 1], label="the number of spaces in each batch")
