import pytest
import torch

from torchdojo.checkers import assert_equal, assert_frequency

CONTENT = [[0, 1, 2], [], [10, 11], [20, 21, 22, 23], [30]]
FLAT = [sample for shard in CONTENT for sample in shard]


def stream(submission, content=CONTENT, **options):
    shards = submission.support.Shards(content)
    return submission.ShardStream(shards, len(content), **options), shards


@pytest.mark.parametrize("content", [[[1]], [[1, 2], [3]], CONTENT, [[], []]], ids=["1 shard", "2 shards", "5 shards", "empty"])
def test_all_samples_in_order(submission, content):
    """With a buffer of one the samples come as they are read: all shards, in rising order, empty ones too."""
    dataset, _ = stream(submission, content)
    assert_equal(list(dataset), [sample for shard in content for sample in shard], label="the samples")


def test_nothing_is_read_before_it_is_needed(submission):
    """Neither the constructor nor iter() may read; each next() reads what it needs. A list of all samples is no stream."""
    dataset, shards = stream(submission)
    assert_equal(shards.log, [], label="the log after the constructor")
    it = iter(dataset)
    next(it)
    assert_equal(shards.log, [("open", 0), ("read", 0)], label="the log after the first sample")
    next(it), next(it), next(it)
    assert_equal(shards.read(), 4, label="the number of samples read for four")


def test_one_shard_is_open_at_a_time(submission):
    """Open a shard when the one before has come to its end: a thousand open files are too many."""
    dataset, shards = stream(submission)
    list(dataset)
    events = [event for event in shards.log if event[0] != "read"]
    expected = [event for shard in range(5) for event in (("open", shard), ("end", shard))]
    assert_equal(events, expected, label="the openings and ends")


@pytest.mark.parametrize("size", [2, 4, 7])
def test_buffer_reads_ahead_by_its_size(submission, size):
    """The first sample needs a full buffer, every further one a single sample more; towards the end nothing is left to read."""
    dataset, shards = stream(submission, buffer_size=size)
    read = submission.support.pace(dataset, shards)
    assert_equal(read, [min(size + i, len(FLAT)) for i in range(len(FLAT))], label="samples read at each one given away")


@pytest.mark.parametrize("size", [1, 2, 5, 10, 100])
def test_shuffling_loses_nothing(submission, size):
    """Every sample comes exactly once, what is left in the buffer at the end too, and none before it could have been read."""
    dataset, _ = stream(submission, buffer_size=size, seed=3)
    got = list(dataset)
    assert_equal(sorted(got), FLAT, label="the samples, sorted")
    for place, sample in enumerate(got):
        assert FLAT.index(sample) <= place + size - 1, f"{sample} came at place {place}, before it could have been read"


def test_picks_are_uniform(submission):
    """Each sample of the buffer has the same chance: the first and the last one too."""
    content = [[0, 1, 2, 3, 4, 5]]
    shards = submission.support.Shards(content)
    first = submission.support.many(submission.ShardStream, shards, 4, 1500)
    for sample in range(4):
        assert_frequency(first.count(sample), 1500, 1 / 4)
    last = submission.support.last_of_many(submission.ShardStream, shards, 6, 1500)
    for sample in range(6):
        assert_frequency(last.count(sample), 1500, 1 / 6)


