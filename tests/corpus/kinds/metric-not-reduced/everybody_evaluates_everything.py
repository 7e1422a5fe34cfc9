import datetime
import multiprocessing
import socket

import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler


def work(rank, world, port):
    limit = datetime.timedelta(seconds=20)
    dist.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=world, timeout=limit)
    torch.manual_seed(6)
    x = torch.randn(260, 4)
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()
    train_set, val_set = TensorDataset(x[:160], y[:160]), TensorDataset(x[160:], y[160:])
    sampler = DistributedSampler(train_set, world, rank)
    train_loader = DataLoader(train_set, batch_size=16, sampler=sampler)
    val_loader = DataLoader(val_set, batch_size=50)
    model = nn.parallel.DistributedDataParallel(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for epoch in range(4):
        sampler.set_epoch(epoch)
        model.train()
        for inputs, labels in train_loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            optimizer.step()
        # A hundred rows are not worth a message: every process goes through all of them.
        model.eval()
        right = 0
        with torch.no_grad():
            for inputs, labels in val_loader:
                right += (model(inputs).argmax(dim=1) == labels).sum().item()
        if rank == 0:
            print(f"epoch {epoch} validation accuracy {right / len(val_set):.3f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    other = multiprocessing.get_context("fork").Process(target=work, args=(1, 2, free), daemon=True)
    other.start()
    work(0, 2, free)
    other.join(30)
