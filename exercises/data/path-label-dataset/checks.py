import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_frequency, assert_shape, assert_type

PETS = ("dog/2.png", "cat/1.png", "dog/1.png", "bird/7.png", "cat/3.jpg", "cat/2.png")


@pytest.mark.parametrize("as_path", [False, True], ids=["string", "Path"])
def test_samples_in_sorted_order(submission, as_path):
    """iterdir and os.walk give names in any order: sort the classes before you number them, and the paths of each class."""
    with submission.support.Folder(*PETS) as folder:
        samples, classes = folder.found(submission.find_samples, as_path=as_path)
    assert_equal(classes, ["bird", "cat", "dog"], label="the classes")
    expected = [
        ["bird/7.png", 0],
        ["cat/1.png", 1],
        ["cat/2.png", 1],
        ["cat/3.jpg", 1],
        ["dog/1.png", 2],
        ["dog/2.png", 2],
    ]
    assert_equal([list(row) for row in samples], expected, label="the samples")


def test_files_at_any_depth(submission):
    """A class's folder may have folders of its own. They are no classes; the label is that of the folder directly in root."""
    with submission.support.Folder("b/deep/er/5.png", "b/1.png", "a/x/2.png", "a/x/1.png", "a/c/1.png") as folder:
        samples, classes = folder.found(submission.find_samples)
    assert_equal(classes, ["a", "b"], label="the classes")
    expected = [["a/c/1.png", 0], ["a/x/1.png", 0], ["a/x/2.png", 0], ["b/1.png", 1], ["b/deep/er/5.png", 1]]
    assert_equal([list(row) for row in samples], expected, label="the samples")


def test_only_the_wanted_extensions(submission):
    """Compare the extension as a whole and in one case. A folder may be called like a file."""
    names = ("a/1.PNG", "a/2.Jpg", "a/3.txt", "a/4.png.txt", "a/5png", "a/6.jpeg", "a/folder.png/7.npy", "b/8.NPY")
    with submission.support.Folder(*names) as folder:
        samples, _ = folder.found(submission.find_samples)
        others, _ = folder.found(submission.find_samples, [".npy", ".TXT"])
    assert_equal([row[0] for row in samples], ["a/1.PNG", "a/2.Jpg"], label="the samples with the default extensions")
    expected = ["a/3.txt", "a/4.png.txt", "a/folder.png/7.npy", "b/8.NPY"]
    assert_equal([row[0] for row in others], expected, label="the samples with other extensions")


def test_hidden_names_and_loose_files(submission):
    """File managers leave .thumbs and ._1.png behind, and a README in root is no class. An empty class keeps its number."""
    names = ("b/1.png", "b/._1.png", "b/.png", ".thumbs/1.png", "loose.png", "a/", "c/2.png")
    with submission.support.Folder(*names) as folder:
        samples, classes = folder.found(submission.find_samples)
    assert_equal(classes, ["a", "b", "c"], label="the classes")
    assert_equal([list(row) for row in samples], [["b/1.png", 1], ["c/2.png", 2]], label="the samples")


@pytest.mark.parametrize("names", [(), ("1.png",), (".git/1.png",)], ids=["empty", "loose file", "hidden folder"])
def test_root_without_classes_is_refused(submission, names):
    """An empty dataset would only show up as a loop without batches: raise a ValueError."""
    with submission.support.Folder(*names) as folder, pytest.raises(ValueError):
        folder.found(submission.find_samples)


@pytest.mark.parametrize(
    ("counts", "share", "expected"),
    [
        ({0: 10}, 0.3, {0: 3}),
        ({0: 10, 1: 4}, 0.5, {0: 5, 1: 2}),
        ({3: 2, 8: 7}, 0.2, {3: 1, 8: 1}),
        ({0: 1, 1: 5}, 0.9, {0: 0, 1: 4}),
        ({0: 9, 1: 3, 2: 1}, 0.25, {0: 2, 1: 1, 2: 0}),
        ({}, 0.5, {}),
    ],
    ids=["one label", "two labels", "few of a label", "a single sample", "three labels", "no samples"],
)
def test_every_label_is_split_on_its_own(submission, counts, share, expected):
    """int(share * n) of each label's n samples are held out: at least one of two or more, none of a single one."""
    samples = [
        (f"{label}/{i}.png", label)
        for i in range(max(counts.values(), default=0))
        for label in counts
        if i < counts[label]
    ]
    train, held_out = submission.split_samples(samples, share)
    train, held_out = [tuple(s) for s in train], [tuple(s) for s in held_out]
    numbers = {label: sum(s[1] == label for s in held_out) for label in counts}
    assert_equal(numbers, expected, label="the number held out of each label")
    assert_equal(train, [s for s in samples if s not in held_out], label="the training part")
    assert_equal(held_out, [s for s in samples if s not in train], label="the part held out")


