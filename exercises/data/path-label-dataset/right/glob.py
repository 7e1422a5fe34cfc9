# style: pathlib with all files at once, grouped by their first folder; NumPy permutations
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import Dataset


def find_samples(root, extensions=(".png", ".jpg")):
    root = Path(root)
    numbers = {}
    for folder in sorted(root.glob("*/")):
        if folder.is_dir() and not folder.name.startswith("."):
            numbers[folder.name] = len(numbers)
    if not numbers:
        raise ValueError(str(root))
    low = [e.lower() for e in extensions]
    found = []
    for path in root.glob("*/**/*"):
        first = path.relative_to(root).parts[0]
        if first in numbers and path.is_file() and path.suffix.lower() in low and not path.name.startswith("."):
            found.append((str(path), numbers[first]))
    found.sort(key=lambda sample: (sample[1], sample[0]))
    return found, list(numbers)


def split_samples(samples, share, seed=0):
    if not 0 < share < 1:
        raise ValueError("share")
    rng = np.random.default_rng(seed)
    labels = np.array([label for _, label in samples])
    hold = np.zeros(len(samples), dtype=bool)
    for label in sorted(set(labels.tolist())):
        where = np.flatnonzero(labels == label)
        n = len(where)
        hold[rng.permutation(where)[: max(int(share * n), min(1, n - 1))]] = True
    return [s for s, h in zip(samples, hold) if not h], [s for s, h in zip(samples, hold) if h]


class PathLabelDataset(Dataset):
    def __init__(self, samples, load, transform=None):
        self.samples = [(path, label) for path, label in samples]
        self.steps = [load] if transform is None else [load, transform]
        self.targets = [label for _, label in self.samples]

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        if index >= len(self) or index < -len(self):
            raise IndexError(index)
        path, label = self.samples[index]
        first, *rest = self.steps
        try:
            value = first(path)
        except Exception as error:
            error_with_path = ValueError(f"{path}: {error}")
            raise error_with_path from error
        for step in rest:
            value = step(value)
        return value, torch.as_tensor(label)
