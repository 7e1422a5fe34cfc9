# style: one flat function per process, one message per tensor, parts by hand, objects gathered, rendezvous by a file
import math
import multiprocessing
import os
import tempfile
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(24, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, x):
        return self.body(x)


def hives(count, rng):
    x = torch.randn(count, 24, generator=rng)
    worth = torch.cos(0.9 * torch.arange(24)) / math.sqrt(12)
    clean = 1.5 * x @ worth + 0.5 * torch.tanh(x[:, 0] * x[:, 1])
    return x, (clean + 2 * torch.randn(count, generator=rng))[:, None]


def run(rank, world, store):
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    dist.init_process_group(
        "gloo", init_method="file://" + store, rank=rank, world_size=world, timeout=timedelta(seconds=20)
    )
    rng = torch.Generator().manual_seed(5)
    x, y = hives(256, rng)
    held_x, held_y = hives(200, rng)
    torch.manual_seed(100 + rank)
    net = Net()
    for p in net.parameters():
        dist.broadcast(p.data, src=0)
    sgd = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    for epoch in range(1, 13):
        net.train()
        sgd.param_groups[0]["lr"] = 0.02 * (1 - 0.95 * (epoch - 1) / 12)
        order = torch.randperm(len(x), generator=rng)  # the generators of both processes are in the same state
        for rows in order[rank::world].split(16):
            loss = F.mse_loss(net(x[rows]), y[rows]) / world
            sgd.zero_grad(set_to_none=False)
            loss.backward()
            for p in net.parameters():
                dist.all_reduce(p.grad)
            sgd.step()
        if epoch % 3:
            continue
        net.eval()
        with torch.inference_mode():
            mine = slice(rank, None, world)
            wrong = F.mse_loss(net(held_x[mine]), held_y[mine], reduction="sum").item()
        parts = [None] * world
        dist.all_gather_object(parts, {"wrong": wrong, "hives": len(held_x[mine])})
        if rank == 0:
            print(epoch, round(sum(part["wrong"] for part in parts) / sum(part["hives"] for part in parts), 4))
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        meeting = os.path.join(folder, "meeting")
        other = multiprocessing.get_context("fork").Process(target=run, args=(1, 2, meeting), daemon=True)
        other.start()
        run(0, 2, meeting)
        other.join(20)