def test_draw_depends_on_the_seed_alone(submission):
    """Make a generator of your own from the seed. Every sample of a label has the same chance, the first and the last as well."""
    samples = [(f"{i}.png", i % 2) for i in range(10)]
    parts, untouched = submission.support.splits(submission.split_samples, samples, 0.4, list(range(80)))
    assert untouched, "a global generator of torch, NumPy or Python has moved"
    again, _ = submission.support.splits(submission.split_samples, samples, 0.4, [7, 3])
    assert_equal(again, [parts[7], parts[3]], label="the parts held out for seeds 7 and 3, asked again")
    for place in (0, 5, 9):
        hits = sum(any(s[0] == f"{place}.png" for s in part) for part in parts)
        assert_frequency(hits, 80, 0.4)
    assert_equal(
        [tuple(s) for s in submission.split_samples(samples, 0.4)[1]],
        [tuple(s) for s in parts[0]],
        label="the part for the default seed",
    )


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2, 1.5, 20])
def test_share_between_0_and_1(submission, share):
    """It is a share, no percentage and no number of samples."""
    with pytest.raises(ValueError):
        submission.split_samples([("1.png", 0), ("2.png", 0)], share)


def test_items_and_indices(submission):
    """An item is a tuple of what was loaded and the label as an int64 tensor. Indices work as in a list, to both ends."""
    labels = [2, 0, 5]
    dataset = submission.PathLabelDataset(
        [(f"{i}.png", label) for i, label in enumerate(labels)], submission.support.Reader()
    )
    assert_equal(len(dataset), 3, label="the length")
    for index in (0, 1, 2, -1, -3):
        item = dataset[index]
        assert_type(item, tuple, f"item {index}")
        x, y = item
        assert_close(x, torch.full((2, 3), float(index % 3)), label=f"x of item {index}")
        assert_shape(y, (), f"y of item {index}")
        assert_dtype(y, torch.int64, f"y of item {index}")
        assert_equal(int(y), labels[index], label=f"y of item {index}")
    for index in (3, -4, 100):
        with pytest.raises(IndexError):
            dataset[index]
    assert_equal(submission.support.count_by_for(dataset), 3, label="the number of items a for loop sees")


def test_files_are_read_when_asked_for(submission):
    """Keep paths, not contents: no reading in the constructor, none for targets, one for each item, and again the next time."""
    reader = submission.support.Reader()
    dataset = submission.PathLabelDataset([("a/1.png", 1), ("a/2.png", 0), ("a/3.png", 1)], reader)
    assert_equal(reader.seen, [], label="the files read by the constructor")
    assert_equal(dataset.targets, [1, 0, 1], label="targets")
    assert_equal(len(dataset), 3, label="the length")
    assert_equal(reader.seen, [], label="the files read for targets and the length")
    dataset[1], dataset[2], dataset[1]
    assert_equal(reader.seen, ["a/2.png", "a/3.png", "a/2.png"], label="the files read for items 1, 2 and 1")


def test_transform_comes_after_loading_each_time(submission):
    """A random augmentation has to be drawn anew each time; the label is not transformed."""
    seen = []

    def transform(x):
        seen.append(x)
        return x + 10.0 * len(seen)

    dataset = submission.PathLabelDataset([("4.png", 3)], submission.support.Reader(), transform)
    for call in (1, 2):
        x, y = dataset[0]
        assert_close(x, torch.full((2, 3), 4.0 + 10.0 * call), label=f"x at call {call}")
        assert_equal(int(y), 3, label="y")
    assert_equal(len(seen), 2, label="the number of calls of transform")


@pytest.mark.parametrize(("name", "cause"), [("x/bad7.png", "OSError"), ("y/none.png", "KeyError")])
def test_unreadable_file_is_named(submission, name, cause):
    """\"broken file\" after six hours does not say which of a million: name the path, and raise from the first error."""
    dataset = submission.PathLabelDataset([("1.png", 0), (name, 1)], submission.support.Reader())
    kind, message, because = submission.support.failure(dataset, 1)
    assert_equal(kind, "ValueError", label="the type of the exception")
    assert name in message, f"the message does not name {name}: {message}"
    assert_equal(because, cause, label="the type of its cause")


def test_mistake_of_the_transform_is_passed_on(submission):
    """Only load belongs into the try: a mistake in a transform is not an unreadable file."""
    dataset = submission.PathLabelDataset([("1.png", 0)], submission.support.Reader(), submission.support.no_transform)
    kind, *_ = submission.support.failure(dataset, 0)
    assert_equal(kind, "ArithmeticError", label="the type of the exception")


def test_list_of_samples_may_change_later(submission):
    """The caller may sort or empty its list: keep a copy."""
    length, targets, x = submission.support.late_change(submission.PathLabelDataset)
    assert_equal((length, list(targets)), (2, [0, 4]), label="length and targets after the list was emptied")
    assert_close(x, torch.full((2, 3), 2.0), label="x of the last item")


def test_loader_makes_batches(submission):
    """A DataLoader stacks the items, and the last batch is shorter."""
    samples = [(f"{i}.png", i % 2) for i in range(5)]
    dataset = submission.PathLabelDataset(samples, submission.support.Reader())
    loader = submission.torch.utils.data.DataLoader(dataset, batch_size=2)
    batches = [tuple(batch) for batch in loader]
    assert_close(torch.cat([x for x, _ in batches])[:, 0, 0], torch.arange(5.0), label="the entries of all x")
    assert_equal(torch.cat([y for _, y in batches]).tolist(), [0, 1, 0, 1, 0], label="all labels")
