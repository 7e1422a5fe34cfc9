# break: work.all_reduce
# where: optimizer.step()
import datetime
import multiprocessing
import socket

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn


def work(rank, world, port):
    limit = datetime.timedelta(seconds=20)
    dist.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=world, timeout=limit)
    torch.manual_seed(3)
    points = torch.randn(192, 6)
    labels = (points[:, 0] * points[:, 1] > 0).long() + 2 * (points[:, 2] > 0.3).long()
    net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    mine, my_labels = points[rank::world], labels[rank::world]
    for epoch in range(4):
        order = torch.randperm(len(mine))
        total = torch.zeros(())
        for rows in order.split(16):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(mine[rows]), my_labels[rows])
            loss.backward()
            for weight in net.parameters():
                dist.all_reduce(weight.grad)
                weight.grad /= world
            optimizer.step()
            total += loss.detach() * len(rows)
        dist.all_reduce(total)
        if rank == 0:
            print(f"epoch {epoch} loss {total.item() / len(points):.4f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    other = multiprocessing.get_context("fork").Process(target=work, args=(1, 2, free), daemon=True)
    other.start()
    work(0, 2, free)
    other.join(30)
