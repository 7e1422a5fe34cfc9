import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_shape, assert_type, unchanged


def table(rng, n=5, columns=3):
    return 3 + 2 * torch.randn(n, columns, generator=rng), torch.randint(4, (n,), generator=rng)


def standardised(x):
    mean = x.mean(0)
    return (x - mean) / (x - mean).pow(2).mean(0).sqrt()


@pytest.mark.parametrize(("n", "columns"), [(2, 1), (5, 3), (8, 4)], ids=["2x1", "5x3", "8x4"])
def test_items_are_standardised_rows(submission, rng, n, columns):
    """Subtract each column's mean and divide by its deviation over all rows, divided by n and not by n - 1."""
    features, labels = table(rng, n, columns)
    dataset = submission.TableDataset(features, labels)
    assert_equal(len(dataset), n, label="the length")
    expected = standardised(features)
    for i in range(n):
        item = dataset[i]
        assert_type(item, tuple, f"item {i}")
        assert_equal(len(item), 2, label=f"the number of parts of item {i}")
        assert_close(item[0], expected[i], label=f"x of item {i}", rtol=1e-3, atol=1e-5)
        assert_equal(item[1], labels[i], label=f"y of item {i}")


def test_statistics_are_kept(submission, rng):
    """mean and std are what other datasets need: one number per column, float32."""
    features, labels = table(rng, 6, 3)
    dataset = submission.TableDataset(features, labels)
    assert_close(dataset.mean, features.mean(0), label="mean")
    assert_close(dataset.std, (features - features.mean(0)).pow(2).mean(0).sqrt(), label="std")


def test_given_statistics_are_used(submission, rng):
    """Validation data are standardised with the statistics of the training data, not with their own."""
    features, labels = table(rng)
    mean, std = torch.tensor([1.0, -2.0, 0.0]), torch.tensor([2.0, 0.5, 4.0])
    dataset = submission.TableDataset(features, labels, mean=mean, std=std)
    assert_close(dataset[2][0], (features[2] - mean) / std, label="x")
    assert_close(dataset.mean, mean, label="mean")
    assert_close(dataset.std, std, label="std")


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_constant_columns(submission, rng, value):
    """A constant column has the deviation 0: divide by 1 instead, so that it becomes 0 and not NaN."""
    features, labels = table(rng)
    features[:, 1] = value
    dataset = submission.TableDataset(features, labels)
    assert_close(dataset[3][0][1], torch.tensor(0.0), label="the constant column", atol=1e-6)
    assert_close(dataset.std[1], torch.tensor(1.0), label="its deviation")
    assert_close(dataset[3][0][[0, 2]], standardised(features)[3, [0, 2]], label="the other columns", rtol=1e-3)


def test_small_deviations_count(submission, rng):
    """Only a constant column counts as having the deviation 1; one of small numbers is divided by its own."""
    features, labels = table(rng)
    features[:, 1] *= 1e-6
    dataset = submission.TableDataset(features, labels)
    assert_close(dataset[3][0], standardised(features)[3], label="x", rtol=1e-3)


def test_mean_alone(submission, rng):
    """The deviation is that of the column around its own mean, whichever mean is subtracted."""
    features, labels = table(rng)
    mean = torch.full((features.shape[1],), 5.0)
    dataset = submission.TableDataset(features, labels, mean=mean)
    deviation = features.double().std(0, correction=0).float()
    assert_close(dataset.std, deviation, label="std", rtol=1e-4)
    assert_close(dataset[2][0], (features[2] - mean) / deviation, label="x", rtol=1e-3)


def test_one_row(submission):
    """With one row every column is constant."""
    dataset = submission.TableDataset(torch.tensor([[4.0, -2.0]]), torch.tensor([1]))
    assert_close(dataset[0][0], torch.zeros(2), label="x")
    assert_close(dataset.std, torch.ones(2), label="std")


