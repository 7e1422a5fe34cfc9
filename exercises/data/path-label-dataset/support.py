"""Folders of small files, and what the checks do with paths on the learner's side."""

import os
import random
import shutil
import tempfile
from pathlib import Path

import numpy
import torch


class Folder:
    """A temporary folder with files, made in the given order. A name that ends in / is an empty folder."""

    def __init__(self, *names):
        self.place = tempfile.mkdtemp()
        for name in names:
            path = Path(self.place, name)
            if name.endswith("/"):
                path.mkdir(parents=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("x")

    def __enter__(self):
        return self

    def __exit__(self, *details):
        shutil.rmtree(self.place)

    def found(self, find_samples, *arguments, as_path=False):
        """What find_samples says: paths relative to this folder, labels, classes."""
        root = Path(self.place) if as_path else self.place
        samples, classes = find_samples(root, *arguments)
        rows = []
        for sample in samples:
            path, label = sample
            if not isinstance(sample, tuple) or not isinstance(path, str | Path) or type(label) is not int:
                raise TypeError(f"{sample!r} is no tuple of a path and an int")
            if not os.path.isfile(path):
                raise TypeError(f"{path!r} is no path of a file, seen from where the program runs")
            rows.append([Path(path).relative_to(self.place).as_posix(), label])
        return rows, classes


def splits(split_samples, samples, share, seeds):
    """The parts held out for many seeds, and whether all global generators were left alone."""
    random.seed(5)
    numpy.random.seed(5)
    torch.manual_seed(5)
    before = random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    parts = [split_samples(samples, share, seed)[1] for seed in seeds]
    after = random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    return parts, before == after


class Reader:
    """Makes a tensor of the number in a name, and remembers what was read. Unreadable: names with "bad"."""

    def __init__(self):
        self.seen = []

    def __call__(self, path):
        self.seen.append(str(path))
        name = Path(path).stem
        if "bad" in name:
            raise OSError("broken file")
        if "none" in name:
            raise KeyError("nothing there")
        return torch.full((2, 3), float(name))


def no_transform(x):
    raise ArithmeticError("a mistake in the transform")


def failure(dataset, index):
    """Type, message and cause of what an item raises."""
    try:
        dataset[index]
    except Exception as error:
        return type(error).__name__, str(error), type(error.__cause__).__name__
    return "no exception", "", ""


def count_by_for(dataset):
    count = 0
    for _ in dataset:
        count += 1
        if count > 50:
            break
    return count


def late_change(make):
    """The length and the targets of a dataset whose list of samples is emptied afterwards."""
    samples = [("1.png", 0), ("2.png", 4)]
    dataset = make(samples, Reader())
    samples.clear()
    return len(dataset), list(dataset.targets), dataset[1][0]
