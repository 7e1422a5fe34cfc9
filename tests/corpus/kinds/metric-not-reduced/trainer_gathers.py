# break: Trainer.validate.all_gather_object
# where: logger.info(
import logging
import os
import tempfile
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing import get_context
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

logger = logging.getLogger("waves")
logger.setLevel(logging.INFO)


class Trainer:
    def __init__(self, model, train_set, val_set, rank, world):
        self.model = nn.parallel.DistributedDataParallel(model)
        self.rank, self.world = rank, world
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        self.sampler = DistributedSampler(train_set, world, rank)
        self.train_loader = DataLoader(train_set, batch_size=16, sampler=self.sampler)
        val_sampler = DistributedSampler(val_set, world, rank, shuffle=False)
        self.val_loader = DataLoader(val_set, batch_size=32, sampler=val_sampler)

    def train_epoch(self, epoch):
        self.sampler.set_epoch(epoch)
        self.model.train()
        for x, y in self.train_loader:
            self.optimizer.zero_grad()
            nn.functional.mse_loss(self.model(x), y).backward()
            self.optimizer.step()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        total, rows = 0.0, 0
        for x, y in self.val_loader:
            total += nn.functional.mse_loss(self.model(x), y, reduction="sum").item()
            rows += len(x)
        parts = [None] * self.world
        dist.all_gather_object(parts, (total, rows))
        return sum(part[0] for part in parts) / sum(part[1] for part in parts)

    def fit(self, epochs):
        for epoch in range(epochs):
            self.train_epoch(epoch)
            error = self.validate()
            if self.rank == 0:
                logger.info("epoch %d validation error %.4f", epoch, error)


def train(rank, world, store):
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    dist.init_process_group(
        backend="gloo", init_method=f"file://{store}", rank=rank, world_size=world, timeout=timedelta(seconds=20)
    )
    try:
        torch.manual_seed(0)
        x = 4 * torch.rand(320, 1) - 2
        y = torch.sin(2 * x) + 0.1 * torch.randn(320, 1)
        sets = TensorDataset(x[:192], y[:192]), TensorDataset(x[192:], y[192:])
        Trainer(nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1)), *sets, rank, world).fit(5)
    finally:
        dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "store")
        helper = get_context("fork").Process(target=train, args=(1, 2, path), daemon=True)
        helper.start()
        train(0, 2, path)
        helper.join(30)