@pytest.mark.parametrize("label_dtype", [torch.int32, torch.uint8, torch.int64], ids=["int32", "uint8", "int64"])
def test_dtypes_that_training_needs(submission, rng, label_dtype):
    """Layers want float32 and cross-entropy wants int64, whatever the file was read as."""
    features, labels = table(rng)
    dataset = submission.TableDataset(features.double(), labels.to(label_dtype))
    x, y = dataset[1]
    assert_dtype(x, torch.float32, "x")
    assert_dtype(y, torch.int64, "y")
    assert_shape(y, (), "y")
    assert_dtype(dataset.mean, torch.float32, "mean")
    assert_dtype(dataset.std, torch.float32, "std")
    assert_close(x, standardised(features)[1], label="x", rtol=1e-3, atol=1e-5)


def test_indices(submission, rng):
    """Negative indices count from the end. Beyond both ends there is an IndexError, or a for loop never stops."""
    features, labels = table(rng, 4)
    dataset = submission.TableDataset(features, labels)
    for index in (-1, -4):
        assert_close(dataset[index][0], standardised(features)[index], label=f"x of item {index}", rtol=1e-3, atol=1e-5)
        assert_equal(dataset[index][1], labels[index], label=f"y of item {index}")
    for index in (4, 100, -5):
        with pytest.raises(IndexError):
            dataset[index]
    assert_equal(submission.support.count_by_for(dataset), 4, label="the number of items a for loop sees")


def test_transform_comes_last_and_each_time(submission, rng):
    """Call transform in __getitem__ on the standardised row: a random augmentation has to be drawn anew each time."""
    features, labels = table(rng)
    seen = []

    def transform(x):
        seen.append(x)
        return x + 10.0 * len(seen)

    dataset = submission.TableDataset(features, labels, transform=transform)
    expected = standardised(features)[2]
    for call in (1, 2):
        assert_close(dataset[2][0], expected + 10.0 * call, label=f"x at call {call}", rtol=1e-3, atol=1e-5)
    assert_equal(len(seen), 2, label="the number of calls of transform")


def test_loader_makes_batches(submission, rng):
    """A DataLoader stacks the items: (batch, columns) and (batch,), and the last batch is shorter."""
    features, labels = table(rng, 5, 3)
    loader = submission.torch.utils.data.DataLoader(submission.TableDataset(features, labels), batch_size=2)
    batches = [tuple(batch) for batch in loader]
    assert_equal([tuple(x.shape) for x, _ in batches], [(2, 3), (2, 3), (1, 3)], label="the shapes of x")
    assert_close(torch.cat([x for x, _ in batches]), standardised(features), label="all rows", rtol=1e-3, atol=1e-5)
    assert_equal(torch.cat([y for _, y in batches]), labels, label="all labels")


def test_items_are_independent(submission, rng):
    """An augmentation may work in place. Neither the given tensors nor the next answer may change with an item."""
    features, labels = table(rng)
    with unchanged(features, labels):
        dataset = submission.TableDataset(features, labels)
        submission.support.spoil(dataset, 1)
        x, y = dataset[1]
    assert_close(x, standardised(features)[1], label="x", rtol=1e-3, atol=1e-5)
    assert_equal(y, labels[1], label="y")


def test_source_may_change_later(submission, rng):
    """In-place work on a row, with given statistics that change nothing, must not reach the caller's table."""
    features, labels = table(rng)
    with unchanged(features, labels):
        dataset = submission.TableDataset(features, labels, mean=torch.zeros(3), std=torch.ones(3))
        submission.support.spoil(dataset, 0)
        assert_close(dataset[0][0], features[0], label="x")


def test_different_lengths_are_refused(submission, rng):
    """A label for each row: raise a ValueError when the dataset is made, not when the last row is read."""
    features, labels = table(rng)
    for fewer in (labels[:-1], torch.cat([labels, labels])):
        with pytest.raises(ValueError):
            submission.TableDataset(features, fewer)
