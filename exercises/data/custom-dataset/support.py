"""What others do with a dataset."""


def count_by_for(dataset):
    count = 0
    for _ in dataset:
        count += 1
        if count > 50:
            break
    return count


def spoil(dataset, index):
    """An augmentation that works in place."""
    x, y = dataset[index]
    x.mul_(0).sub_(1)
    y.add_(100)