def test_order_depends_on_seed_and_epoch(submission):
    """Same seed and epoch, same order, in this dataset or another; another seed or epoch, another order."""
    content = [list(range(40))]
    dataset, _ = stream(submission, content, buffer_size=20, seed=1)
    first = list(dataset)
    assert_equal(list(dataset), first, label="the second iteration of epoch 0")
    twin, _ = stream(submission, content, buffer_size=20, seed=1)
    assert_equal(list(twin), first, label="another dataset with the same seed")
    default, zero = stream(submission, content, buffer_size=20)[0], stream(submission, content, buffer_size=20, seed=0)[0]
    assert_equal(list(default), list(zero), label="the order with the default seed, which is 0,")
    other, _ = stream(submission, content, buffer_size=20, seed=2)
    assert list(other) != first, "seeds 1 and 2 give the same order"
    dataset.set_epoch(1)
    assert list(dataset) != first, "epochs 0 and 1 have the same order"
    dataset.set_epoch(0)
    assert_equal(list(dataset), first, label="epoch 0 again")


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_workers_share_the_shards(submission, count):
    """Every worker has a copy of the dataset. Without splitting, each sample comes as often as there are workers."""
    dataset, _ = stream(submission)
    for number in range(count):
        expected = [sample for shard in CONTENT[number::count] for sample in shard]
        assert_equal(submission.support.in_worker(dataset, number, count), expected, label=f"worker {number} of {count}")


def test_workers_open_only_their_shards(submission):
    """Reading all shards and leaving samples out costs as much as reading them all."""
    dataset, shards = stream(submission)
    submission.support.in_worker(dataset, 1, 2)
    opened = [shard for kind, shard in shards.log if kind == "open"]
    assert_equal(opened, [1, 3], label="the shards that worker 1 of 2 opened")


def test_workers_shuffle_differently(submission):
    """With the same picks in every worker the shards would be shuffled in parallel: put the worker's id into the seed."""
    dataset, _ = stream(submission, [list(range(40)), list(range(40))], buffer_size=20)
    one = submission.support.in_worker(dataset, 0, 2)
    other = submission.support.in_worker(dataset, 1, 2)
    assert_equal(sorted(other), list(range(40)), label="the samples of worker 1, sorted")
    assert one != other, "workers 0 and 1 pick in the same way"
    assert_equal(submission.support.in_worker(dataset, 1, 2), other, label="worker 1 once more")


def test_iterations_are_independent(submission):
    """Each iter() has a buffer, a place and a generator of its own; keep nothing of it in the dataset."""
    dataset, _ = stream(submission, buffer_size=4)
    alone = list(dataset)
    one, other = submission.support.side_by_side(dataset)
    assert_equal(one, alone, label="the first of two iterations side by side")
    assert_equal(other, alone, label="the second of two iterations side by side")


def test_global_generator_has_no_part(submission):
    """Draw from a generator of your own: the global one belongs to the model."""
    dataset, _ = stream(submission, buffer_size=8)
    orders = [submission.support.with_other_global_seed(dataset, seed) for seed in (1, 2)]
    assert_equal(orders[0], orders[1], label="the order after another global seed")
    assert submission.support.global_state_kept(dataset), "the global generator was changed"


def test_works_in_a_loader(submission):
    """It has to be an IterableDataset: a DataLoader asks for an index otherwise."""
    dataset, _ = stream(submission)
    loader = submission.torch.utils.data.DataLoader(dataset, batch_size=4)
    assert_equal(torch.cat(list(loader)).tolist(), FLAT, label="what the loader gives")


@pytest.mark.parametrize("options", [{"buffer_size": 0}, {"buffer_size": -1}, {"shards": 0}], ids=str)
def test_impossible_sizes_are_refused(submission, options):
    """Raise a ValueError in the constructor, not at the first sample."""
    with pytest.raises(ValueError):
        submission.ShardStream(submission.support.Shards([[1]]), **{"shards": 1, **options})


def test_any_object_is_a_sample(submission):
    """None and 0 are samples like others, not the end of a shard."""
    content = [[None, 0, ""], [False, None]]
    got = list(submission.ShardStream(submission.support.Shards(content), 2))
    assert_equal(got, content[0] + content[1], label="the samples")
    got = list(submission.ShardStream(submission.support.Shards(content), 2, buffer_size=3))
    assert_equal(sorted(map(repr, got)), sorted(map(repr, content[0] + content[1])), label="the samples of a buffer of 3")
