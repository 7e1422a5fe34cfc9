# style: the deviation from the mean that was given
# verdict: wrong_answer
# caught by: test_mean_alone
import operator

import torch
from torch.utils.data import Dataset


class TableDataset(Dataset):
    def __init__(self, features, labels, mean=None, std=None, transform=None):
        if len(features) != len(labels):
            raise ValueError("lengths")
        f = features.double()
        self.mean = (f.mean(0) if mean is None else mean).float().clone()
        if std is None:
            v = (f - self.mean).square().mean(0)
            const = (f == f[:1]).all(0)
            std = torch.where(const, 1.0, v.sqrt())
        self.std = std.float().clone()
        self.rows = (f.float() - self.mean) / self.std
        self.y = labels.to(torch.int64).clone()
        self.transform = transform

    def __len__(self):
        return self.y.numel()

    def __getitem__(self, index):
        i = operator.index(index)
        if not -len(self) <= i < len(self):
            raise IndexError(index)
        x = self.rows[i].clone()
        return (x if self.transform is None else self.transform(x)), self.y[i].clone()
