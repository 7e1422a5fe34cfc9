"""Windows read from a memory-mapped file, a sampler of its own, a dataset that caches, numpy in and out."""
import os
import tempfile

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Sampler, default_collate

folder = tempfile.mkdtemp()
path = os.path.join(folder, "signal.f32")
rng = np.random.default_rng(1)
time = np.arange(6000)
signal = np.sin(time / 9) + 0.5 * np.sin(time / 31) + rng.normal(0, 0.05, 6000)
signal.astype(np.float32).tofile(path)


class Windows(Dataset):
    def __init__(self, path, begin, end, length, stride):
        self.data = np.memmap(path, dtype=np.float32, mode="r")
        self.starts = np.arange(begin, end - length - 1, stride)
        self.length = length
        self.cache = {}

    def __len__(self):
        return len(self.starts)

    def __getitem__(self, i):
        if i not in self.cache:
            s = self.starts[i]
            window = np.array(self.data[s : s + self.length + 1])
            self.cache[i] = torch.from_numpy(window)
        window = self.cache[i]
        return {"past": window[:-1], "next": window[-1:]}


class RandomChunks(Sampler):
    """Chunks in random order, rows within a chunk too: kinder to the disk than a full shuffle."""

    def __init__(self, size, chunk, seed=0):
        self.size, self.chunk = size, chunk
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return self.size

    def __iter__(self):
        chunks = [np.arange(a, min(a + self.chunk, self.size)) for a in range(0, self.size, self.chunk)]
        self.rng.shuffle(chunks)
        for one, two in zip(chunks[::2], chunks[1::2] + [np.array([], dtype=int)] * (len(chunks) % 2)):
            both = np.concatenate([one, two])
            self.rng.shuffle(both)
            yield from both.tolist()


train = Windows(path, 0, 4800, 24, 12)
test = Windows(path, 4800, 6000, 24, 12)
train_loader = DataLoader(train, batch_size=20, sampler=RandomChunks(len(train), 50))
test_loader = DataLoader(test, batch_size=50, collate_fn=default_collate)
torch.manual_seed(1)
net = nn.Sequential(nn.Unflatten(1, (1, 24)), nn.Conv1d(1, 8, 5), nn.ReLU(), nn.Flatten(), nn.Linear(160, 1))
opt = torch.optim.NAdam(net.parameters(), lr=3e-3)
for epoch in range(4):
    net.train()
    for batch in train_loader:
        opt.zero_grad(set_to_none=True)
        loss = nn.functional.huber_loss(net(batch["past"]), batch["next"])
        loss.backward()
        opt.step()
    net.eval()
    errors = []
    with torch.no_grad():
        for batch in test_loader:
            errors.append((net(batch["past"]) - batch["next"]).abs().numpy())
    print(epoch, round(float(np.concatenate(errors).mean()), 4))
