# style: os.walk with sorted names, a split by Python's random, the label tensors made at once
import os
import random
from collections import defaultdict

import torch
import torch.utils.data


def find_samples(root, extensions=(".png", ".jpg")):
    root = os.fspath(root)
    classes = sorted(e.name for e in os.scandir(root) if e.is_dir() and e.name[0] != ".")
    if len(classes) == 0:
        raise ValueError("no classes")
    extensions = tuple(e.lower() for e in extensions)
    samples = []
    for name in classes:
        paths = []
        for place, _, files in os.walk(os.path.join(root, name)):
            for file in files:
                if not file.startswith(".") and file.lower().endswith(extensions):
                    paths.append(os.path.join(place, file))
        samples.extend((path, classes.index(name)) for path in sorted(paths))
    return samples, classes


def split_samples(samples, share, seed=0):
    if share <= 0 or share >= 1:
        raise ValueError(share)
    draw = random.Random(seed)
    groups = defaultdict(list)
    for place, (_, label) in enumerate(samples):
        groups[label].append(place)
    out = set()
    for places in groups.values():
        count = int(share * len(places))
        if count == 0 and len(places) >= 2:
            count = 1
        out |= set(draw.sample(places, count))
    parts = ([], [])
    for place, sample in enumerate(samples):
        parts[place in out].append(sample)
    return parts


class PathLabelDataset(torch.utils.data.Dataset):
    def __init__(self, samples, load, transform=None):
        super().__init__()
        self._paths = tuple(str(path) for path, _ in samples)
        self._labels = torch.tensor([label for _, label in samples], dtype=torch.long)
        self._load = load
        self._transform = transform or (lambda x: x)

    @property
    def targets(self):
        return self._labels.tolist()

    def __len__(self):
        return len(self._paths)

    def __getitem__(self, index):
        path = self._paths[index]
        try:
            content = self._load(path)
        except Exception as problem:
            raise ValueError("file " + path) from problem
        return self._transform(content), self._labels[index].clone()
