# break: Trainer.step.share_gradients
# where: self.optimizer.step()
import os
import tempfile
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing import get_context
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler


class Trainer:
    def __init__(self, model, dataset, rank, world):
        self.model, self.rank, self.world = model, rank, world
        for tensor in model.state_dict().values():
            dist.broadcast(tensor, src=0)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        self.sampler = DistributedSampler(dataset, num_replicas=world, rank=rank, seed=1)
        self.loader = DataLoader(dataset, batch_size=12, sampler=self.sampler)
        self.criterion = nn.MSELoss()

    def share_gradients(self):
        flat = torch.cat([p.grad.flatten() for p in self.model.parameters()])
        dist.all_reduce(flat, op=dist.ReduceOp.SUM)
        flat /= self.world
        start = 0
        for p in self.model.parameters():
            p.grad.copy_(flat[start : start + p.numel()].view_as(p))
            start += p.numel()

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.share_gradients()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss.item()

    def fit(self, epochs):
        for epoch in range(epochs):
            self.sampler.set_epoch(epoch)
            losses = [self.step(x, y) for x, y in self.loader]
            if self.rank == 0:
                print(epoch, sum(losses) / len(losses))


def train(rank, world, store):
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    dist.init_process_group(
        backend="gloo", init_method=f"file://{store}", rank=rank, world_size=world, timeout=timedelta(seconds=20)
    )
    try:
        torch.manual_seed(rank)
        x = torch.linspace(-2, 2, 160).unsqueeze(1)
        wave = TensorDataset(x, torch.sin(2 * x))
        Trainer(nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1)), wave, rank, world).fit(4)
    finally:
        dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "store")
        helper = get_context("fork").Process(target=train, args=(1, 2, path), daemon=True)
        helper.start()
        train(0, 2, path)
        helper.join(30)
