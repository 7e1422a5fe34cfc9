# style: returns the next item for an unreadable file
# verdict: wrong_answer
# caught by: test_unreadable_file_is_named
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch.utils.data import Dataset


def find_samples(
    root: str | Path, extensions: Sequence[str] = (".png", ".jpg")
) -> tuple[list[tuple[Path, int]], list[str]]:
    """All files of all classes below root: the samples (path, label), and the names of the classes."""
    folders = sorted(p for p in Path(root).iterdir() if p.is_dir() and not p.name.startswith("."))
    if not folders:
        raise ValueError(f"no folder of a class in {root}")
    wanted = {extension.lower() for extension in extensions}
    samples: list[tuple[Path, int]] = []
    for label, folder in enumerate(folders):
        files = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
        samples += [(p, label) for p in sorted(files) if p.suffix.lower() in wanted]
    return samples, [folder.name for folder in folders]


def split_samples(
    samples: Sequence[tuple], share: float, seed: int = 0
) -> tuple[list[tuple], list[tuple]]:
    """A random share of every label held out: (train, held_out)."""
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([label for _, label in samples])  # (n,)
    held_out: set[int] = set()
    for label in labels.unique():  # each label on its own
        places = (labels == label).nonzero().flatten()  # (n of this label,)
        count = max(int(share * len(places)), min(1, len(places) - 1))  # at least one of two or more
        order = torch.randperm(len(places), generator=generator)  # (n of this label,)
        held_out.update(places[order[:count]].tolist())
    kept = [sample for place, sample in enumerate(samples) if place not in held_out]
    return kept, [samples[place] for place in sorted(held_out)]


class PathLabelDataset(Dataset):
    """Reads a file when its item is asked for: (x, y) with y an int64 tensor of shape ()."""

    def __init__(
        self,
        samples: Sequence[tuple[str | Path, int]],
        load: Callable[[str | Path], torch.Tensor],
        transform: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ):
        self.samples = list(samples)
        self.load = load
        self.transform = transform
        self.targets = [int(label) for _, label in self.samples]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        path, label = self.samples[index]
        try:
            x = self.load(path)
        except Exception as error:
            return self[(index + 1) % len(self)]
        if self.transform is not None:
            x = self.transform(x)
        return x, torch.tensor(label)  # as loaded, ()
