# style: blames the file for a mistake of the transform
# verdict: wrong_answer
# caught by: test_mistake_of_the_transform_is_passed_on
import os

import numpy as np
import torch
from torch.utils.data import Dataset


def find_samples(root, extensions=(".png", ".jpg")):
    root = os.fspath(root)
    classes = sorted(e.name for e in os.scandir(root) if e.is_dir() and not e.name.startswith("."))
    if not classes:
        raise ValueError("no class")
    ok = {e.lower() for e in extensions}
    samples = []
    for label, name in enumerate(classes):
        found = []
        for folder, dirs, files in os.walk(os.path.join(root, name)):
            dirs[:] = [d for d in dirs if not d.startswith(".")]
            found += [
                os.path.join(folder, f) for f in files if not f.startswith(".") and os.path.splitext(f)[1].lower() in ok
            ]
        samples += [(p, label) for p in sorted(found)]
    return samples, classes


def split_samples(samples, share, seed=0):
    if not 0 < share < 1:
        raise ValueError("share")
    g = np.random.default_rng(seed)
    held = set()
    labels = [y for _, y in samples]
    for y in dict.fromkeys(labels):
        at = [i for i, l in enumerate(labels) if l == y]
        k = int(share * len(at))
        if k == 0 and len(at) >= 2:
            k = 1
        held.update(int(i) for i in g.permutation(at)[:k])
    return [s for i, s in enumerate(samples) if i not in held], [s for i, s in enumerate(samples) if i in held]


class PathLabelDataset(Dataset):
    def __init__(self, samples, load, transform=None):
        self.samples, self.load, self.transform = tuple(samples), load, transform
        self.targets = [int(y) for _, y in self.samples]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, y = self.samples[index]
        try:
            x = self.load(path)
            x = x if self.transform is None else self.transform(x)
        except Exception as e:
            raise ValueError(f"cannot read {path}") from e

        return x, torch.tensor(y, dtype=torch.int64)
