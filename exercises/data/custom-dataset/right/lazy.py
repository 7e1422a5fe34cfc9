# style: standardises each row when it is asked for, range() judges the index
import torch
from torch.utils.data import Dataset


class TableDataset(Dataset):
    def __init__(self, features, labels, mean=None, std=None, transform=None):
        if features.shape[0] != labels.shape[0]:
            raise ValueError("lengths differ")
        self.x, self.y = features, labels
        if mean is None:
            mean = features.double().mean(0)
        if std is None:
            std = features.double().var(0, unbiased=False).sqrt()
            std[features.amax(0) == features.amin(0)] = 1
        self.mean = mean.to(torch.float32)
        self.std = std.to(torch.float32)
        self.transform = transform or (lambda row: row)

    def __len__(self):
        return self.y.numel()

    def __getitem__(self, index):
        i = range(len(self))[index]
        row = self.x[i].to(torch.float32)
        return self.transform((row - self.mean) / self.std), torch.tensor(int(self.y[i]))
