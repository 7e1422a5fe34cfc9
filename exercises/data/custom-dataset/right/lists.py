# style: a list of numbers per row, tensors made on request; duck-typed, without the base class
import torch


class TableDataset:
    def __init__(self, features, labels, mean=None, std=None, transform=None):
        rows, targets = features.tolist(), labels.tolist()
        if len(rows) != len(targets):
            raise ValueError((len(rows), len(targets)))
        columns = list(zip(*rows))
        if mean is None:
            mean = torch.tensor([sum(c) / len(c) for c in columns])
        if std is None:
            deviations = []
            for c in columns:
                m = sum(c) / len(c)
                s = (sum((v - m) ** 2 for v in c) / len(c)) ** 0.5
                deviations.append(s if len(set(c)) > 1 else 1.0)
            std = torch.tensor(deviations)
        self.mean, self.std, self.transform = mean.float(), std.float(), transform
        self.items = list(zip(rows, targets))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        row, target = self.items[index]
        x = (torch.tensor(row) - self.mean).div(self.std)
        return (x if self.transform is None else self.transform(x)), torch.tensor(target, dtype=torch.long)
