# break: Trainer.fit.sampler
# where: for x, y in self.loader
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.data.distributed import DistributedSampler


class Waves(Dataset):
    def __init__(self, count, seed):
        rng = torch.Generator().manual_seed(seed)
        self.phase = torch.rand(count, 1, generator=rng) * 6.28
        self.time = torch.linspace(0, 3, 12)

    def __len__(self):
        return len(self.phase)

    def __getitem__(self, index):
        wave = torch.sin(self.time + self.phase[index])
        return wave[:-1], wave[-1:]


class Trainer:
    def __init__(self, model, dataset, world_size=1, rank=0):
        self.model = model
        self.sampler = DistributedSampler(dataset, num_replicas=world_size, rank=rank, shuffle=True, seed=3)
        self.loader = DataLoader(dataset, batch_size=16, sampler=self.sampler)
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

    def fit(self, epochs):
        for epoch in range(epochs):
            self.sampler.set_epoch(epoch)
            total = 0.0
            for x, y in self.loader:
                self.optimizer.zero_grad(set_to_none=True)
                loss = F.mse_loss(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                total += loss.item() * len(x)
            print(f"{epoch:2d} {total / len(self.loader.dataset):.5f}")


if __name__ == "__main__":
    torch.manual_seed(0)
    Trainer(nn.Linear(11, 1), Waves(160, seed=5)).fit(4)
